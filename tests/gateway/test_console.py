"""The console: what it is made from is the API as it is, and its build is sent as browsers want it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts.words import field_word, hints
from gateway.console.build import Build
from gateway.console.fields import fields_of
from gateway.console.operations import name_of, operations
from gateway.console.words import words
from gateway.openapi.document import document
from gateway.routes import ROUTES
from tests.gateway.conftest import Gateway, make_gateway
from tests.gateway.live import do

PAGE, SCRIPT, LATER = b"<!doctype html><title>x</title>", b"console.log(1)", "/bills?status=unpaid"
ALL: dict[str, Any] = operations(ROUTES)
HTML = {"Accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A small build."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_bytes(PAGE)
    (tmp_path / "console.json").write_text('{"version": "1"}')
    (tmp_path / "assets" / "index-a1.js").write_bytes(SCRIPT)
    (tmp_path / "assets" / "index-a1.js.br").write_bytes(b"in brotli")
    (tmp_path / "assets" / "index-a1.js.gz").write_bytes(b"in gzip")
    (tmp_path / "assets" / "style-b2.css").write_text("p{}")
    return tmp_path


@pytest.fixture
def serving(site: Path) -> Iterator[Gateway]:
    made = make_gateway(console=Build(site))
    yield made
    do(made.hub.close)


# --- what it is made from ---


def test_every_route_is_an_operation_by_a_name_of_its_own() -> None:
    assert len(ALL) == len(ROUTES)
    assert {(each["method"], each["path"]) for each in ALL.values()} == {(r.method, r.template) for r in ROUTES}


def test_a_name_is_found_again_in_that_of_the_description_which_is_the_clients() -> None:
    """The client's types make `ListBills` of `list_bills`."""
    paths = document(ROUTES)["paths"]
    described = {(path, method): each for path, item in paths.items() for method, each in item.items()}
    for route in ROUTES:
        service, snake, *part = described[route.template, route.method.lower()]["operationId"].split(".")
        pascal = "".join(word[:1].upper() + word[1:] for word in snake.split("_"))
        assert ".".join([service, pascal, *part]) == name_of(route)


def test_an_operation_says_how_it_is_called_who_may_and_where_its_fields_travel() -> None:
    bill = ALL["finance.GetBill"]
    assert (bill["label"], bill["permission"], bill["path_params"]) == ("缴费单详情", "finance.read_bills", ["bill_id"])
    assert not bill["is_command"]
    assert ALL["finance.GetRemittance.receipt"]["downloads"]
    assert ALL["finance.GetRemittance.receipt"]["answer"] == []
    assert ALL["identity.ChangePassword"]["before_first_steps"]


def test_a_list_says_how_it_is_sorted_and_filtered_and_what_its_rows_have() -> None:
    bills = ALL["finance.ListBills"]
    assert "status" in bills["page"]["filters"]
    assert {"page", "size", "sort", "after"}.isdisjoint(bills["page"]["filters"])
    assert bills["page"]["order"].removeprefix("-") == bills["page"]["sorts"][0]
    assert {"number", "amount", "status"} <= {field["name"] for field in bills["answer"]}
    assert ALL["finance.GetBill"]["page"] is None


@pytest.mark.parametrize(
    ("operation", "side", "name", "said"),
    [
        ("finance.GetBill", "answer", "amount", {"kind": "money", "label": "金额"}),
        ("finance.GetRemittance", "answer", "received_amount", {"kind": "money", "nullable": True}),
        ("courses.ListWithdrawals", "answer", "amount", {"kind": "money", "nullable": True}),
        ("finance.GetBill", "answer", "status", {"kind": "enum", "choices": "BillStatus"}),
        ("finance.GetBill", "answer", "paid_at", {"kind": "instant", "nullable": True}),
        ("finance.GetBill", "answer", "student_name", {"kind": "name"}),
        ("finance.ListBills", "request", "course_id", {"kind": "id", "reference": "course", "required": False}),
        ("exams.GetRegistration", "answer", "resit_of", {"kind": "id", "reference": "registration"}),
        ("identity.SignIn", "request", "password", {"kind": "secret", "required": True, "max_length": 128}),
        ("identity.UpdateAccount", "request", "mobile", {"kind": "number", "pattern": "^1[3-9][0-9]{9}$"}),
        ("finance.AttachReceipt", "request", "file", {"kind": "file"}),
        ("courses.CancelSelections", "request", "dry_run", {"kind": "boolean", "default": False}),
        ("finance.AttachReceipt", "request", "version", {"kind": "integer", "min": 1}),
        ("identity.GetAccount", "answer", "permissions", {"kind": "map", "choices": "AccountView.permissions"}),
    ],
)
def test_a_field_says_its_kind_its_label_and_its_limits(
    operation: str, side: str, name: str, said: dict[str, Any]
) -> None:
    field = one(ALL[operation][side], name)
    assert {key: field.get(key) for key in said} == said


