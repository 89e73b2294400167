"""From the request to the service's payload, and everything that is refused on the way."""

from uuid import UUID, uuid4

import orjson
import pytest

from gateway.openapi.problem_codes import codes_of
from gateway.problems import MEDIA_TYPE
from tests.gateway.conftest import Gateway
from tests.gateway.fakes import ROUTES

BOOK = "0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e5f"
LEND = f"/api/v1/books/{BOOK}/lend"


def lend(gateway: Gateway, body: object, **headers: str):  # type: ignore[no-untyped-def]
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return gateway.client.simulate_post(
        LEND, body=content, headers={"Content-Type": "application/json", **gateway.bearer(), **headers}
    )


def test_path_and_body_become_one_payload(gateway: Gateway) -> None:
    answer = lend(gateway, {"title": "红楼梦", "notes": ["小心"]})
    assert answer.status_code == 201
    service, name, payload, context = gateway.backend.calls[0]
    assert (service, name) == ("library", "lend_book")
    assert payload == {"book_id": BOOK, "title": "红楼梦", "notes": ["小心"]}
    assert context.permission == "books.lend"
    assert context.scope.kind == "school"


def test_the_answer_of_the_service_is_passed_on(gateway: Gateway) -> None:
    gateway.backend.answers["lend_book"] = lambda *_: {"id": BOOK, "title": "书", "extra": [1.5, None]}
    assert lend(gateway, {"title": "书"}).json == {"id": BOOK, "title": "书", "extra": [1.5, None]}


def test_query_parameters_are_read_by_the_type_of_their_field(gateway: Gateway) -> None:
    gateway.client.simulate_get(
        "/api/v1/books",
        query_string="page=2&shelf=1&shelf=7&lent=true&title=%E4%B9%A6",
        headers=gateway.bearer(),
    )
    assert gateway.backend.calls[0][2] == {"page": 2, "shelf": [1, 7], "lent": True, "title": "书"}


def test_a_deletion_takes_its_fields_from_the_query(gateway: Gateway) -> None:
    gateway.client.simulate_delete(f"/api/v1/books/{BOOK}", query_string="version=3", headers=gateway.bearer())
    assert gateway.backend.calls[0][2] == {"book_id": BOOK, "version": 3}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"title": "a", "title": "b"}', 400, "malformed_json"),
        (b'{"title": NaN}', 400, "malformed_json"),
        (b'{"title": "a", "days": 1e999}', 400, "malformed_json"),
        (b'{"title": "a", "days": 9007199254740992}', 400, "malformed_json"),
        (b'{"title": "a", "days": ' + b"9" * 1900 + b"}", 400, "malformed_json"),
        (b'{"title": "\xff"}', 400, "malformed_json"),
        (b'{"title": "\\ud800"}', 400, "malformed_json"),
        (b'{"title": "\\u0000"}', 400, "malformed_json"),
        (b'{"title": ' + b"[" * 30 + b"]" * 30 + b"}", 400, "malformed_json"),
        (b"[" * 1990, 400, "malformed_json"),
        (b'{"title": "a"} {}', 400, "malformed_json"),
        (b'{"title": "a",}', 400, "malformed_json"),
        (b"\xef\xbb\xbf{}", 400, "malformed_json"),
        (b"title=a", 400, "malformed_json"),
        (b"[]", 422, "validation_failed"),
        (b"null", 422, "validation_failed"),
        (b'"title"', 422, "validation_failed"),
        (b"{}", 422, "validation_failed"),
        (b"", 422, "validation_failed"),
        (b'{"title": 5}', 422, "validation_failed"),
        (b'{"title": null}', 422, "validation_failed"),
        (b'{"title": "a", "book_id": "' + BOOK.encode() + b'"}', 422, "validation_failed"),
        (b'{"title": "a", "colour": "red"}', 422, "validation_failed"),
        (b'{"title": "' + b"a" * 2100 + b'"}', 413, "body_too_large"),
    ],
)
def test_a_bad_body_is_refused_before_any_service_is_asked(
    gateway: Gateway, body: bytes, status: int, code: str
) -> None:
    answer = lend(gateway, body)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert gateway.backend.calls == []


