"""The language as a JSON Schema for editors: what may be written where, with the names of one flow to choose from.

draft-07, because that is what yaml-language-server understands (github.com/redhat-developer/yaml-language-server). An
editor reads YAML's own types, so 20 or yes without quotes is as good as a text; what counts is checked by `check`.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any, assert_never

from callflows.docs import docstring_of
from callflows.fields import Kind, Spec, specs
from callflows.flow import Flow
from callflows.shape import Matching, PartOf, Several, Shape, TableOf, Whole, Word
from callflows.steps import KINDS, STEPS
from callflows.tools.plain import plain_yaml

DRAFT = "http://json-schema.org/draft-07/schema#"
SCALARS = ["string", "number", "boolean"]
Names = Mapping[str, tuple[str, ...]]


def schema(names: Names | None = None) -> dict[str, Any]:
    """The schema of a flow file; `names` are the live names by what they name: step, queue, calendar and so on."""
    found = _part(Flow, names or {})
    steps = {f"step_{verb}": _step(verb, names or {}) for verb in KINDS}
    return {
        "$schema": DRAFT,
        "title": "A call flow of Ringdesk",
        **found,
        "definitions": {
            **steps,
            "step": {"anyOf": [{"$ref": f"#/definitions/{name}"} for name in steps]},
        },
    }


def names_of(flow: Flow) -> dict[str, tuple[str, ...]]:
    """The names that a flow defines, by what names them: every table of the file, `queues` as `queue`."""
    found: dict[str, tuple[str, ...]] = {}
    for field, _ in specs(Flow):
        table = getattr(flow, field.name)
        if isinstance(table, Mapping):
            found[field.name.removesuffix("s").replace("_", " ")] = tuple(map(str, table))
            found.setdefault(field.name, tuple(map(str, table)))
    return found


def _step(verb: str, names: Names) -> dict[str, Any]:
    kind = KINDS[verb]
    words, example = docstring_of(kind)
    made = _part(kind, names) | {"markdownDescription": f"{words}\n\n```yaml\n{example}\n```"}
    body = plain_yaml(example)
    if isinstance(body, dict):
        step = next(iter(body.values()))
        made["defaultSnippets"] = [{"label": verb, "description": words.partition(".")[0], "body": step}]
    if verb not in made["required"]:
        made["required"] = [verb, *made["required"]]
    return made


def _part(part: type[Any], names: Names) -> dict[str, Any]:
    declared = specs(part)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [spec.key for field, spec in declared if field.default_factory is dataclasses.MISSING],
        "properties": {spec.key: _field(spec, names) for _, spec in declared},
    }


def _field(spec: Spec, names: Names) -> dict[str, Any]:
    if spec.kind is STEPS:
        value: dict[str, Any] = {"type": "object", "additionalProperties": {"$ref": "#/definitions/step"}}
    else:
        value = _value(spec.kind, names)
    text = f"{spec.help[:1].upper()}{spec.help[1:]}. {spec.kind.name.capitalize()}: `{spec.kind.example}`"
    return {"description": spec.help, "markdownDescription": text, **value}


def _value(kind: Kind[Any], names: Names) -> dict[str, Any]:
    if kind.shape is not None:
        return _shaped(kind.shape, kind, names)
    if kind.refers and not kind.example.startswith(("{", "[")):
        known = names.get(kind.refers)
        return {"type": "string", **({"enum": list(known)} if known else {})}
    match plain_yaml(kind.example):
        case dict():
            return {"type": "object"}
        case list():
            return {"type": ["array", "object", *SCALARS]}
        case _:
            return {"type": SCALARS}


def _shaped(shape: Shape, kind: Kind[Any], names: Names) -> dict[str, Any]:
    match shape:
        case Word(words):
            return {"enum": list(words)} | ({"enum": [*words, True, False]} if "yes" in words else {})
        case Matching(pattern):
            return {"type": "string", "pattern": f"^({pattern})$"}
        case Whole(least, most):
            return {"type": "integer", "minimum": least, "maximum": most}
        case Several(of, alone):
            items = {"type": "array", "minItems": 1, "items": _value(of, names)}
            return {"anyOf": [_value(of, names), items]} if alone else items
        case TableOf(of, keys, or_alone):
            table = {
                "type": "object",
                "additionalProperties": False,
                "patternProperties": {f"^({keys})$": _value(of, names)},
            }
            return {"anyOf": [_value(of, names), table]} if or_alone else table
        case PartOf(part):
            return {"anyOf": [_part(part, names), {"type": "null"}]}
        case _:
            assert_never(shape)
