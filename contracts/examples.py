"""Examples made from schemas: the examples that the contracts' fields give, put together."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter

_DEEPEST = 6
SOME_ID = "0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e5f"
_BY_FORMAT = {
    "uuid": SOME_ID,
    "date": "2026-09-01",
    "date-time": "2026-09-01T00:00:00Z",
    "email": "someone@example.com",
}
_BY_PATTERN = {"^[0-9a-f]{64}$": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
_BY_TYPE: Mapping[str, Any] = {"string": "文字", "integer": 1, "number": 1, "boolean": True, "null": None}


def example_of(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int = 0) -> Any:
    """A value that looks like what the schema describes."""
    if examples := schema.get("examples"):  # also beside a reference: an enum's first member need not be what fits here
        return examples[0]
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, depth)
    for fixed in ("const", "example"):
        if fixed in schema:
            return schema[fixed]
    if schema.get("default") is not None:
        return schema["default"]
    if choices := schema.get("enum"):
        return choices[0]
    for union in ("anyOf", "oneOf", "allOf"):
        if options := schema.get(union):
            return example_of(options[0], schemas, depth)
    return _of_type(schema, schemas, depth)


@cache
def example_of_field(contract: type[BaseModel], name: str) -> Any:
    """A value of one field, as the contract has it when it was validated."""
    schema = contract.model_json_schema()
    field: TypeAdapter[Any] = TypeAdapter(contract.model_fields[name].rebuild_annotation())
    return field.validate_python(example_of(schema["properties"][name], schema.get("$defs", {})))


def _of_type(schema: Mapping[str, Any], schemas: Mapping[str, Any], depth: int) -> Any:
    kind = schema.get("type")
    if kind == "object":
        properties = schema.get("properties", {}) if depth < _DEEPEST else {}
        return {name: example_of(field, schemas, depth + 1) for name, field in properties.items()}
    if kind == "array":
        items = schema.get("items")
        return [example_of(items, schemas, depth + 1)] if items and depth < _DEEPEST else []
    if kind == "integer" or kind == "number":
        return max(schema.get("minimum", 1), 1) if schema.get("maximum", 1) >= 1 else schema["maximum"]
    if pattern := _BY_PATTERN.get(str(schema.get("pattern"))):
        return pattern
    return _BY_FORMAT.get(str(schema.get("format"))) or _BY_TYPE.get(str(kind))
