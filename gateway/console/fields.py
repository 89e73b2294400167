"""The fields of a contract as a form, a list or a page of details shows them: kind, label, limits."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic.json_schema import JsonSchemaMode

from contracts.stored import Stored
from contracts.text.kinds import Cleaned, TextKind
from contracts.types import FileReference
from contracts.words import VALUE_TABLES, field_hint
from gateway.openapi.schemas import SchemaWithWords

Field = dict[str, Any]

_TEXTS = {TextKind.PERSON_NAME: "name", TextKind.FREE_TEXT: "free"}
"""Kinds of text that the console calls otherwise."""
_PLAIN: Mapping[type, str] = {bool: "boolean", int: "integer", float: "decimal"}
_FORMATS = {"uuid": "id", "date": "day", "date-time": "instant"}
_LIMITS = {
    "minimum": "min",
    "maximum": "max",
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_items",
    "maxItems": "max_items",
    "pattern": "pattern",
}
_CENTS = 2
_THINGS = {"resit_of": "registration"}
"""What ids point to whose names do not say it."""


@cache
def fields_of(contract: type[BaseModel], mode: JsonSchemaMode) -> tuple[Field, ...]:
    """All fields of a contract, in their order. `mode`: as they come in (`validation`) or go out (`serialization`)."""
    schema = contract.model_json_schema(mode=mode, schema_generator=SchemaWithWords)
    required = schema.get("required", ())
    properties = schema.get("properties", {})
    return tuple(
        {"name": name, "required": name in required, **_called(contract, name, properties[name], mode)}
        for name in contract.model_fields
    )


def _called(contract: type[BaseModel], name: str, schema: Mapping[str, Any], mode: JsonSchemaMode) -> Field:
    info = contract.model_fields[name]
    described = _described(info.annotation, info.metadata, schema, mode)
    if described["kind"] == "text" and not info.repr:
        described["kind"] = "secret"
    if (words := f"{contract.__name__}.{name}") in VALUE_TABLES:
        described["choices"] = words
    if "id" in (described["kind"], described.get("items", {}).get("kind")) and (thing := _thing(name)):
        described["reference"] = thing
    shown = {
        "hint": _hint(contract, name, described) if mode == "validation" else None,
        "example": next(iter(schema.get("examples", ())), None),
        "default": schema.get("default"),
    }
    return {
        "label": schema["title"],
        **described,
        **{key: value for key, value in shown.items() if value is not None},
    }


def _hint(contract: type[BaseModel], name: str, described: Field) -> str | None:
    """What is told of the field where it is filled in."""
    value = described["items"] if described["kind"] == "list" else described
    return "；".join(word.zh for word in field_hint(contract, name, value.get("pattern"))) or None


def _described(annotation: Any, metadata: Sequence[Any], schema: Mapping[str, Any], mode: JsonSchemaMode) -> Field:
    """What a type takes: its kind, whether it may be empty, its limits, what is inside of it."""
    options = [option for option in get_args(annotation) if option is not NoneType]
    if get_origin(annotation) is Annotated:
        return _described(options[0], [*metadata, *_unfolded(annotation.__metadata__)], schema, mode)
    if get_origin(annotation) in (Union, UnionType):
        found = _any_of(options, metadata, schema, mode)
        return {**found, "nullable": True} if NoneType in get_args(annotation) else found
    if get_origin(annotation) in (tuple, list):
        return {"kind": "list", **_limits(schema), "items": _described(options[0], (), schema.get("items", {}), mode)}
    if get_origin(annotation) is dict:
        values = schema.get("additionalProperties")
        return {"kind": "map", "items": _described(options[1], (), values if isinstance(values, dict) else {}, mode)}
    if get_origin(annotation) is Literal:
        return {"kind": "word"}
    return {**_single(annotation, metadata, schema, mode), **_limits(schema)}


def _unfolded(metadata: Sequence[Any]) -> Iterator[Any]:
    """What a type is annotated with; limits that stand together in a `Field`, one by one."""
    for each in metadata:
        yield from each.metadata if isinstance(each, FieldInfo) else (each,)


def _any_of(options: Sequence[Any], metadata: Sequence[Any], schema: Mapping[str, Any], mode: JsonSchemaMode) -> Field:
    """One type, or one of several contracts with all that they have; of a setting, whatever its schema says."""
    schemas = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
    each = [_described(option, metadata, inner, mode) for option, inner in zip(options, schemas, strict=False)]
    if len(each) == 1:
        return each[0]
    together = {field["name"]: field for one in each for field in one.get("fields", ())}
    return {"kind": "object", "fields": list(together.values())} if together else {"kind": "any"}


def _single(plain: Any, metadata: Sequence[Any], schema: Mapping[str, Any], mode: JsonSchemaMode) -> Field:
    if plain is FileReference:
        return {"kind": "file"}
    if isinstance(plain, type) and issubclass(plain, BaseModel):
        return {"kind": "object", "fields": list(fields_of(plain, mode))}
    if isinstance(plain, type) and issubclass(plain, StrEnum):
        return {"kind": "enum", "choices": plain.__name__}
    if plain is Decimal:
        places = next(filter(None, (getattr(each, "decimal_places", None) for each in metadata)), None)
        return {"kind": "money" if places == _CENTS else "decimal"}
    formatted = _FORMATS.get(schema.get("format", ""))
    return {"kind": _PLAIN.get(plain) or formatted or next(_text_kinds(metadata), "text")}


def _text_kinds(metadata: Sequence[Any]) -> Iterator[str]:
    for each in metadata:
        if isinstance(each, Cleaned | Stored):
            yield _TEXTS.get(each.kind, each.kind.value)


def _limits(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {ours: schema[theirs] for theirs, ours in _LIMITS.items() if theirs in schema}


def _thing(name: str) -> str:
    """What a field points to: `teaching_point_id` and `teaching_point_ids` to a `teaching_point`."""
    for end in ("_ids", "_id"):
        if name.endswith(end):
            return name.removesuffix(end)
    return _THINGS.get(name, "")
