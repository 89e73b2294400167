"""Whatever bytes come, a problem document goes back, and nothing reaches a service that its contract refuses."""

import json
import string

import orjson
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gateway import strict_json
from gateway.language import preferred
from gateway.problems import MEDIA_TYPE
from tests.gateway.conftest import Gateway
from tests.gateway.fakes import LendBook

quick = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
LEND = "/api/v1/books/0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e5f/lend"

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
fields = st.sampled_from(["title", "days", "notes", "book_id", "colour"])


def check(gateway: Gateway, body: bytes) -> None:
    gateway.backend.calls.clear()
    answer = gateway.client.simulate_post(
        LEND, body=body, headers={"Content-Type": "application/json", **gateway.bearer()}
    )
    assert answer.status_code < 500
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == MEDIA_TYPE
        assert answer.json["status"] == answer.status_code
        assert gateway.backend.calls == []
    else:
        LendBook.model_validate(gateway.backend.calls[0][2])


@quick
@given(body=st.binary(max_size=300))
@example(body=b"\xff\xfe{\x00}\x00")
@example(body=b'{"title":"' + b"\\ud83d\\ude00" + b'"}')
def test_any_bytes(gateway: Gateway, body: bytes) -> None:
    check(gateway, body)


@quick
@given(body=st.dictionaries(fields | st.text(max_size=5), values, max_size=6))
def test_any_json_object(gateway: Gateway, body: dict[str, object]) -> None:
    check(gateway, json.dumps(body).encode())


@quick
@given(
    path=st.text(string.printable.replace("/", "").replace("?", "").replace("#", ""), min_size=1, max_size=40),
    query=st.text(string.printable, max_size=60),
)
def test_any_path_and_query(gateway: Gateway, path: str, query: str) -> None:
    for address in (f"/api/v1/books/{path}/scan", "/api/v1/books"):
        answer = gateway.client.simulate_get(
            address.replace("\\", "").strip(), query_string=query.strip().lstrip("?"), headers=gateway.bearer()
        )
        assert answer.status_code < 500, answer.text


@quick
@given(value=values)
def test_what_orjson_writes_and_every_reader_keeps_is_read(value: object) -> None:
    try:
        body = orjson.dumps(value)
    except (TypeError, orjson.JSONEncodeError):
        return
    try:
        read = strict_json.loads(body)
    except strict_json.NotStrictJson:
        return
    assert read == orjson.loads(body)


@pytest.mark.parametrize("body", [b'{"a":1,"a":1}', b'[{"b":{"a":1,"a":2}}]'])
def test_repeated_keys_are_refused_at_any_depth(body: bytes) -> None:
    with pytest.raises(strict_json.NotStrictJson):
        strict_json.loads(body)


def test_depth_is_counted_and_not_brackets() -> None:
    assert strict_json.loads(b"[" + b"[],".join([b""] * 100) + b"[]]")
    deepest = strict_json.MAX_DEPTH
    assert strict_json.loads(b"[" * deepest + b"]" * deepest) is not None
    with pytest.raises(strict_json.NotStrictJson):
        strict_json.loads(b"[" * (deepest + 1) + b"]" * (deepest + 1))
    with pytest.raises(strict_json.NotStrictJson):
        strict_json.loads(b"[" * 200_000)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh"),
        ("", "zh"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en;q=0.8, zh-TW;q=0.9", "zh"),
        ("zh;q=0.1,en;q=0.2", "en"),
        ("fr,de;q=0.5", "zh"),
        ("fr, en;q=0.1", "en"),
        ("*", "zh"),
        ("en, *;q=0.5", "en"),
        ("zh;q=0, *", "en"),
        ("zh;q=0, en;q=0", "zh"),
        ("en;q=abc", "zh"),
        ("en;q=2", "zh"),
        ("EN-us", "en"),
        (",,;q=,", "zh"),
        ("en," * 400, "zh"),
    ],
)
def test_the_language_is_the_one_preferred(header: str | None, language: str) -> None:
    assert preferred(header) == language


@given(header=st.text(max_size=80))
def test_any_language_header_is_understood_somehow(header: str) -> None:
    assert preferred(header) in ("zh", "en")


def test_problems_speak_both_languages(gateway: Gateway) -> None:
    chinese = gateway.client.simulate_get("/nowhere")
    english = gateway.client.simulate_get("/nowhere", headers={"Accept-Language": "en"})
    assert (chinese.headers["content-language"], english.headers["content-language"]) == ("zh-CN", "en")
    assert chinese.json["title"] == "没有找到"
    assert english.json["title"] == "Not found"
    assert chinese.json["code"] == english.json["code"]
