"""Uploads into the store, downloads out of it."""

import urllib.parse

import pytest
from falcon.testing import create_environ

from tests.gateway.conftest import Gateway, make_gateway

SCAN = "/api/v1/books/0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e5f/scan"
SHA = "a" * 64
PDF = "application/pdf"


def form(
    content: bytes, name: str = "file", filename: str = "报名表.pdf", parts: int = 1
) -> tuple[bytes, dict[str, str]]:
    part = (
        b'--xyz\r\nContent-Disposition: form-data; name="%b"; filename="%b"\r\nContent-Type: text/html\r\n\r\n%b\r\n'
        % (name.encode(), filename.encode(), content)
    )
    return part * parts + b"--xyz--\r\n", {"Content-Type": "multipart/form-data; boundary=xyz"}


def upload(gateway: Gateway, body: bytes, headers: dict[str, str]):  # type: ignore[no-untyped-def]
    return gateway.client.simulate_post("/api/v1/files", body=body, headers={**gateway.bearer(), **headers})


def test_an_upload_goes_into_the_store_and_comes_back_as_a_reference(gateway: Gateway) -> None:
    answer = upload(gateway, *form(b"%PDF-1.7 content"))
    assert answer.status_code == 201
    assert answer.json == {"sha256": "0" * 64, "name": "报名表.pdf", "size": 16, "media_type": PDF}
    assert gateway.store.files["incoming", "0" * 64] == b"%PDF-1.7 content"
    assert gateway.backend.calls == []


def test_an_upload_needs_a_sign_in(gateway: Gateway) -> None:
    body, headers = form(b"x")
    assert gateway.client.simulate_post("/api/v1/files", body=body, headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (*form(b"x", name="other"), 422, "file_required"),
        (b"--xyz--\r\n", form(b"")[1], 422, "file_required"),
        (b"", form(b"")[1], 422, "file_required"),
        (b"rubbish", form(b"")[1], 422, "file_required"),
        (form(b"x")[0][:-20], form(b"")[1], 422, "file_required"),
        (form(b"x")[0], {"Content-Type": "multipart/form-data"}, 422, "file_required"),
        (b"{}", {"Content-Type": "application/json"}, 415, "unsupported_media_type"),
    ],
)
def test_what_is_no_form_with_a_file_is_refused(
    gateway: Gateway, body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    answer = upload(gateway, body, headers)
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_too_large_an_upload_is_refused(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.files.MAX_UPLOAD", 100)
    assert upload(gateway, *form(b"x" * 101)).json["code"] == "file_too_large"
    assert upload(gateway, *form(b"x" * 50_000)).json["code"] == "file_too_large"
    assert upload(gateway, *form(b"x" * 100)).status_code == 201


def refer(gateway: Gateway, **changes: object) -> None:
    reference = {"sha256": SHA, "name": "成绩单.pdf", "size": 8, "media_type": PDF, **changes}
    gateway.backend.answers["get_scan"] = lambda *_: reference


def test_a_download_is_what_the_owner_refers_to(gateway: Gateway) -> None:
    gateway.store.files["library", SHA] = b"%PDF-1.7"
    refer(gateway)
    answer = gateway.client.simulate_get(SCAN, headers=gateway.bearer())
    assert (answer.status_code, answer.content) == (200, b"%PDF-1.7")
    assert answer.headers["content-type"] == PDF
    assert answer.headers["content-length"] == "8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert "%E6%88%90" in answer.headers["content-disposition"]


@pytest.mark.parametrize("name", ['a"; filename="evil.html', "a\r\nSet-Cookie: x=1", "../../etc/passwd", "a\\b;c"])
def test_a_name_cannot_break_out_of_its_header(gateway: Gateway, name: str) -> None:
    gateway.store.files["library", SHA] = b"%PDF-1.7"
    refer(gateway, name=name)
    answer = gateway.client.simulate_get(SCAN, headers=gateway.bearer())
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    disposition = answer.headers["content-disposition"]
    assert "\n" not in disposition
    assert disposition.count('"') in (0, 2)


@pytest.mark.parametrize(
    ("name", "given"),
    [("成绩单.PDF", "成绩单.PDF"), ("receipt.hta", "receipt.hta.pdf"), ("receipt.pdf.exe", "receipt.pdf.exe.pdf")],
)
def test_a_name_ends_as_its_content_is(gateway: Gateway, name: str, given: str) -> None:
    gateway.store.files["library", SHA] = b"%PDF-1.7<script>%%EOF"
    refer(gateway, name=name)
    disposition = gateway.client.simulate_get(SCAN, headers=gateway.bearer()).headers["content-disposition"]
    assert disposition.endswith(f"filename*=UTF-8''{urllib.parse.quote(given)}")


def test_a_file_of_another_service_or_kind_is_missing(gateway: Gateway) -> None:
    gateway.store.files["archive", SHA] = b"%PDF-1.7"
    refer(gateway)
    assert gateway.client.simulate_get(SCAN, headers=gateway.bearer()).json["code"] == "file_missing"
    refer(gateway, media_type="text/html")
    assert gateway.client.simulate_get(SCAN, headers=gateway.bearer()).json["code"] == "file_missing"


def test_who_may_not_have_the_row_does_not_get_the_file(gateway: Gateway) -> None:
    gateway.store.files["library", SHA] = b"%PDF-1.7"
    gateway.backend.refuse("get_scan", "not_found")
    assert gateway.client.simulate_get(SCAN, headers=gateway.bearer()).status_code == 404


def test_a_download_holds_its_place_until_it_ends() -> None:
    gateway = make_gateway(requests=1)
    gateway.store.files["library", SHA] = b"%PDF-1.7"
    refer(gateway)
    environ = create_environ(SCAN, headers=gateway.bearer())
    answer = gateway.client.app(environ, lambda *_: None)
    assert next(iter(answer)) == b"%PD"
    assert gateway.client.simulate_get("/nowhere").status_code == 503
    answer.close()
    assert gateway.client.simulate_get("/nowhere").status_code == 404
