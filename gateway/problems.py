"""Refusals as problem documents (RFC 9457), in the caller's language. HTTP status numbers live here alone."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from contracts.base import Operation
from contracts.errors import ErrorKind, FieldError, Language, ServiceError, error_text
from contracts.sentences import describe
from contracts.words import member_word
from contracts.words.paths import path_word

MEDIA_TYPE = "application/problem+json"
TYPE_BASE = "/docs/#problem-"

STATUS: dict[ErrorKind, int] = {
    ErrorKind.INVALID: 422,
    ErrorKind.UNAUTHENTICATED: 401,
    ErrorKind.FORBIDDEN: 403,
    ErrorKind.NOT_FOUND: 404,
    ErrorKind.CONFLICT: 409,
    ErrorKind.REFUSED: 409,
    ErrorKind.TOO_MANY: 429,
    ErrorKind.UNAVAILABLE: 503,
    ErrorKind.TOO_LARGE: 413,
    ErrorKind.UNSUPPORTED: 415,
    ErrorKind.INTERNAL: 500,
}

# Where HTTP has a number of its own that says more than the kind does.
STATUS_OF_CODE = {
    "malformed_json": 400,
    "bad_request": 400,
    "bad_idempotency_key": 400,
    "method_not_allowed": 405,
    "work_required": 428,
}

# Seconds to wait where the refusal itself names none.
_RETRY_AFTER = {429: 5, 503: 2}
# Members of their own: what a client acts on without reading the sentence.
_TOLD_TO_PROGRAMS = ("challenge", "service")
_FIELD_NAME = re.compile(r"[a-z0-9_]{1,60}\Z")


@dataclass(frozen=True, slots=True)
class Problem:
    """A problem document ready to be sent."""

    status: int
    body: bytes
    headers: dict[str, str]


def status_of(code: str) -> int:
    """The HTTP status of an error code."""
    return STATUS_OF_CODE.get(code) or STATUS[error_text(code).kind]


def problem(
    error: ServiceError, language: Language, correlation_id: UUID, operation: type[Operation] | None = None
) -> Problem:
    """The document for a refusal. Nothing of the request's own content is repeated in it.

    `operation` is what was asked for, where that was found out: its fields are then called by their words, too.
    """
    status = status_of(error.code)
    document: dict[str, Any] = {
        "type": f"{TYPE_BASE}{error.code}",
        "title": member_word(error.kind)[language],
        "status": status,
        "detail": describe(error.code, error.params, language),
        "code": error.code,
        "instance": f"urn:uuid:{correlation_id}",
        "correlation_id": str(correlation_id),
    }
    document |= {name: error.params[name] for name in _TOLD_TO_PROGRAMS if name in error.params}
    if error.errors:
        document["errors"] = [_field(each, language, operation) for each in error.errors]
    return Problem(status, orjson.dumps(document), _headers(status, error, language))


def _field(error: FieldError, language: Language, operation: type[Operation] | None) -> dict[str, str]:
    path = _own_words(error.path)
    word = path_word(operation, path) if operation is not None else None
    return {
        "path": path,
        **({"title": word[language]} if word else {}),
        "code": error.code,
        "message": describe(error.code, error.params, language),
    }


def _own_words(path: str) -> str:
    """The path as far as it consists of field names: an unknown field's name is the caller's text, and may be
    a person's."""
    known = []
    for step in path.split("."):
        if not _FIELD_NAME.match(step) or (len(step) > 4 and step.isdigit()):
            break
        known.append(step)
    return ".".join(known)


def _headers(status: int, error: ServiceError, language: Language) -> dict[str, str]:
    headers = {"Content-Language": "zh-CN" if language == "zh" else "en"}
    if status in _RETRY_AFTER:
        headers["Retry-After"] = str(error.params.get("retry_after") or _RETRY_AFTER[status])
    if status == 401:
        is_about_token = error.code.startswith("token_")
        reason = f', error="invalid_token", error_description="{error.code}"' if is_about_token else ""
        headers["WWW-Authenticate"] = f'Bearer realm="jiaowu"{reason}'
    if status == 405:
        headers["Allow"] = str(error.params.get("allowed", ""))
    return headers
