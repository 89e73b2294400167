"""Puts the document together: one operation a route, all schemas as components."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from pydantic.json_schema import JsonSchemaMode, models_json_schema

from contracts.base import Contract
from gateway.files import UPLOAD
from gateway.openapi import problem_codes
from gateway.openapi.operation import describe_events, describe_route, describe_upload
from gateway.openapi.schemas import SchemaWithWords
from gateway.route import Route
from gateway.routes import ABOUT
from gateway.streams import EVENTS

VERSION = "1.0.0"
_REFERENCES = "#/components/schemas/{model}"

_INTRODUCTION = """\
教务平台接口。除登录外，每个请求都须带 `Authorization: Bearer <令牌>`；令牌五分钟内有效，用刷新令牌换取新令牌。

- 每个写操作可带 `Idempotency-Key`：同一个键重试只办理一次，并返回第一次的结果。
- 列表用 `page`、`size`（至多 200）、`sort`（前加 `-` 为倒序）和各自的筛选条件。
- 金额为字符串（元，两位小数）；时间为带时区的 RFC 3339；修改时带上所见的 `version`。
- 出错时返回 RFC 9457 问题文档，`code` 稳定不变，`detail` 说明该怎么办；`Accept-Language: en` 返回英文。

The API of the academic administration platform. All but sign-in needs `Authorization: Bearer <token>`; a token lives
five minutes and is renewed with the refresh token. Every write may carry an `Idempotency-Key`: a retry with the same
key is carried out once and answered the same. Money is a string in yuan. Errors are RFC 9457 problem documents with a
stable `code`; `Accept-Language: en` gives English.
"""


def document(routes: Sequence[Route]) -> dict[str, Any]:
    """The OpenAPI document of a route table, with what the gateway itself adds (files and events)."""
    references, schemas = _schemas([*routes, UPLOAD, EVENTS])
    paths: dict[str, dict[str, Any]] = defaultdict(dict)
    for route in routes:
        paths[route.template][route.method.lower()] = describe_route(route, schemas, references)
    paths[UPLOAD.template]["post"] = describe_upload(UPLOAD, references)
    paths[EVENTS.template]["get"] = describe_events(EVENTS)
    used = {operation["tags"][0] for item in paths.values() for operation in item.values()}
    return {
        "openapi": "3.1.0",
        "info": {"title": "教务平台 Jiaowu API", "version": VERSION, "description": _INTRODUCTION},
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in ABOUT.items() if name in used],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "访问令牌，由登录或刷新得到 · Access token from sign-in or refresh",
                }
            },
            "responses": problem_codes.responses([*routes, UPLOAD, EVENTS]),
            "examples": problem_codes.examples([*routes, UPLOAD, EVENTS]),
            "schemas": {**schemas, "Problem": problem_codes.problem_schema()},
        },
    }


def _schemas(routes: Sequence[Route]) -> tuple[dict[tuple[type[Contract], str], str], dict[str, Any]]:
    """(contract, mode) → name of its schema, and all schemas by name."""
    wanted: dict[tuple[type[Contract], JsonSchemaMode], None] = {}
    for route in routes:
        wanted[route.operation, "validation"] = None
        wanted[route.operation.answers, "serialization"] = None
    found, definitions = models_json_schema(list(wanted), ref_template=_REFERENCES, schema_generator=SchemaWithWords)
    references = {key: schema["$ref"].rpartition("/")[2] for key, schema in found.items()}
    return references, definitions["$defs"]  # type: ignore[return-value]
