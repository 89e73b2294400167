"""Whether a changed contract still fits those who have not moved.

Requests must take everything that they took: a field may come if it is optional, a limit may widen. Answers
and events must stay as they are but for optional fields: old readers meet new messages, and new readers old
ones that still wait in an outbox or a queue. A breaking change is a new message, or a new event version.
"""

import re
from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

_LOWER_LIMITS = ("minLength", "minItems", "minimum", "exclusiveMinimum")
_UPPER_LIMITS = ("maxLength", "maxItems", "maximum", "exclusiveMaximum")
_SAME = ("type", "format", "const", "uniqueItems")
_REPEATED = re.compile(r"\{(\d+),(\d+)\}")


def breaks(old: Schema, new: Schema) -> list[str]:
    """What of one service's document (see `generate.document`) would break a reader or a caller."""
    return list(_document_breaks(old, new))


def _document_breaks(old: Schema, new: Schema) -> Iterator[str]:
    for kind in ("commands", "queries"):
        for name, parts in old[kind].items():
            if name not in new[kind]:
                yield f"{name}: gone"
                continue
            for part, reads_only in (("request", False), ("answer", True)):
                check = _Check(old["$defs"], new["$defs"], both_ways=reads_only)
                yield from check.compare(parts[part], new[kind][name][part], f"{name} {part}")
    for name, schema in old["events"].items():
        if name not in new["events"]:
            yield f"{name}: gone"
        else:
            check = _Check(old["$defs"], new["$defs"], both_ways=True)
            yield from check.compare(schema, new["events"][name], name)


class _Check:
    """Compares two schemas. `both_ways`: neither may take what the other does not."""

    def __init__(self, old_definitions: Schema, new_definitions: Schema, *, both_ways: bool) -> None:
        self._old, self._new = old_definitions, new_definitions
        self._both_ways = both_ways
        self._seen: set[tuple[str, str]] = set()

    def compare(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        pair = (str(old.get("$ref")), str(new.get("$ref")))
        if "$ref" in old and "$ref" in new:
            if pair in self._seen:
                return
            self._seen.add(pair)
        old, new = _resolved(old, self._old), _resolved(new, self._new)
        if "anyOf" in old or "anyOf" in new:
            yield from self._choices(old.get("anyOf", [old]), new.get("anyOf", [new]), path)
            return
        for keyword in _SAME:
            if old.get(keyword) != new.get(keyword):
                yield f"{path}: {keyword} was {old.get(keyword)}, is {new.get(keyword)}"
        yield from self._pattern(old.get("pattern"), new.get("pattern"), path)
        yield from self._limits(old, new, path)
        yield from self._enumeration(old, new, path)
        yield from self._fields(old, new, path)
        for keyword in ("items", "additionalProperties"):
            if isinstance(old.get(keyword), dict) and isinstance(new.get(keyword), dict):
                yield from self.compare(old[keyword], new[keyword], f"{path}[]")

    def _fields(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        old_fields, new_fields = old.get("properties", {}), new.get("properties", {})
        for name in old_fields.keys() - new_fields.keys():
            yield f"{path}.{name}: gone"
        for name in set(new.get("required", ())) - set(old.get("required", ())):
            yield f"{path}.{name}: is now required"
        for name in old_fields.keys() & new_fields.keys():
            yield from self.compare(old_fields[name], new_fields[name], f"{path}.{name}")

    def _pattern(self, before: str | None, now: str | None, path: str) -> Iterator[str]:
        if before == now or (not self._both_ways and (now is None or (before is not None and _widens(before, now)))):
            return
        yield f"{path}: pattern was {before}, is {now}"

    def _limits(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        for keyword in (*_LOWER_LIMITS, *_UPPER_LIMITS):
            before, now = old.get(keyword), new.get(keyword)
            if before == now:
                continue
            narrower = now is not None and (
                before is None or (now > before if keyword in _LOWER_LIMITS else now < before)
            )
            if narrower or self._both_ways:
                yield f"{path}: {keyword} was {before}, is {now}"

    def _enumeration(self, old: Schema, new: Schema, path: str) -> Iterator[str]:
        before, now = set(old.get("enum", ())), set(new.get("enum", ()))
        if not before and not now:
            return
        for value in before - now:
            yield f"{path}: no longer takes {value}"
        if self._both_ways:
            for value in now - before:
                yield f"{path}: now also {value}, which old readers do not know"

    def _choices(self, old: list[Schema], new: list[Schema], path: str) -> Iterator[str]:
        for choice in old:
            if not any(self._fits(choice, other) for other in new):
                yield f"{path}: no longer takes {_name(choice)}"
        if self._both_ways:
            for choice in new:
                if not any(self._fits(other, choice) for other in old):
                    yield f"{path}: now also {_name(choice)}"

    def _fits(self, old: Schema, new: Schema) -> bool:
        return not list(_Check(self._old, self._new, both_ways=self._both_ways).compare(old, new, ""))


def _widens(before: str, now: str) -> bool:
    """Whether two patterns are the same but for how often a part may stand, which is no longer limited as much."""
    if _REPEATED.sub("{}", before) != _REPEATED.sub("{}", now):
        return False
    limits = zip(_REPEATED.findall(before), _REPEATED.findall(now), strict=True)
    return all(int(now[0]) <= int(before[0]) and int(now[1]) >= int(before[1]) for before, now in limits)


def _resolved(schema: Schema, definitions: Schema) -> Schema:
    while "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    return schema


def _name(schema: Schema) -> str:
    return str(schema.get("$ref", schema.get("type", schema))).rpartition("/")[2]
