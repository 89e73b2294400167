"""From an HTTP request to the fields of a contract: path, query string, body and cookies, merged and checked as one.

Everything about a route that can be worked out is worked out once, when the application is made.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl

from pydantic import ValidationError

from contracts.errors import FieldError, ServiceError
from contracts.errors.fields import invalid
from gateway import strict_json
from gateway.route import Route

_MAX_QUERY_FIELDS = 300


class Binding:
    """How one route's requests become the payload of its operation."""

    def __init__(self, route: Route) -> None:
        self._operation = route.operation
        self._has_body = route.has_body
        properties = _properties(route.operation.model_json_schema())
        self._path_fields = frozenset(path_fields(route.path))
        if unknown := self._path_fields - properties.keys():
            raise TypeError(f"{route.method} {route.path}: {route.operation.__name__} has no field {sorted(unknown)}")
        self._read: dict[str, Callable[[str], Any]] = {name: _reader(kind) for name, (kind, _) in properties.items()}
        self._lists = frozenset(name for name, (_, is_list) in properties.items() if is_list)

    def payload(
        self,
        path: Mapping[str, str],
        query: str,
        content_type: str | None,
        body: bytes,
        cookies: Mapping[str, str] = MappingProxyType({}),
    ) -> dict[str, Any]:
        """The validated fields as JSON values; `cookies` are fields that came in cookies. Raises `ServiceError` with
        every reason when they don't fit."""
        if self._has_body:
            fields = self._body(content_type, body)
            errors = [FieldError(name, "field_unknown") for name, _ in _pairs(query)]
        else:
            fields, errors = self._query(query)
        for name in (self._path_fields | cookies.keys()) & fields.keys():
            errors.append(FieldError(name, "field_unknown"))
        for name, value in path.items():
            if "\x00" in value:
                raise ServiceError("not_found")
            fields[name] = self._read[name](value)
        fields.update(cookies)
        try:
            operation = self._operation.model_validate(fields)
        except ValidationError as error:
            refusal = invalid(error)
            raise ServiceError(refusal.code, [*errors, *refusal.errors]) from None
        if errors:
            raise ServiceError("validation_failed", errors)
        return operation.model_dump(mode="json", exclude_unset=True)

    def _query(self, query: str) -> tuple[dict[str, Any], list[FieldError]]:
        fields: dict[str, Any] = {}
        errors = []
        for name, text in _pairs(query):
            if text == "":  # an emptied input of a form: as if not there
                continue
            value = self._read[name](text) if name in self._read else text
            if name in self._lists:
                fields.setdefault(name, []).append(value)
            elif name in fields:
                errors.append(FieldError(name, "list_has_doubles"))
            else:
                fields[name] = value
        return fields, errors

    def _body(self, content_type: str | None, body: bytes) -> dict[str, Any]:
        if not body:
            return {}
        if not _is_json(content_type):
            raise ServiceError("unsupported_media_type", expected="application/json")
        try:
            value = strict_json.loads(body)
        except strict_json.NotStrictJson:
            raise ServiceError("malformed_json") from None
        if not isinstance(value, dict):
            raise ServiceError("validation_failed", [FieldError("", "field_wrong_type", {"expected": "object"})])
        return value


def path_fields(path: str) -> list[str]:
    """The names in braces: `/bills/{bill_id}` → `["bill_id"]`."""
    return [part[1:-1] for part in path.split("/") if part.startswith("{")]


def _is_json(content_type: str | None) -> bool:
    kind, _, parameters = (content_type or "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    return kind.strip().lower() == "application/json" and charset in ("", "utf-8", "utf8")


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=_MAX_QUERY_FIELDS)
    except ValueError:
        raise ServiceError("bad_request") from None
    if any("\x00" in text for pair in pairs for text in pair):
        raise ServiceError("bad_request")
    return pairs


def _properties(schema: dict[str, Any]) -> dict[str, tuple[str, bool]]:
    """Field → (JSON type of it or of its items, whether it is a list)."""
    definitions = schema.get("$defs", {})
    found = {}
    for name, field in schema.get("properties", {}).items():
        kind = _kind(field, definitions)
        if kind == "array":
            found[name] = (_kind(_alternatives(field, definitions)[0].get("items", {}), definitions), True)
        else:
            found[name] = (kind, False)
    return found


def _kind(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    kinds = {option.get("type", "string") for option in _alternatives(schema, definitions)}
    return str(kinds.pop()) if len(kinds) == 1 else "string"


def _alternatives(schema: dict[str, Any], definitions: dict[str, Any]) -> list[dict[str, Any]]:
    """The schemas that a value may follow, null left out and references followed."""
    if "$ref" in schema:
        return _alternatives(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    options = schema.get("anyOf") or [schema]
    if options == [schema]:
        return options
    return [found for option in options if option.get("type") != "null" for found in _alternatives(option, definitions)]


def _reader(kind: str) -> Callable[[str], Any]:
    return {"integer": _integer, "boolean": _boolean}.get(kind, str)


# What a text that is no number or truth value is read as: no field takes it, so the contract says what it expects.
_NEITHER: Mapping[str, Any] = {}


def _integer(text: str) -> Any:
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) <= 15 else _NEITHER


def _boolean(text: str) -> Any:
    return {"true": True, "false": False}.get(text, _NEITHER)
