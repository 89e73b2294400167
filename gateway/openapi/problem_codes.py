"""Which problems a route can answer with, and what a problem document looks like."""

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import orjson

from contracts.errors import ErrorKind, FieldError, ServiceError, catalogue
from contracts.examples import SOME_ID
from contracts.public import PublicCommand, PublicQuery
from contracts.sentences import describe
from contracts.types import FileReference
from gateway import session_cookies
from gateway.problems import MEDIA_TYPE, problem, status_of
from gateway.route import PUBLIC, Access, Route

_REFUSED = re.compile(r"Refused: ([^.]*)\.")
_QUOTED = re.compile(r"`([a-z_]+)`")
_EVERYWHERE = ("rate_limited", "overloaded", "service_unavailable", "deadline_exceeded", "internal_error")
_SIGNED_IN = ("unauthenticated", "token_invalid", "token_expired", "token_revoked")
_BODY = ("malformed_json", "body_too_large", "unsupported_media_type")
_COMMAND = ("bad_idempotency_key", "idempotency_key_reused", "answer_not_repeated", "command_in_progress")


def codes_of(route: Route) -> list[str]:
    """The error codes of a route, in no order that matters."""
    codes = {*_EVERYWHERE, "validation_failed", "bad_request", *_refusals(route)}
    if route.permission is not PUBLIC:
        codes.update(_SIGNED_IN)
        if not route.takes_code:
            codes.add("second_factor_required")
        if not route.before_first_steps:
            codes.add("first_steps_required")
        if route.asks_again:
            codes.add("second_factor_again")
    if not isinstance(route.permission, Access):
        codes.add("forbidden")
    if route.has_body:
        codes.update(_BODY)
    if route.is_command:
        codes.update(_COMMAND)
    fields = route.operation.model_fields
    if "{" in route.path or (route.is_command and any(name.endswith(("_id", "_ids")) for name in fields)):
        codes.add("not_found")
    if route.is_command and any(name.endswith("_ids") for name in fields):
        codes.add("some_not_found")
    if any(field.annotation is FileReference for field in fields.values()):
        codes.add("file_missing")
    if issubclass(route.operation, PublicQuery | PublicCommand):
        codes.update(("asked_too_often", "work_required"))
    if route.session_cookie:
        codes.update(session_cookies.refusals(route.operation))
    if "version" in fields:
        codes.add("stale_version")
    if "sort" in fields:
        codes.update(("sort_not_supported", "filter_not_supported"))
    return sorted(codes)


def _refusals(route: Route) -> set[str]:
    """What the contract's own text names after `Refused:`. (What is refused by row is part of a good answer.)"""
    sentences = _REFUSED.findall(route.operation.__doc__ or "")
    return {code for sentence in sentences for code in _QUOTED.findall(sentence)} & catalogue().keys()


def problem_responses(route: Route) -> dict[str, Any]:
    """Status → reference to the response with the codes that this route can have."""
    return {
        str(status): {"$ref": f"#/components/responses/{_name(status, codes)}"}
        for status, codes in _by_status(route).items()
    }


def responses(routes: Iterable[Route]) -> dict[str, Any]:
    """The responses that `problem_responses` refers to: routes with the same codes share them."""
    found = {
        _name(status, codes): _response(status, codes)
        for route in routes
        for status, codes in _by_status(route).items()
    }
    return dict(sorted(found.items()))


def _by_status(route: Route) -> dict[int, list[str]]:
    by_status: dict[int, list[str]] = defaultdict(list)
    for code in codes_of(route):
        by_status[status_of(code)].append(code)
    return dict(sorted(by_status.items()))


def _name(status: int, codes: list[str]) -> str:
    return f"{status}-{'-'.join(codes)}"


def _response(status: int, codes: list[str]) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": " · ".join(f"`{code}`" for code in codes),
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {code: {"$ref": f"#/components/examples/{code}"} for code in codes},
            }
        },
    }
    if status in (429, 503):
        response["headers"] = {
            "Retry-After": {"description": "秒 · seconds", "schema": {"type": "integer", "minimum": 1}}
        }
    return response


def examples(routes: Iterable[Route]) -> dict[str, Any]:
    """One example of each problem that some route has, as components."""
    codes = {code for route in routes for code in codes_of(route)}
    return {code: {"summary": describe(code, {}, "en"), "value": _example(code)} for code in sorted(codes)}


def _example(code: str) -> Any:
    errors = [FieldError("student_id", "field_required")] if code == "validation_failed" else []
    return orjson.loads(problem(ServiceError(code, errors), "zh", UUID(SOME_ID)).body)


def problem_schema() -> dict[str, Any]:
    """The schema of a problem document, with the list of all codes and their sentences."""
    return {
        "type": "object",
        "title": "Problem",
        "description": "RFC 9457 问题文档 · problem document",
        "required": ["type", "title", "status", "detail", "code", "correlation_id"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference"},
            "title": {"type": "string", "description": "同类问题的统称 · the kind of problem"},
            "status": {"type": "integer", "description": "HTTP 状态码 · HTTP status"},
            "detail": {"type": "string", "description": "发生了什么、该怎么办 · what happened and what to do"},
            "code": {"type": "string", "description": "稳定的错误代码 · stable error code"},
            "instance": {"type": "string", "format": "uri"},
            "correlation_id": {"type": "string", "format": "uuid", "description": "关联号 · for the administrator"},
            "challenge": {
                "type": "object",
                "description": "`work_required` 的验证题（ALTCHA 工作量证明 v2），解出后放入 `work` 重新提交"
                " · of `work_required`: the challenge (ALTCHA proof of work v2) whose solution is sent as `work`",
            },
            "service": {
                "type": "string",
                "description": "`service_unavailable` 时不可用的服务 · the service that is away",
            },
            "errors": {
                "type": "array",
                "description": "每个字段的问题 · every field's problem",
                "items": {
                    "type": "object",
                    "required": ["path", "code", "message"],
                    "properties": {
                        "path": {"type": "string", "description": "如 `students.3.mobile`", "examples": ["student_id"]},
                        "title": {"type": "string", "description": "字段名称 · what the field is called"},
                        "code": {"type": "string"},
                        "message": {"type": "string"},
                    },
                },
            },
        },
        "x-codes": {
            code: {"status": status_of(code), "zh": text.zh, "en": text.en}
            for code, text in sorted(catalogue().items())
            if text.kind is not ErrorKind.INVALID or not code.startswith(("field_", "list_", "number_"))
        },
    }
