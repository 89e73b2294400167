"""One route as an OpenAPI operation: parameters, body, answers."""

from collections.abc import Iterator, Mapping
from typing import Any

from chassis.papers.file_kinds import FileKind
from contracts.base import Contract, PageQuery, method_name
from contracts.examples import example_of
from contracts.permissions import ROLE_PERMISSIONS
from gateway import session_cookies
from gateway.binding import path_fields
from gateway.door import IDEMPOTENCY_KEY
from gateway.files import MAX_UPLOAD
from gateway.openapi.problem_codes import problem_responses
from gateway.route import PUBLIC, Route

References = Mapping[tuple[type[Contract], str], str]

_IDEMPOTENCY_KEY = {
    "type": "string",
    "pattern": f"^{IDEMPOTENCY_KEY.pattern}$",
    "description": "同一键重试只办理一次 · a retry with the same key is carried out once",
}
_SESSION_COOKIE = {
    "type": "string",
    "enum": [session_cookies.YES],
    "description": "浏览器用：令牌由 HttpOnly Cookie 保管，不出现在内容中"
    " · for browsers: tokens are kept in HttpOnly cookies and are in no body",
}
_SET_COOKIE = {
    "description": f"仅当请求带 `{session_cookies.HEADER}` · only when the request has `{session_cookies.HEADER}`",
    "schema": {"type": "string"},
}
_FORM = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
_HEADERS = {
    "X-Correlation-Id": {"description": "关联号 · correlation id", "schema": {"type": "string", "format": "uuid"}}
}


def describe_route(route: Route, schemas: Mapping[str, Any], references: References) -> dict[str, Any]:
    """The operation of a route of the table. `schemas` holds the components by name."""
    request = schemas[references[route.operation, "validation"]]
    answer = references[route.operation.answers, "serialization"]
    operation = _head(route)
    operation["parameters"] = _parameters(route, request)
    if route.has_body:
        operation["requestBody"] = _body(route, request, schemas)
    content = (
        {kind.content_type: {"schema": {"type": "string", "format": "binary"}} for kind in FileKind}
        if route.downloads is not None
        else _json(_answer(route, answer, schemas), example_of(schemas[answer], schemas))
    )
    operation["responses"] = _responses(route, "成功 · done", content)
    return operation


def describe_upload(route: Route, references: References) -> dict[str, Any]:
    """The upload: a form with one file."""
    answer = references[route.operation.answers, "serialization"]
    content = _json({"$ref": f"#/components/schemas/{answer}"}, None)
    return {
        **_head(route),
        "requestBody": {
            "required": True,
            "description": f"至多 {MAX_UPLOAD} 字节 · at most {MAX_UPLOAD} bytes",
            "content": {"multipart/form-data": {"schema": _FORM}},
        },
        "responses": _responses(route, "文件引用 · the reference to the file", content),
    }


def describe_events(route: Route) -> dict[str, Any]:
    """The stream of hints."""
    done = "实时消息流 · a stream that ends when the token does; come back after `retry`"
    return {
        **_head(route),
        "parameters": [_parameter("Last-Event-ID", "header", {"type": "string", "maxLength": 40}, False)],
        "responses": _responses(route, done, {"text/event-stream": {"schema": {"type": "string"}}}),
    }


