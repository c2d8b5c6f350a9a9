"""The JSON Schema for editors: what is right passes, and what an editor can see is marked."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from callflows.docs import docstring_of
from callflows.fields import specs
from callflows.read import read_flow
from callflows.steps import KINDS
from callflows.tools.schema import names_of, schema
from tests.callflows.tools.shop import SHIPPED, SHOP, run, shop


def as_an_editor_reads(text: str) -> Any:
    """With YAML's own types (1.2), keys as texts: what yaml-language-server validates."""
    return with_text_keys(YAML(typ="safe").load(text))


def with_text_keys(value: Any) -> Any:
    match value:
        case dict():
            return {str(key): with_text_keys(one) for key, one in value.items()}
        case list():
            return [with_text_keys(one) for one in value]
        case _:
            return value


def marked(text: str, names: Any = None) -> list[str]:
    found = Draft7Validator(schema(names)).iter_errors(as_an_editor_reads(text))
    return sorted(str(one.message) for one in found)


def test_it_is_a_schema_of_draft_7() -> None:
    Draft7Validator.check_schema(schema())
    Draft7Validator.check_schema(schema(names_of(shop())))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_flows_pass_also_with_their_live_names(path: Path) -> None:
    text = path.read_text("utf-8")

    assert marked(text) == []
    assert marked(text, names_of(read_flow(text, path.name))) == []


@pytest.mark.parametrize("verb", KINDS)
def test_the_example_of_every_kind_of_step_passes(verb: str) -> None:
    _, example = docstring_of(KINDS[verb])
    steps = "\n".join(f"  {line}" for line in example.splitlines())

    assert marked(f"{SHOP[: SHOP.index('steps:')]}steps:\n{steps}\n") == []


@pytest.mark.parametrize("verb", KINDS)
def test_every_kind_of_step_is_offered_whole(verb: str) -> None:
    step = schema()["definitions"][f"step_{verb}"]

    assert step["properties"].keys() == {spec.key for _, spec in specs(KINDS[verb])}
    assert step["defaultSnippets"][0]["body"].keys() <= step["properties"].keys()
    assert all(field["description"] for field in step["properties"].values())


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("start: open_now", "strt: open_now"),
        ("    hours: shop\n", "    hours: shop\n    opn: menu\n"),
        ("max_wait: 5m", "max_wait: 5 minutes"),
        ("tries: 2", "tries: 200"),
        ("{1: till, 2: owner}", "{12: till, 2: owner}"),
        ('    hangup: "Goodbye."', "    next: bye"),
        ('numbers: ["+12025550160"]\n', ""),
    ],
)
def test_what_an_editor_can_see_is_marked(right: str, wrong: str) -> None:
    assert right in SHOP
    assert marked(SHOP) == []
    assert marked(SHOP.replace(right, wrong)) != []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("{1: till, 2: owner}", "{1: til, 2: owner}"),
        ("queue: till", "queue: tills"),
        ("hours: shop", "hours: shops"),
        ("fallback: message", "fallback: mesage"),
        ("exit_keys: {star: message}", "exit_keys: {star: massage}"),
    ],
)
def test_with_live_names_a_name_that_leads_nowhere_is_marked(right: str, wrong: str) -> None:
    changed = SHOP.replace(right, wrong)

    assert marked(changed) == []
    assert marked(changed, names_of(shop())) != []


def test_whatever_a_field_refers_to_is_a_table_of_the_flow() -> None:
    tables = {spec.kind.refers for kind in KINDS.values() for _, spec in specs(kind) if spec.kind.refers}

    assert tables - {"person"} <= names_of(shop()).keys()  # people are the installation's, not the flow's


def test_the_command_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow, out = tmp_path / "corner.yaml", tmp_path / "corner.schema.json"
    flow.write_text(SHOP, "utf-8")

    assert run("schema", flow, "--out", out) == 0
    assert run("schema") == 0
    assert json.loads(out.read_text("utf-8")) == schema(names_of(shop()))
    assert json.loads(capsys.readouterr().out) == schema()
