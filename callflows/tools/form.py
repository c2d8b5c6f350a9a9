"""A flow file tidied: even indentation, double quotes, a blank line between steps; comments and meaning stay.

ruamel.yaml keeps comments where they are. What it gives is believed only when it reads as the same values as before.
"""

import io
import re
from typing import Any

import yaml as yaml_scanner
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, SingleQuotedScalarString
from ruamel.yaml.tag import Tag

from callflows.tools.plain import plain
from callflows.yaml_text import read_yaml

WIDTH = 4096
ROUNDS = 3
NOTHING = ("", "~", "null", "Null", "NULL")
STEPS = re.compile(r"^steps:\s*(#.*)?$")
STEP = re.compile(r"^  [^\s#].*")
COMMENT = re.compile(r"^  #.*")


class CannotTidy(ValueError):
    """The tidied text would not mean the same, so the file is left alone."""


class _TextsOnly(VersionedResolver):
    """Every plain scalar is a text, as in our own reader: 0123 and 10:00 come out as they went in."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        if kind is ScalarNode and implicit[0]:
            return Tag(suffix=f"tag:yaml.org,2002:{'null' if value in NOTHING else 'str'}")
        return super().resolve(kind, value, implicit)


def tidied(text: str, name: str) -> str:
    """The text in its usual form; tidying it again changes nothing. Raises FlowFaults, CannotTidy."""
    wanted = plain(read_yaml(text, name))
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    before = text
    for _ in range(ROUNDS):
        after = _once(before)
        if after == before:
            break
        before = after
    else:
        raise CannotTidy(
            f"{name}: its comments stand where they cannot be kept in order; put them on lines of their own"
        )
    if plain(read_yaml(after, name)) != wanted or _comments(after) != _comments(text):
        raise CannotTidy(f"{name}: cannot be tidied without changing it; it stays as it is")
    return after


def _once(text: str) -> str:
    yaml = YAML()
    yaml.Resolver = _TextsOnly
    yaml.preserve_quotes = True
    yaml.width = WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    try:
        content = yaml.load(text)
        out = io.StringIO()
        yaml.dump(_double_quoted(content), out)
    except (
        YAMLError,
        AttributeError,
        NotImplementedError,
    ) as problem:  # all three are ruamel's ways to say no
        raise CannotTidy(f"this cannot be tidied: {type(problem).__name__}") from problem
    return _spaced(out.getvalue())


def _double_quoted(value: Any) -> Any:
    match value:
        case CommentedMap():
            for key in value:
                value[key] = _double_quoted(value[key])
        case CommentedSeq():
            for index, item in enumerate(value):
                value[index] = _double_quoted(item)
        case SingleQuotedScalarString():
            return DoubleQuotedScalarString(value, anchor=value.yaml_anchor())
    return value


def _spaced(text: str) -> str:
    """Comments beside and above what they speak of; never two blank lines; one between steps that take several lines."""
    given = [line.rstrip() for line in text.split("\n")]
    bare, verbatim = _without_texts(text)
    lines: list[str] = []
    within = False
    for number, line in enumerate(given):
        if number not in verbatim:
            line = (
                _with_its_comment(line, bare[number])
                if not line.lstrip().startswith("#")
                else _above(given, number)
            )
        if line and not line.startswith((" ", "#")):
            within = bool(STEPS.match(line))
        if not line and number not in verbatim and (not lines or not lines[-1]):
            continue
        if (
            within
            and number not in verbatim
            and (STEP.match(line) or COMMENT.match(line))
            and _ends_a_step(lines)
        ):
            lines.append("")
        lines.append(line)
    return "\n".join(lines).strip("\n") + "\n"


def _without_texts(text: str) -> tuple[list[str], set[int]]:
    """The lines with every scalar crossed out, so that each # left begins a comment; and the lines inside a scalar."""
    marks = list(text)
    inside: set[int] = set()
    for token in yaml_scanner.scan(text, Loader=yaml_scanner.SafeLoader):
        if isinstance(token, yaml_scanner.ScalarToken):
            begin, end = token.start_mark, token.end_mark
            marks[begin.index : end.index] = (
                "\n" if mark == "\n" else "x" for mark in text[begin.index : end.index]
            )
            inside.update(range(begin.line + 1, end.line + (end.column > 0)))
    return "".join(marks).split("\n"), inside


def _with_its_comment(line: str, bare: str) -> str:
    """Two spaces before a comment that stands behind something."""
    place = bare.find("#")
    return f"{line[:place].rstrip()}  {line[place:]}" if place > 0 else line


def _above(lines: list[str], number: int) -> str:
    """A comment on a line of its own, indented like what follows."""
    following = next((one for one in lines[number + 1 :] if one and not one.lstrip().startswith("#")), "")
    return " " * (len(following) - len(following.lstrip())) + lines[number].lstrip()


def _ends_a_step(lines: list[str]) -> bool:
    """Whether the line before belongs to a step of several lines."""
    return bool(lines) and lines[-1].startswith("   ")


def _comments(text: str) -> list[str]:
    """Every comment, in any order."""
    bare, _ = _without_texts(text)
    places = ((line, one.find("#")) for line, one in zip(text.split("\n"), bare, strict=True))
    return sorted(line[place:].rstrip() for line, place in places if place >= 0)