def one(fields: list[dict[str, Any]], name: str) -> dict[str, Any]:
    [found] = [field for field in fields if field["name"] == name]
    return found


def test_a_list_of_ids_names_the_thing_and_an_object_has_its_fields() -> None:
    chosen = one(ALL["finance.ConfirmRefunds"]["request"], "refund_ids")
    assert (chosen["kind"], chosen["items"]["kind"], chosen["reference"]) == ("list", "id", "refund")
    address = one(one(ALL["identity.CreateTeachingPoint"]["request"], "information")["fields"], "address")
    assert one(address["fields"], "province")["label"] == "省份"


def test_every_field_that_is_shown_has_its_word() -> None:
    for route in ROUTES:
        for field in fields_of(route.operation, "validation"):
            word = field_word(route.operation, field["name"])
            assert word is not None
            assert field["label"] == word.zh


def test_a_field_with_a_pattern_says_what_that_wants_and_every_such_word_is_needed() -> None:
    asked = [each["request"] for each in ALL.values() if each["is_command"]]
    spoken = {each["pattern"] for each in having("pattern", asked)}
    assert hints.PATTERNS.keys() == {each for each in spoken if not each.startswith(NO_CONTROLS)} - UNSEEN
    mobile = one(ALL["identity.UpdateAccount"]["request"], "mobile")
    assert mobile["hint"] == "11 位手机号码"


NO_CONTROLS = r"^[^\x00-"
"""How patterns begin that keep out what nobody types."""
UNSEEN = {
    r"^[A-Za-z0-9+/]{80,2000}={0,2}$": "what a browser computes",
    r"^[A-Za-z0-9_-]{20,200}$": "a device's token",
    r"^[A-Za-z0-9_-]{20,100}$": "a browser's token",
    r"^[!-~]{1,2000}$": "what a provider gave",
    r"^[A-Za-z0-9_.-]{20,200}$": "a session's token",
    r"^[a-z][a-z0-9_]{0,39}$": "a name of the code",
    r"^[a-z]+\.[a-z_]{1,50}$": "a permission, which is chosen",
    r"^-?[a-z][a-z0-9_]*$": "an order",
    r"^[A-Z0-9-]{4,40}$": "typed on the gateway's own page",
    r"^[A-Z0-9]{12}$": "typed on the gateway's own page",
    r"^[a-z]{2,30}\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$": "a task",
}.keys()
"""Patterns of what nobody fills in."""


def test_every_table_of_choices_that_a_field_names_is_among_the_words() -> None:
    tables = words()["choices"]
    assert tables["BillStatus"]["paid"] == "已缴费"
    named = {each["choices"] for each in having("choices", list(ALL.values()))}
    assert named
    assert named <= tables.keys()


def having(key: str, value: Any) -> Iterator[dict[str, Any]]:
    """All fields that say something of this, however deep."""
    if isinstance(value, dict):
        if isinstance(value.get(key), str):
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from having(key, each)


def test_a_permission_has_a_word_and_a_workflow_its_states() -> None:
    said = words()
    held = {each["permission"] for each in ALL.values()} - {"public", "signed_in"}
    assert held <= said["permissions"].keys()
    assert all(flow["states"] in said["choices"] for flow in said["workflows"].values())


# --- how it is sent ---