def _answer(route: Route, name: str, schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of what is answered: that of its name, unless fields may travel in cookies instead."""
    if not route.session_cookie or not session_cookies.FIELDS & schemas[name].get("properties", {}).keys():
        return {"$ref": f"#/components/schemas/{name}"}
    return {**schemas[name], "required": _required(route, schemas[name])}


def _required(route: Route, schema: Mapping[str, Any]) -> list[str]:
    """The fields that are always in the body."""
    elsewhere = {*path_fields(route.path), *(session_cookies.FIELDS if route.session_cookie else ())}
    return [name for name in schema.get("required", ()) if name not in elsewhere]


def _responses(route: Route, done: str, content: Mapping[str, Any]) -> dict[str, Any]:
    headers = {**_HEADERS, "Set-Cookie": _SET_COOKIE} if route.session_cookie else _HEADERS
    good = {"description": done, "headers": headers, "content": content}
    return {str(route.status): good, **problem_responses(route)}


def _head(route: Route) -> dict[str, Any]:
    head: dict[str, Any] = {
        "operationId": _operation_id(route),
        "tags": [route.service],
        **({"summary": route.word.en, "x-summary-zh": route.word.zh} if route.word else {}),
        "description": " ".join([*(route.operation.__doc__ or "").split(), *_of_list(route), *_of_session(route)]),
        "x-permission": str(route.permission),
    }
    if route.permission is PUBLIC:
        head["security"] = []
    return head


def _of_list(route: Route) -> Iterator[str]:
    """How a list is sorted, and by what it is quick however long it is."""
    operation = route.operation
    if not issubclass(operation, PageQuery):
        return
    first, *others = operation.sort_keys()
    yield f"Sorted by `{operation.order}` unless told otherwise" + "".join(f", `{each}`" for each in others) + "."
    if not operation.filters():
        return
    looked_at = [f"`{name}`" for name in operation.filters() if name in operation.looked_at]
    pairs = ", ".join(" and ".join(f"`{each}`" for each in sorted(pair)) for pair in operation.together)
    but = f" but {', '.join(looked_at)}" if looked_at else ""
    together = f", and by {pairs} together" if pairs else ""
    yield f"Quick however long it is in the order of `{first}`, by each filter alone{but}{together}."
    if operation.promised("course") != operation.promised() and _read_by_courses(route):
        yield "Whoever sees single courses has `course_id` given, and is promised what is named together with it."
    yield "What else is asked for is answered in this order while a page of it is among the first thousands of rows,"
    yield "and in any order while at most 10,000 rows are found; it is refused otherwise (`narrow_the_list`)."


def _of_session(route: Route) -> Iterator[str]:
    """How a browser has it."""
    if route.session_cookie:
        yield f"With `{session_cookies.HEADER}: {session_cookies.YES}` a browser keeps refresh and device token in"
        yield "cookies that no script reads; they are then in no body."


def _read_by_courses(route: Route) -> bool:
    return any(scopes.get(str(route.permission)) == "course" for scopes in ROLE_PERMISSIONS.values())


def _operation_id(route: Route) -> str:
    name = f"{route.service}.{method_name(route.operation)}"
    return f"{name}.{route.downloads}" if route.downloads else name


def _parameters(route: Route, request: Mapping[str, Any]) -> list[dict[str, Any]]:
    in_path = path_fields(route.path)
    required = request.get("required", ())
    properties = request.get("properties", {})
    parameters = [_parameter(name, "path", properties[name], True) for name in in_path]
    if not route.has_body:
        others = (name for name in properties if name not in in_path)
        own = {name: {"examples": [value]} for name, value in route.examples}
        parameters += [
            _parameter(name, "query", {**properties[name], **own.get(name, {})}, name in required) for name in others
        ]
    if route.is_command:
        parameters.append(_parameter("Idempotency-Key", "header", _IDEMPOTENCY_KEY, False))
    if route.session_cookie:
        parameters.append(_parameter(session_cookies.HEADER, "header", _SESSION_COOKIE, False))
    return parameters


def _parameter(name: str, place: str, schema: Mapping[str, Any], required: bool) -> dict[str, Any]:
    """A parameter that may be left out may not be null: leaving it out is how nothing is said in a query."""
    schema = dict(schema)
    description = schema.pop("description", None)
    options = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
    if "anyOf" in schema and len(options) == 1:
        del schema["anyOf"]
        if schema.get("default", 0) is None:
            del schema["default"]
        schema = {**options[0], **schema}  # what the field says counts more than what its type does
    parameter = {"name": name, "in": place, "required": required, "schema": schema}
    return {**parameter, "description": description} if description else parameter


def _body(route: Route, request: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    in_path = set(path_fields(route.path))
    schema = {
        "type": "object",
        "title": request["title"],
        "additionalProperties": False,
        "properties": {name: field for name, field in request.get("properties", {}).items() if name not in in_path},
    }
    required = _required(route, request)
    if required:
        schema["required"] = required
    return {"required": bool(required), "content": _json(schema, example_of(schema, schemas))}


def _json(schema: Mapping[str, Any], example: Any) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": schema}
    if example is not None:
        content["example"] = example
    return {"application/json": content}
