"""Uploads into the store, downloads out of it."""

import asyncio
import io
import threading
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, ClassVar
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.papers.quota import USUAL, Limits
from contracts.types import FileReference
from gateway.files import DOWNLOADS_OF_USER, UPLOADS_OF_USER
from gateway.guards import Places
from gateway.settings import GatewaySettings
from tests.gateway.conftest import Gateway, make_gateway

SCAN = "/api/v1/books/0199d1f0-6c3e-7b1a-9c55-0a1b2c3d4e5f/scan"
SHA = "a" * 64
PDF = "application/pdf"


def form(
    content: bytes, name: str = "file", filename: str = "报名表.pdf", parts: int = 1, encoding: str = "utf-8"
) -> tuple[bytes, dict[str, str]]:
    part = (
        b'--xyz\r\nContent-Disposition: form-data; name="%b"; filename="%b"\r\nContent-Type: text/html\r\n\r\n%b\r\n'
        % (name.encode(encoding), filename.encode(encoding), content)
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


@pytest.mark.parametrize(
    ("filename", "encoding"),
    [("汇款凭证.pdf", "gbk"), ("汇款凭证.pdf", "gb18030"), ("reçu—été.pdf", "utf-8"), ("ÿé.pdf", "latin-1")],
)
def test_a_name_in_the_bytes_of_an_old_client_is_read(gateway: Gateway, filename: str, encoding: str) -> None:
    answer = upload(gateway, *form(b"%PDF-1.7", filename=filename, encoding=encoding))
    assert (answer.status_code, answer.json["name"]) == (201, filename)


@pytest.mark.parametrize("name", ["fichié", "文件", "ÿ"])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_a_part_of_another_name_in_any_bytes_is_no_file(gateway: Gateway, name: str, encoding: str) -> None:
    answer = upload(gateway, *form(b"%PDF-1.7", name=name, encoding=encoding))
    assert (answer.status_code, answer.json["code"]) == (422, "file_required")


@given(st.binary(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
def test_no_header_of_a_part_makes_an_error(gateway: Gateway, junk: bytes) -> None:
    for header in (
        b'form-data; name="file"; filename="%b"',
        b"form-data; name=%b",
        b"form-data; name=file; filename*=%b",
    ):
        body = b"--xyz\r\nContent-Disposition: %b\r\n\r\n%%PDF-1.7\r\n--xyz--\r\n" % (header % junk)
        assert upload(gateway, body, form(b"")[1]).status_code in (201, 422)


class Spool(io.BytesIO):
    """A file of which it is known whether a loop waited for it."""

    in_a_loop: ClassVar[list[bool]] = []

    def write(self, chunk: Any) -> int:
        with suppress(RuntimeError):
            asyncio.get_running_loop()
            self.in_a_loop.append(True)
            return super().write(chunk)
        self.in_a_loop.append(False)
        return super().write(chunk)


def test_the_disk_is_waited_for_in_threads_and_never_by_the_loop(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.files.tempfile.TemporaryFile", Spool)
    assert upload(gateway, *form(b"%PDF-1.7" + bytes(100_000))).status_code == 201
    assert set(Spool.in_a_loop) == {False}


def test_the_store_is_told_who_uploads_how_much_and_may_have_no_room(gateway: Gateway) -> None:
    me = str(uuid4())
    body, headers = form(b"%PDF-1.7" + bytes(100_000))
    headers = {**headers, **gateway.bearer(sub=me)}
    assert upload(gateway, body, headers).status_code == 201
    assert gateway.store.announced == [(UUID(me), len(body))]
    gateway.store.is_full = True
    refused = upload(gateway, body, headers)
    assert (refused.status_code, refused.json["code"]) == (429, "upload_quota_used")
    assert refused.headers["Retry-After"] == "3600"


def test_a_large_upload_without_room_is_refused_before_it_has_come(gateway: Gateway) -> None:
    gateway.store.is_full = True
    _, headers = form(b"")
    announced = {**headers, **gateway.bearer(), "Content-Length": str(40_000_000)}
    refused = gateway.client.simulate_post("/api/v1/files", body=b"--xyz", headers=announced)
    assert (refused.status_code, refused.json["code"]) == (429, "upload_quota_used")
    assert gateway.store.announced == [], "what has come of it was not even stored"


def test_unless_it_is_set_otherwise_a_user_may_upload_500_megabytes_a_day_and_a_point_ten_times_as_much() -> None:
    own = GatewaySettings()
    assert Limits(own.uploads_of_person, own.uploads_of_point) == USUAL == Limits(500, 5_000)


def test_one_user_has_a_few_uploads_at_a_time_and_others_have_theirs(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Semaphore(0), threading.Event()
    take_in = gateway.store.upload

    def slow(*args: Any, **options: Any) -> FileReference:
        begun.release()
        assert go_on.wait(20)
        return take_in(*args, **options)

    monkeypatch.setattr(gateway.store, "upload", slow)
    mine, others = (gateway.bearer(sub=str(uuid4())) for _ in range(2))
    body, headers = form(b"%PDF-1.7")

    def send(who: dict[str, str]) -> int:
        return gateway.client.simulate_post("/api/v1/files", body=body, headers={**who, **headers}).status_code

    with ThreadPoolExecutor(UPLOADS_OF_USER + 1) as pool:
        sent = [pool.submit(send, mine) for _ in range(UPLOADS_OF_USER)]
        for _ in range(UPLOADS_OF_USER):
            assert begun.acquire(timeout=20)
        answer = gateway.client.simulate_post("/api/v1/files", body=body, headers={**mine, **headers})
        assert (answer.status_code, answer.json["code"]) == (429, "too_many_transfers")
        sent.append(pool.submit(send, others))
        assert begun.acquire(timeout=20)
        go_on.set()
        assert [each.result() for each in sent] == [201] * (UPLOADS_OF_USER + 1)
    assert send(mine) == 201


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
    assert disposition.endswith(f"filename*=UTF-8''{quote(given)}")


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


class SlowReader:
    """Files of the store come to their second piece when they are told to."""

    def __init__(self, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
        self._going = threading.Event()
        self._stream = gateway.store.stream
        monkeypatch.setattr(gateway.store, "stream", self._slowly)

    async def _slowly(self, *which: Any) -> AsyncIterator[bytes]:
        return self._one_by_one(await self._stream(*which))

    async def _one_by_one(self, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        yield await anext(pieces)
        assert await asyncio.to_thread(self._going.wait, 20)
        async for piece in pieces:
            yield piece

    def go_on(self) -> None:
        self._going.set()


def test_a_download_holds_its_place_until_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    gateway = make_gateway(places=Places(1))
    gateway.store.files["library", SHA] = b"%PDF-1.7"
    refer(gateway)
    slow = SlowReader(gateway, monkeypatch)
    answer = gateway.client.open(SCAN, headers=gateway.bearer())
    assert next(iter(answer)) == b"%PD"
    refused = gateway.client.simulate_get("/api/v1/books", headers=gateway.bearer())
    assert (refused.status_code, refused.json["code"]) == (503, "overloaded")
    slow.go_on()
    answer.close()
    assert gateway.client.simulate_get("/api/v1/books", headers=gateway.bearer()).status_code == 200


def test_one_user_has_a_few_downloads_at_a_time_and_others_have_theirs(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway.store.files["library", SHA] = b"%PDF-1.7"
    refer(gateway)
    mine, others = (gateway.bearer(sub=str(uuid4())) for _ in range(2))
    slow = SlowReader(gateway, monkeypatch)
    running = [gateway.client.open(SCAN, headers=mine) for _ in range(DOWNLOADS_OF_USER)]
    refused = gateway.client.simulate_get(SCAN, headers=mine)
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_transfers")
    theirs = gateway.client.open(SCAN, headers=others)
    assert theirs.status == 200
    slow.go_on()
    for answer in (*running, theirs):
        answer.close()
        answer.close()
    assert gateway.client.simulate_get(SCAN, headers=mine).status_code == 200


def test_a_download_that_is_not_there_takes_no_share(gateway: Gateway) -> None:
    refer(gateway)
    mine = gateway.bearer(sub=str(uuid4()))
    for _ in range(DOWNLOADS_OF_USER + 1):
        assert gateway.client.simulate_get(SCAN, headers=mine).status_code == 404