def test_a_body_of_another_type_is_refused(gateway: Gateway) -> None:
    for kind in (
        "text/plain",
        "application/xml",
        "application/json; charset=latin-1",
        "application/jsonp",
        "",
    ):
        answer = lend(gateway, {"title": "a"}, **{"Content-Type": kind})
        assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type"), kind
    for kind in ("application/json;charset=UTF-8", 'Application/JSON; charset="utf-8"'):
        assert lend(gateway, {"title": "a"}, **{"Content-Type": kind}).status_code == 201, kind


def test_every_mistake_is_named_at_once(gateway: Gateway) -> None:
    answer = gateway.client.simulate_post(
        "/api/v1/books/no-uuid/lend",
        json={"title": "", "days": "many", "colour": "red"},
        headers=gateway.bearer(),
    )
    found = {(error["path"], error["code"]) for error in answer.json["errors"]}
    assert {path for path, _ in found} == {"book_id", "title", "days", "colour"}
    assert all(error["message"] for error in answer.json["errors"])


def test_a_problem_never_repeats_what_was_sent(gateway: Gateway) -> None:
    secret = "110101199003072316"
    body = {
        "title": {"a": secret},
        secret: 1,
        f"张三{secret}": 2,
        "days": secret,
        "notes": [{secret: secret}],
    }
    answer = lend(gateway, body)
    assert answer.status_code == 422
    assert secret not in answer.text
    assert "张三" not in answer.text


@pytest.mark.parametrize(
    "query",
    [
        "page=x",
        "page=0",
        "size=201",
        "page=1&page=2",
        "shelf=a",
        "shelf=5.0",
        "lent=yes",
        "sort=;drop",
        "unknown=1",
    ],
)
def test_a_bad_query_is_refused(gateway: Gateway, query: str) -> None:
    answer = gateway.client.simulate_get("/api/v1/books", query_string=query, headers=gateway.bearer())
    assert (answer.status_code, answer.json["code"]) == (422, "validation_failed")
    assert gateway.backend.calls == []


@pytest.mark.parametrize("number", [1, 2])
def test_a_list_is_asked_from_one_place_on_and_not_from_a_page_and_a_row_at_once(gateway: Gateway, number: int) -> None:
    after = "0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e5f"
    alone, both = (
        gateway.client.simulate_get("/api/v1/books", query_string=query, headers=gateway.bearer())
        for query in (f"after={after}", f"page={number}&after={after}")
    )
    assert alone.status_code == 200
    assert (both.status_code, both.json["code"]) == (422, "validation_failed")
    assert [each["code"] for each in both.json["errors"]] == ["page_beside_after"]


@pytest.mark.parametrize("query", ["title=%ff", "title=%00", "&".join(["shelf=1"] * 400)])
def test_a_query_that_is_no_text_is_refused(gateway: Gateway, query: str) -> None:
    answer = gateway.client.simulate_get("/api/v1/books", query_string=query, headers=gateway.bearer())
    assert (answer.status_code, answer.json["code"]) == (400, "bad_request")


def test_a_query_string_on_a_command_is_refused(gateway: Gateway) -> None:
    answer = gateway.client.simulate_post(LEND, json={"title": "a"}, query_string="days=3", headers=gateway.bearer())
    assert answer.json["errors"][0] | {"message": ""} == {
        "path": "days",
        "code": "field_unknown",
        "message": "",
    }


