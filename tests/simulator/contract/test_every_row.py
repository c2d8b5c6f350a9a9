"""Nothing of the grammar and none of the debugger's codes is left without a test."""

import ast
import re
from pathlib import Path

from simulator.twiml.grammar import ELEMENTS
from simulator.verbs import VERBS

HERE = Path(__file__).parent
SIMULATOR = HERE.parents[2] / "simulator"
NOUNS = {"Number", "Client", "Conference", "Queue", "Sip", "Identity"}
CODE = re.compile(r"\b(?:1[0-6]\d{3}|2[012]\d{3})\b")


def rows_proved() -> set[str]:
    """What stands in the `proves` marks of this folder's tests."""
    found: set[str] = set()
    for file in HERE.glob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "proves":
                found |= {str(ast.literal_eval(argument)) for argument in node.args}
    return found


def test_every_attribute_of_every_verb_and_noun_is_proved_by_a_test() -> None:
    rows = {f"{name} {attribute}" for name in {*VERBS, *NOUNS} for attribute in ELEMENTS[name].attributes}

    assert rows - rows_proved() == set()


def test_no_mark_names_an_attribute_that_does_not_exist() -> None:
    known = {f"{name} {attribute}" for name, element in ELEMENTS.items() for attribute in element.attributes}

    assert rows_proved() - known == set()


def codes_in(folder: Path, skip: str = "/") -> set[str]:
    """Numbers that look like Twilio's codes in the Python of a folder."""
    return {
        code
        for file in folder.rglob("*.py")
        if skip not in str(file.relative_to(folder))
        for code in CODE.findall(file.read_text("utf-8"))
    }


def test_every_error_code_that_the_simulator_gives_is_provoked_by_a_test() -> None:
    given: set[str] = set()
    for file in (
        *SIMULATOR.glob("*.py"),
        *SIMULATOR.glob("verbs/*.py"),
        *SIMULATOR.glob("rest/*.py"),
        *SIMULATOR.glob("twiml/*.py"),
    ):
        given |= set(CODE.findall(file.read_text("utf-8")))
    tested: set[str] = set()
    for file in HERE.parent.rglob("*.py"):
        tested |= set(CODE.findall(file.read_text("utf-8")))

    assert given - tested == set()
