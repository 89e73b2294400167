"""Every route as the console needs to know it: how it is called, who may, what is asked and answered."""

from collections.abc import Iterable
from typing import Any

from contracts.base import NumberedQuery, PageQuery
from gateway.binding import path_fields
from gateway.console.fields import Field, fields_of
from gateway.route import Route


def operations(routes: Iterable[Route]) -> dict[str, Any]:
    """`service.Operation` → what it is; one that downloads a field of its answer has that in its name."""
    return {name_of(route): _described(route) for route in routes}


def name_of(route: Route) -> str:
    """By which name pages speak of a route."""
    name = f"{route.service}.{route.operation.__name__}"
    return f"{name}.{route.downloads}" if route.downloads else name


def _described(route: Route) -> dict[str, Any]:
    word = route.word
    return {
        "service": route.service,
        "label": word.zh if word else route.operation.__name__,
        "method": route.method,
        "path": route.template,
        "path_params": path_fields(route.path),
        "permission": str(route.permission),
        "status": route.status,
        "is_command": route.is_command,
        "before_first_steps": route.before_first_steps,
        "downloads": route.downloads is not None,
        "request": list(fields_of(route.operation, "validation")),
        "answer": [] if route.downloads is not None else _answer(route),
        "page": _page(route),
    }


def _answer(route: Route) -> list[Field]:
    """The fields of what is answered; of a page those of its rows."""
    answers = route.operation.answers
    if issubclass(route.operation, NumberedQuery):
        [items] = [field for field in fields_of(answers, "serialization") if field["name"] == "items"]
        rows: list[Field] = items["items"]["fields"]
        return rows
    return list(fields_of(answers, "serialization"))


def _page(route: Route) -> dict[str, Any] | None:
    """How a list is sorted and filtered; None for what is no list with pages."""
    operation = route.operation
    if not issubclass(operation, NumberedQuery):
        return None
    if not issubclass(operation, PageQuery):
        filters = operation.model_fields.keys() - NumberedQuery.model_fields.keys()
        return {"order": None, "sorts": [], "filters": sorted(filters), "together": [], "looked_at": []}
    return {
        "order": operation.order,
        "sorts": list(operation.sort_keys()),
        "filters": list(operation.filters()),
        "together": sorted(sorted(pair) for pair in operation.together),
        "looked_at": sorted(operation.looked_at),
    }