def test_unknown_addresses_and_methods_are_problems_too(gateway: Gateway) -> None:
    answer = gateway.client.simulate_get("/api/v1/nothing")
    assert (answer.status_code, answer.json["code"]) == (404, "route_not_found")
    answer = gateway.client.simulate_put("/api/v1/books")
    assert (answer.status_code, answer.json["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET, OPTIONS"
    assert gateway.client.simulate_request("BREW", "/api/v1/books").status_code in (400, 405)


def test_a_body_that_breaks_off_is_none_although_it_could_be_read(gateway: Gateway) -> None:
    answer = gateway.client.simulate_post(LEND, json={"title": "a"}, headers=gateway.bearer(), breaks_off=True)
    assert (answer.status_code, answer.json["code"]) == (400, "bad_request")
    assert not gateway.backend.calls


def test_an_idempotency_key_is_passed_on_or_made(gateway: Gateway) -> None:
    answer = lend(gateway, {"title": "a"}, **{"Idempotency-Key": "my-key-0001"})
    assert answer.headers["idempotency-key"] == "my-key-0001"
    made = lend(gateway, {"title": "a"}).headers["idempotency-key"]
    assert UUID(made).version == 7
    assert [call[3].idempotency_key for call in gateway.backend.calls] == ["my-key-0001", made]


@pytest.mark.parametrize("key", ["short", "x" * 81, "with space", "ключ-ключ", "a\tb-------"])
def test_a_bad_idempotency_key_is_refused(gateway: Gateway, key: str) -> None:
    answer = lend(gateway, {"title": "a"}, **{"Idempotency-Key": key.encode().decode("latin-1")})
    assert (answer.status_code, answer.json["code"]) == (400, "bad_idempotency_key")


def test_questions_carry_no_key(gateway: Gateway) -> None:
    gateway.client.simulate_get("/api/v1/books", headers=gateway.bearer())
    assert gateway.backend.calls[0][3].idempotency_key is None


def test_the_correlation_id_goes_through(gateway: Gateway) -> None:
    mine = str(uuid4())
    answer = lend(gateway, {}, **{"X-Correlation-Id": mine})
    assert answer.headers["x-correlation-id"] == answer.json["correlation_id"] == mine
    for bad in ("x" * 36, "张三".encode().decode("latin-1"), "1" * 500):
        assert UUID(lend(gateway, {}, **{"X-Correlation-Id": bad}).headers["x-correlation-id"]).version == 7


def test_the_deadline_travels_with_the_call(gateway: Gateway) -> None:
    lend(gateway, {"title": "a"})
    left = gateway.backend.calls[0][3].seconds_left()
    assert left is not None
    assert 8 < left <= 10


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("stale_version", 409),
        ("not_found", 404),
        ("idempotency_key_reused", 422),
        ("forbidden", 403),
        ("file_too_large", 413),
        ("internal_error", 500),
        ("a_code_without_text", 500),
    ],
)
def test_a_services_refusal_becomes_its_problem(gateway: Gateway, code: str, status: int) -> None:
    gateway.backend.refuse("lend_book", code)
    answer = lend(gateway, {"title": "a"})
    assert (answer.status_code, answer.json["status"], answer.json["code"]) == (status, status, code)


def test_an_unforeseen_error_shows_nothing_of_itself(gateway: Gateway) -> None:
    def fail(*_: object) -> dict[str, object]:
        raise RuntimeError("secret 110101199003072316")

    gateway.backend.answers["lend_book"] = fail
    answer = lend(gateway, {"title": "a"})
    assert (answer.status_code, answer.json["code"]) == (500, "internal_error")
    assert "secret" not in answer.text


def test_answers_are_not_cached_sniffed_or_framed(gateway: Gateway) -> None:
    for answer in (lend(gateway, {"title": "a"}), lend(gateway, {}), gateway.client.simulate_get("/nowhere")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_every_problem_seen_here_is_among_those_described() -> None:
    described = {code for route in ROUTES for code in codes_of(route)}
    assert {"malformed_json", "validation_failed", "body_too_large", "unsupported_media_type"} <= described