def test_the_page_is_asked_for_each_time_and_what_has_its_content_in_its_name_is_kept(serving: Gateway) -> None:
    page = serving.client.simulate_get("/")
    assert (page.content, page.headers["cache-control"]) == (PAGE, "no-cache")
    script = serving.client.simulate_get("/assets/index-a1.js")
    assert (script.content, script.headers["content-type"]) == (SCRIPT, "text/javascript; charset=utf-8")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert serving.client.simulate_get("/console.json").headers["cache-control"] == "no-cache"


def test_who_has_the_page_already_is_told_so(serving: Gateway) -> None:
    tag = serving.client.simulate_get("/").headers["etag"]
    again = serving.client.simulate_get("/", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert serving.client.simulate_get("/", headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("BR", "br"),
        ("*", "br"),
        ("br;q=0, *;q=0", None),
        ("br;q=much", None),
        ("identity", None),
        (None, None),
    ],
)
def test_the_smallest_that_a_browser_takes_is_sent(
    serving: Gateway, accepted: str | None, encoding: str | None
) -> None:
    headers = {"Accept-Encoding": accepted} if accepted else {}
    answer = serving.client.simulate_get("/assets/index-a1.js", headers=headers)
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.content == {"br": b"in brotli", "gzip": b"in gzip", None: SCRIPT}[encoding]


def test_what_is_sent_in_another_encoding_has_another_tag(serving: Gateway) -> None:
    tags = {
        serving.client.simulate_get("/assets/index-a1.js", headers={"Accept-Encoding": each}).headers["etag"]
        for each in ("br", "gzip", "identity")
    }
    assert len(tags) == 3


@pytest.mark.parametrize("path", ["/", LATER, "/assets/index-a1.js"])
def test_pages_may_load_and_send_what_is_ours_alone_and_run_nothing_that_stands_in_them(
    serving: Gateway, path: str
) -> None:
    policy = serving.client.simulate_get(path, headers=HTML).headers["content-security-policy"].split("; ")
    wanted = {"default-src 'self'", "script-src 'self'", "style-src 'self'", "base-uri 'none'", "object-src 'none'"}
    assert wanted | {"frame-ancestors 'none'", "form-action 'self'"} <= set(policy)
    assert not [each for each in policy if "unsafe" in each or "http" in each or "*" in each]


@pytest.mark.parametrize("path", [LATER, "/students/0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e5f", "/apiary", "/sign-in"])
def test_an_address_that_only_the_console_knows_answers_the_page(serving: Gateway, path: str) -> None:
    assert serving.client.simulate_get(path, headers=HTML).content == PAGE
    assert serving.client.simulate_head(path, headers=HTML).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/api", "/docs/nothing", "/verify/nothing", "/assets/gone-c3.js"])
def test_what_others_do_not_have_is_not_the_console(serving: Gateway, path: str) -> None:
    answer = serving.client.simulate_get(path, headers=HTML)
    assert (answer.status_code, answer.json["code"]) == (404, "route_not_found")


def test_programs_are_told_that_there_is_nothing(serving: Gateway) -> None:
    assert serving.client.simulate_get("/bills", headers={"Accept": "application/json"}).status_code == 404
    assert serving.client.simulate_get("/bills").status_code == 404
    assert serving.client.simulate_post("/bills", headers=HTML).status_code == 404
    assert serving.client.simulate_post("/", headers=HTML).status_code == 405


def test_the_other_pages_and_the_api_are_where_they_were(serving: Gateway) -> None:
    assert serving.client.simulate_get("/docs/", headers=HTML).content != PAGE
    assert serving.client.simulate_get("/api/v1/books", headers=serving.bearer()).status_code == 200
    assert serving.client.simulate_get("/api/v1/books", headers=serving.bearer()).headers["cache-control"] == "no-store"


def test_a_gateway_without_a_build_serves_the_api_alone(gateway: Gateway) -> None:
    assert gateway.client.simulate_get("/", headers=HTML).status_code == 404


def test_a_folder_without_a_build_and_a_file_that_no_browser_is_sent_are_refused(site: Path) -> None:
    (site / "assets" / "key.pem").write_text("secret")
    with pytest.raises(ValueError, match=r"key\.pem"):
        Build(site)
    (site / "assets" / "key.pem").unlink()
    (site / "index.html").unlink()
    with pytest.raises(FileNotFoundError):
        Build(site)
