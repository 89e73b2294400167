"""Files: only checked content gets in, only owned content stays, and nobody sees another's."""

import asyncio
import hashlib
import io
import os
import subprocess
import sys
import threading
import time
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import select

from chassis.base.clock import local_date
from chassis.base.context import Context, system_context
from chassis.base.ids import new_id
from chassis.data.tables import service_metadata
from chassis.declaring.service import Service
from chassis.papers import file_kinds, files, objects
from chassis.papers.file_kinds import Content, FileKind, check_content, sniff
from chassis.papers.files import ERASED_EVERY, KEPT_UNADOPTED, KEPT_UNOWNED
from chassis.papers.quota import MB, Limits
from chassis.papers.sheet_writing import write_list
from chassis.papers.spreadsheets import Column
from chassis.papers.store import INCOMING, FileStore, incoming, plain_name
from chassis.testing.harness import ServiceHarness, acting
from contracts.errors import ServiceError
from contracts.types import FileReference
from tests.chassis.papers import tables
from tests.erased import let_go_of
from tests.harnesses import HarnessOf

ALL = tuple(FileKind)
ME = acting(teaching_point_id=new_id())
MINE = incoming(ME.actor.user_id)


class Filing(Service):
    name = "filing"
    metadata = service_metadata("filing")


def image(kind: str, size: tuple[int, int] = (48, 64)) -> bytes:
    content = io.BytesIO()
    Image.effect_noise(size, 50).convert("RGB").save(content, kind)
    return content.getvalue()


def archive(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        for name in names:
            packed.writestr(name, "x")
    return content.getvalue()


def sheet() -> bytes:
    with closing(write_list("student_import", (Column("a", title="A"),), [])) as file:
        return file.read()


PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
CONTENTS = {
    FileKind.PNG: image("PNG"),
    FileKind.JPEG: image("JPEG"),
    FileKind.PDF: PDF,
    FileKind.XLSX: sheet(),
    FileKind.XLS: tables.xls(["学号"]).getvalue(),
    FileKind.ODS: tables.ods(tables.ods_row("学号")).getvalue(),
    FileKind.CSV: "学号,姓名\r\n1,李一\r\n".encode("gb18030"),
    FileKind.ZIP: archive("a.jpg", "b/c.jpg"),
}


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore((tmp_path / "the store").as_uri())


def upload(store: FileStore, content: bytes, name: str = "a.bin", **options: Any) -> FileReference:
    usual = {"uploader": ME.actor, "announced": len(content), "max_bytes": 10_000_000, "allowed": ALL}
    return store.upload(io.BytesIO(content), name=name, **{**usual, **options})


def stored(tmp_path: Path) -> set[str]:
    root = tmp_path / "the store"
    found = {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}
    return {path for path in found if not path.startswith("uploaded/")}


# -- content --


@pytest.mark.parametrize("kind", ALL)
def test_a_file_is_known_by_its_content_whatever_it_is_called(kind: FileKind, store: FileStore) -> None:
    content = CONTENTS[kind]
    reference = upload(store, content, "virus.exe")
    assert reference.media_type == kind.content_type
    assert reference.size == len(content)
    assert reference.sha256 == hashlib.sha256(content).hexdigest()
    assert b"".join(store.chunks(MINE, reference.sha256, kind)) == content


@pytest.mark.parametrize("content", [b"MZ\x90", b"PK\x03\x04 no archive", b"\x89PNG", b"PK\x05\x06" + bytes(18)])
def test_content_of_no_known_kind_is_refused(content: bytes, store: FileStore, tmp_path: Path) -> None:
    with pytest.raises(ServiceError, match="file_type_not_allowed"):
        upload(store, content, "photo.png")
    assert stored(tmp_path) == set()


def test_a_web_page_is_no_table_and_is_named_where_one_would_be_taken(store: FileStore) -> None:
    for content in (b"<html><table></table></html>", "\ufeff<!DOCTYPE html>".encode()):
        with pytest.raises(ServiceError, match="workbook_is_web_page"):
            upload(store, content, "list.xls")
        with pytest.raises(ServiceError, match="file_type_not_allowed"):
            upload(store, content, "photo.png", allowed=(FileKind.PNG,))


def test_a_known_kind_that_is_not_wanted_here_is_refused_with_those_that_are(store: FileStore) -> None:
    with pytest.raises(ServiceError) as refused:
        upload(store, PDF, allowed=(FileKind.PNG, FileKind.JPEG))
    assert (refused.value.code, refused.value.params) == ("file_type_not_allowed", {"allowed": "JPG, PNG"})


def test_an_archive_is_a_workbook_only_by_its_list_of_parts() -> None:
    assert sniff(io.BytesIO(archive("[Content_Types].xml", "xl/workbook.xml"))) is FileKind.XLSX
    assert sniff(io.BytesIO(archive("[Content_Types].xml", "word/document.xml"))) is FileKind.ZIP


@pytest.mark.parametrize(("at", "what"), [(-10, "size"), (-6, "offset")])
def test_an_archive_whose_list_of_parts_cannot_be_where_it_says_is_none(at: int, what: str) -> None:
    content = bytearray(archive("a", "b"))
    content[at : at + 4] = (len(content)).to_bytes(4, "little")
    assert sniff(io.BytesIO(content)) is None, what


@pytest.mark.parametrize("kind", [FileKind.PNG, FileKind.JPEG, FileKind.PDF, FileKind.XLSX, FileKind.ZIP])
def test_a_file_cut_short_is_refused(kind: FileKind, store: FileStore) -> None:
    content = CONTENTS[kind]
    with pytest.raises(ServiceError) as refused:
        upload(store, content[: len(content) * 2 // 3])
    assert refused.value.code in ("file_damaged", "file_type_not_allowed")


def test_an_image_that_claims_billions_of_pixels_is_refused_unopened(monkeypatch: pytest.MonkeyPatch) -> None:
    header = bytearray(image("PNG", (2, 2)))
    header[16:24] = (60_000).to_bytes(4, "big") * 2
    header[29:33] = zlib.crc32(bytes(header[12:29])).to_bytes(4, "big")
    with pytest.raises(ServiceError, match="image_too_large"):
        check_content(io.BytesIO(header), ALL)
    monkeypatch.setattr(file_kinds, "MAX_PIXELS", 48 * 64)
    png = CONTENTS[FileKind.PNG]
    assert check_content(io.BytesIO(png), ALL) == Content(FileKind.PNG, len(png))
    monkeypatch.setattr(file_kinds, "MAX_PIXELS", 48 * 64 - 1)
    with pytest.raises(ServiceError, match="image_too_large"):
        check_content(io.BytesIO(CONTENTS[FileKind.JPEG]), ALL)


@given(st.sampled_from(ALL), st.data())
def test_no_damage_makes_the_check_fall_over(kind: FileKind, data: st.DataObject) -> None:
    content = bytearray(CONTENTS[kind])
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(ServiceError):
        check_content(io.BytesIO(bytes(content)), ALL)


def photo(*, thumbnail: bool = False) -> bytes:
    """A phone's picture; with a thumbnail, which is a whole JPEG inside of it."""
    content = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Phone"
    inside = b"Exif\0\0" + exif.tobytes()[6:] + (CONTENTS[FileKind.JPEG] if thumbnail else b"")
    Image.effect_noise((320, 240), 60).convert("RGB").save(content, "JPEG", exif=inside)
    return content.getvalue()


def two_pictures() -> bytes:
    """What phones write for HDR: a second picture behind the first (MPO)."""
    content = io.BytesIO()
    first, second = (Image.effect_noise((64, 48), 40 + n).convert("RGB") for n in range(2))
    first.save(content, "MPO", save_all=True, append_images=[second])
    return content.getvalue()


@pytest.mark.parametrize("thumbnail", [False, True], ids=["plain", "with a thumbnail"])
@pytest.mark.parametrize(
    "behind",
    [b"", b"\0\0\0\x18ftypmp42" + os.urandom(10_000), bytes(4096), b"\0\0\0\x18ftypmp42\xff\xd9" + bytes(300_000)],
    ids=["nothing", "a video", "zeros", "an end of its own"],
)
def test_a_phone_photo_is_taken_and_what_follows_the_picture_is_left_out(
    store: FileStore, behind: bytes, thumbnail: bool
) -> None:
    picture = photo(thumbnail=thumbnail)
    reference = upload(store, picture + behind, "IMG_0001.jpg")
    assert (reference.size, reference.sha256) == (len(picture), hashlib.sha256(picture).hexdigest())
    with closing(store.read(MINE, reference)) as file, Image.open(file) as image:
        image.load()
        assert image.size == (320, 240)


def test_a_photo_is_read_to_its_end_once(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    ends: list[int | None] = []
    whole = file_kinds.jpeg_end

    def counted(file: IO[bytes]) -> int | None:
        ends.append(whole(file))
        return ends[-1]

    monkeypatch.setattr(file_kinds, "jpeg_end", counted)
    assert [upload(store, photo() + bytes(10)).size] == ends


@pytest.mark.parametrize("behind", [b"", bytes(4096)])
def test_of_two_pictures_in_one_file_the_first_is_kept(store: FileStore, behind: bytes) -> None:
    both = two_pictures()
    reference = upload(store, both + behind)
    assert reference.size < len(both)
    with closing(store.read(MINE, reference)) as file, Image.open(file, formats=["JPEG"]) as image:
        image.load()
        assert image.size == (64, 48)


def test_a_picture_in_four_colours_is_taken(store: FileStore) -> None:
    content = io.BytesIO()
    Image.new("CMYK", (40, 30), (10, 20, 30, 40)).save(content, "JPEG")
    assert upload(store, content.getvalue()).size == len(content.getvalue())


def test_a_picture_of_more_pixels_than_anybody_needs_is_refused(store: FileStore) -> None:
    content = io.BytesIO()
    Image.new("L", (6300, 4000)).save(content, "JPEG")
    with pytest.raises(ServiceError, match="image_too_large"):
        upload(store, content.getvalue())


def test_pictures_of_kinds_that_nobody_can_read_everywhere_are_refused(store: FileStore) -> None:
    web = io.BytesIO()
    Image.new("RGB", (8, 8)).save(web, "WEBP")
    for content in (web.getvalue(), b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200)):
        with pytest.raises(ServiceError, match="file_type_not_allowed"):
            upload(store, content, "IMG_0001.jpg")


@pytest.mark.parametrize("behind", [b"", bytes(4096)])
def test_a_photo_that_is_cut_short_is_refused_whatever_is_put_behind(store: FileStore, behind: bytes) -> None:
    with pytest.raises(ServiceError, match="file_damaged"):
        upload(store, photo(thumbnail=True)[:-200] + behind)


def test_a_file_of_nothing_but_markers_is_not_read_for_ever(store: FileStore) -> None:
    with pytest.raises(ServiceError, match="file_damaged"):
        upload(store, photo()[:-2] + b"\xff\xe0\0\2" * 1_000_000 + b"\xff\xd9")


def test_a_document_padded_with_zeros_is_taken(store: FileStore) -> None:
    assert upload(store, PDF + bytes(4096)).size == len(PDF) + 4096


# -- how much --


SMALL = Limits(person_mb=1, point_mb=2, files=3)


def document(size: int) -> bytes:
    return b"%PDF-1.7\n" + os.urandom(size - 15) + b"%%EOF\n"


@pytest.fixture
def tight(tmp_path: Path) -> FileStore:
    return FileStore((tmp_path / "the store").as_uri(), SMALL)


def test_a_person_has_a_share_of_the_store_each_day(tight: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    upload(tight, document(MB - 100_000))
    with pytest.raises(ServiceError) as refused:
        upload(tight, document(200_000))
    assert (refused.value.code, refused.value.params["limit"]) == ("upload_quota_used", 1)
    assert 0 < int(refused.value.params["retry_after"]) <= 24 * 60 * 60 + 1  # type: ignore[arg-type]
    upload(tight, document(90_000))  # what was refused does not count
    upload(tight, document(MB - 100_000), uploader=acting(teaching_point_id=ME.actor.teaching_point_id).actor)
    tomorrow = local_date(datetime.now(UTC)) + timedelta(days=1)
    monkeypatch.setattr("chassis.papers.quota.local_date", lambda _: tomorrow)
    upload(tight, document(200_000))


def test_small_files_are_counted_too(tight: FileStore) -> None:
    for _ in range(SMALL.files):
        upload(tight, document(100))
    with pytest.raises(ServiceError, match="upload_quota_used"):
        upload(tight, document(100))


def test_so_has_a_point_and_others_have_their_own(tight: FileStore) -> None:
    for _ in range(2):
        upload(tight, document(MB - 1000), uploader=acting(teaching_point_id=ME.actor.teaching_point_id).actor)
    with pytest.raises(ServiceError, match="point_upload_quota_used"):
        upload(tight, document(10_000))
    upload(tight, document(10_000), uploader=acting(teaching_point_id=new_id()).actor)
    upload(tight, document(10_000), uploader=acting().actor)


def test_students_use_up_their_own_share_and_nothing_of_their_points(tight: FileStore) -> None:
    point = ME.actor.teaching_point_id
    students = [replace(acting(teaching_point_id=point).actor, student_id=new_id()) for _ in range(3)]
    for student in students:
        upload(tight, document(MB - 1000), uploader=student)
    upload(tight, document(MB - 1000))
    with pytest.raises(ServiceError, match="upload_quota_used") as refused:
        upload(tight, document(10_000), uploader=students[0])
    assert refused.value.code == "upload_quota_used"


def test_an_upload_without_room_is_not_read(tight: FileStore) -> None:
    stream = io.BytesIO(PDF)
    with pytest.raises(ServiceError, match="upload_quota_used"):
        tight.upload(stream, uploader=ME.actor, name="x", announced=MB + 1, max_bytes=10 * MB, allowed=ALL)
    assert stream.tell() == 0


def test_that_there_is_no_room_can_be_asked_beforehand_and_asking_takes_none(tight: FileStore) -> None:
    for _ in range(3):
        tight.refuse_without_room(ME.actor, MB)
    upload(tight, document(1000))
    tight.refuse_without_room(ME.actor, MB - 1000)
    with pytest.raises(ServiceError, match="upload_quota_used"):
        tight.refuse_without_room(ME.actor, MB)
    upload(tight, document(MB - 1000))


def test_what_counts_is_what_it_came_to_and_nothing_of_what_failed(tight: FileStore) -> None:
    upload(tight, PDF, announced=MB)
    with pytest.raises(ServiceError, match="file_type_not_allowed"):
        upload(tight, b"MZ", announced=MB - 1000)
    upload(tight, document(MB - 1000))


def test_only_this_days_uploads_of_the_place_are_listed_and_once(
    tight: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed: list[str] = []

    def watched(store: Any, prefix: str) -> Any:
        listed.append(prefix)
        return objects.listed(store, prefix)

    monkeypatch.setattr("chassis.papers.quota.listed", watched)
    upload(tight, PDF)
    assert listed == [f"uploaded/{ME.actor.teaching_point_id}/{local_date(datetime.now(UTC)).isoformat()}"]


def test_of_uploads_at_the_same_moment_no_more_than_the_share_is_taken(tight: FileStore, tmp_path: Path) -> None:
    begin = threading.Barrier(8)
    taken: list[int] = []

    def send(_: int) -> None:
        begin.wait()
        with suppress(ServiceError):
            taken.append(upload(tight, document(400_000)).size)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(8)))
    assert sum(taken) <= MB
    assert len(stored(tmp_path)) == len(taken)


def test_what_was_counted_is_forgotten_after_the_day_that_follows(
    filing: ServiceHarness, store: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(store, PDF)
    counted = lambda: [path for path in (tmp_path / "the store" / "uploaded").rglob("*") if path.is_file()]  # noqa: E731
    today = local_date(datetime.now(UTC))
    for days, left in ((1, 1), (2, 0)):
        monkeypatch.setattr("chassis.papers.quota.local_date", lambda _, days=days: today + timedelta(days=days))
        sweep(filing)
        assert len(counted()) == left
    assert list((tmp_path / "the store").glob("uploaded/*")) == []  # nor is a folder left for each day


def test_whoever_forgets_bears_that_another_service_was_quicker(
    store: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(store, PDF)
    upload(store, PDF)
    later = local_date(datetime.now(UTC)) + timedelta(days=2)
    monkeypatch.setattr("chassis.papers.quota.local_date", lambda _: later)
    whole = objects.listed

    def then_swept(*args: Any) -> Any:
        for page in whole(*args):
            for path, _ in page[:1]:
                (tmp_path / "the store" / path).unlink()
            yield page

    monkeypatch.setattr("chassis.papers.quota.listed", then_swept)
    store.quota.forget()
    assert [path for path in (tmp_path / "the store" / "uploaded").rglob("*") if path.is_file()] == []


# -- upload --


class Endless:
    """A client that never stops sending."""

    taken = 0

    def read(self, size: int, /) -> bytes:
        self.taken += size
        return b"\x89PNG\r\n\x1a\n" + bytes(size - 8)


def test_a_file_too_large_is_not_read_to_its_end(store: FileStore, tmp_path: Path) -> None:
    endless = Endless()
    with pytest.raises(ServiceError) as refused:
        store.upload(endless, uploader=ME.actor, name="x", announced=9, max_bytes=1_000_000, allowed=ALL)
    assert (refused.value.code, refused.value.params) == ("file_too_large", {"limit": 1_000_000})
    assert endless.taken < 2_000_000
    assert stored(tmp_path) == set()


def test_the_limit_itself_is_allowed_and_nothing_is_refused_as_empty(store: FileStore) -> None:
    content = CONTENTS[FileKind.JPEG]
    assert upload(store, content, max_bytes=len(content)).size == len(content)
    with pytest.raises(ServiceError, match="file_too_large"):
        upload(store, content, max_bytes=len(content) - 1)
    with pytest.raises(ServiceError, match="file_empty"):
        upload(store, b"")


def test_an_upload_that_breaks_off_leaves_nothing(store: FileStore, tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise TimeoutError

    with pytest.raises(TimeoutError):
        store.upload(Broken(), uploader=ME.actor, name="x", announced=9, max_bytes=1000, allowed=ALL)
    assert stored(tmp_path) == set()


def test_the_same_bytes_are_stored_once(store: FileStore, tmp_path: Path) -> None:
    first, second = upload(store, PDF, "a.pdf"), upload(store, PDF, "b.pdf")
    assert first.sha256 == second.sha256
    assert stored(tmp_path) == {f"{MINE}/{first.sha256}.pdf"}


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\x\\照片.jpg", "照片.jpg"),
        ("a\r\nSet-Cookie: x\u202e.pdf", "aSet-Cookie: x.pdf"),
        ("  ", "file"),
        ("\u3164", "file"),
        ("\ufeff名单\u200b１\u3000.xlsx", "名单１ .xlsx"),
        ("张\ue000\U0002ebf0\U00031350.pdf", "张\ue000\U0002ebf0\U00031350.pdf"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_clients_file_name_is_made_harmless(name: str, plain: str) -> None:
    assert plain_name(name) == plain


def test_what_is_not_there_is_missing_at_once(store: FileStore) -> None:
    with pytest.raises(ServiceError, match="file_missing"):
        store.chunks(INCOMING, "0" * 64, FileKind.PDF)
    with pytest.raises(ServiceError, match="file_missing"):
        asyncio.run(store.stream(INCOMING, "0" * 64, FileKind.PDF))


def test_who_waits_in_a_loop_gets_the_content_piece_by_piece_too(store: FileStore) -> None:
    content = b"%PDF-" + bytes(3_000_000) + b"%%EOF"
    reference = upload(store, content, "a.pdf")

    async def pieces() -> list[bytes]:
        return [piece async for piece in await store.stream(MINE, reference.sha256, FileKind.PDF)]

    got = asyncio.run(pieces())
    assert b"".join(got) == content
    assert len(got) > 3


def test_under_eventlet_the_store_lets_green_threads_run() -> None:
    script = """
import eventlet
eventlet.monkey_patch()
import io, tempfile, pathlib
from chassis.papers.file_kinds import FileKind
from chassis.base.context import Actor
from chassis.base.ids import new_id
from chassis.papers import store as module
from chassis.papers.store import FileStore, incoming
real = eventlet.patcher.original("threading").get_ident
mine, others = real(), []
for name in ("check_content", "content_hash"):
    def watched(*args, whole=getattr(module, name), name=name):
        others.append((name, real() != mine))
        return whole(*args)
    setattr(module, name, watched)
ticks = 0
def tick():
    global ticks
    while True:
        ticks += 1
        eventlet.sleep(0)
eventlet.spawn(tick)
with tempfile.TemporaryDirectory() as folder:
    store = FileStore(pathlib.Path(folder).as_uri())
    content = b"%PDF-" + bytes(30_000_000) + b"%%EOF"
    me = Actor(new_id())
    kinds = [FileKind.PDF]
    most = 40_000_000
    reference = store.upload(
        io.BytesIO(content), uploader=me, name="x", announced=most, max_bytes=most, allowed=kinds
    )
    assert others == [("check_content", True), ("content_hash", True)], others
    before = ticks
    assert b"".join(store.chunks(incoming(me.user_id), reference.sha256, FileKind.PDF)) == content
    assert before > 5 and ticks > before + 20, (before, ticks)
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", script], check=True, timeout=60)


# -- adoption --


@pytest.fixture
def filing(built_of: HarnessOf, store: FileStore, monkeypatch: pytest.MonkeyPatch) -> ServiceHarness:
    monkeypatch.setattr(files, "store", lambda: store)
    return built_of(Filing)


def adopt(filing: ServiceHarness, reference: FileReference, as_: Context | None = None, **scope: Any) -> Any:
    def work(uow: Any) -> Any:
        return files.adopt(uow, reference, purpose="slip", allowed=(FileKind.PDF, FileKind.PNG), **scope)

    return filing.database.run(as_ or ME, work)


def sweep(filing: ServiceHarness) -> None:
    filing.database.run(system_context(), files.erase_unadopted)
    filing.database.run(system_context(), files.erase_unowned)


def age(tmp_path: Path, by: timedelta = KEPT_UNOWNED + timedelta(minutes=1)) -> None:
    then = time.time() - by.total_seconds()
    for path in (tmp_path / "the store").rglob("*.*"):
        os.utime(path, (then, then))


def content_of(filing: ServiceHarness, file_id: Any, as_: Context | None = None) -> bytes:
    def work(uow: Any) -> bytes:
        with closing(files.open_file(uow, file_id)) as file:
            return bytes(file.read())

    return filing.database.run(as_ or system_context(), work)


def test_an_adopted_file_stays_and_an_unadopted_one_goes_within_the_hour(
    filing: ServiceHarness, store: FileStore, tmp_path: Path
) -> None:
    kept, dropped = upload(store, PDF), upload(store, CONTENTS[FileKind.PNG])
    (tmp_path / "the store" / "incoming" / "left.by.hand").touch()
    file_id = adopt(filing, kept)
    sweep(filing)
    assert {name.split("/")[0] for name in stored(tmp_path)} == {"incoming", "filing"}
    assert len(stored(tmp_path)) == 4
    age(tmp_path)
    sweep(filing)
    (left,) = stored(tmp_path) - {"incoming/left.by.hand"}
    assert left.startswith("filing/")
    assert content_of(filing, file_id) == PDF
    with pytest.raises(ServiceError, match="file_missing"):
        adopt(filing, dropped)
    assert let_go_of(filing) == [("uploads", False, 2)], "once: the copy of what was taken up is there for longer"


def test_an_upload_waits_for_its_command_and_is_looked_for_often_enough_to_be_gone_in_an_hour(
    filing: ServiceHarness, store: FileStore, tmp_path: Path
) -> None:
    upload(store, PDF)
    age(tmp_path, KEPT_UNADOPTED - timedelta(minutes=1))
    sweep(filing)
    assert len(stored(tmp_path)) == 1
    age(tmp_path, KEPT_UNADOPTED + timedelta(minutes=1))
    sweep(filing)
    assert stored(tmp_path) == set()
    assert timedelta(hours=1) > KEPT_UNADOPTED + ERASED_EVERY


def test_an_upload_is_taken_up_by_who_uploaded_it_and_nobody_who_knows_of_it(
    filing: ServiceHarness, store: FileStore
) -> None:
    reference = upload(store, PDF)
    colleague = acting(teaching_point_id=ME.actor.teaching_point_id)
    for other in (colleague, acting(), system_context()):
        with pytest.raises(ServiceError, match="file_missing"):
            adopt(filing, reference, other)
    assert content_of(filing, adopt(filing, reference)) == PDF
    with pytest.raises(ServiceError, match="file_missing"):  # nor once it has been taken up
        adopt(filing, reference, colleague)


def test_what_is_uploaded_again_while_it_is_swept_stays(
    filing: ServiceHarness, store: FileStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(store, PDF)
    age(tmp_path)
    whole = store.older_than

    def renewed_meanwhile(*args: Any) -> Any:
        pages = list(whole(*args))
        upload(store, PDF)
        return pages

    monkeypatch.setattr(store, "older_than", renewed_meanwhile)
    filing.database.run(system_context(), files.erase_unadopted)
    assert len(stored(tmp_path)) == 1


def test_what_a_killed_process_had_not_stored_yet_goes_too(
    filing: ServiceHarness, store: FileStore, tmp_path: Path
) -> None:
    mine, theirs = (tmp_path / "the store" / area for area in ("filing/ab", f"{MINE}"))
    for area in (mine, theirs):
        area.mkdir(parents=True)
        (area / "a.pdf#1").write_bytes(PDF)
    sweep(filing)
    assert len(stored(tmp_path)) == 2
    age(tmp_path)
    sweep(filing)
    assert stored(tmp_path) == set()


def test_an_upload_that_is_swept_away_at_this_moment_is_missing(
    filing: ServiceHarness, store: FileStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = upload(store, PDF)

    def too_late(*_: Any) -> None:
        raise FileNotFoundError

    monkeypatch.setattr("chassis.papers.store.obstore.copy", too_late)
    with pytest.raises(ServiceError, match="file_missing"):
        adopt(filing, reference)


def test_adoption_that_is_rolled_back_leaves_an_object_that_goes_after_an_hour(
    filing: ServiceHarness, store: FileStore, tmp_path: Path
) -> None:
    reference = upload(store, PDF)

    def work(uow: Any) -> None:
        files.adopt(uow, reference, purpose="slip", allowed=ALL)
        raise ServiceError("forbidden")

    with pytest.raises(ServiceError, match="forbidden"):
        filing.database.run(ME, work)
    assert filing.rows(select(filing.table("files"))) == []
    age(tmp_path)
    sweep(filing)
    assert stored(tmp_path) == set()


def test_what_was_never_uploaded_or_is_something_else_cannot_be_adopted(
    filing: ServiceHarness, store: FileStore
) -> None:
    real = upload(store, PDF)
    for change, code in (
        ({"sha256": "0" * 64}, "file_missing"),
        ({"size": real.size + 1}, "file_missing"),
        ({"media_type": FileKind.PNG.content_type}, "file_missing"),
        ({"media_type": FileKind.ZIP.content_type}, "file_type_not_allowed"),
        ({"media_type": "text/html"}, "file_missing"),
    ):
        with pytest.raises(ServiceError, match=code):
            adopt(filing, real.model_copy(update=change))


def test_one_content_can_be_adopted_many_times_and_lives_as_long_as_its_last_row(
    filing: ServiceHarness, store: FileStore, tmp_path: Path
) -> None:
    reference = upload(store, PDF)
    first, second = adopt(filing, reference), adopt(filing, reference)
    table = filing.table("files")
    for gone, left in ((first, 1), (second, 0)):
        filing.rows(table.delete().where(table.c.id == gone).returning(table.c.id))
        age(tmp_path)
        sweep(filing)
        assert len(stored(tmp_path)) == left


def test_a_file_being_adopted_is_not_swept_away_under_it(
    filing: ServiceHarness, store: FileStore, tmp_path: Path
) -> None:
    reference = upload(store, PDF)
    adopted, go_on = threading.Event(), threading.Event()

    def work(uow: Any) -> Any:
        file_id = files.adopt(uow, reference, purpose="slip", allowed=ALL)
        adopted.set()
        assert go_on.wait(10)
        return file_id

    result: list[Any] = []
    adopting = threading.Thread(target=lambda: result.append(filing.database.run(ME, work)))
    adopting.start()
    assert adopted.wait(10)
    age(tmp_path)
    sweep(filing)
    go_on.set()
    adopting.join()
    assert content_of(filing, result[0]) == PDF


def test_a_file_of_another_point_looks_as_if_it_did_not_exist(filing: ServiceHarness, store: FileStore) -> None:
    mine, other = new_id(), new_id()
    me, stranger = (acting(scope="point", teaching_point_id=point) for point in (mine, other))
    file_id = adopt(filing, upload(store, PDF, "汇款单.pdf", uploader=me.actor), me, teaching_point_id=mine)
    assert content_of(filing, file_id, me) == PDF
    reference = filing.database.run(me, lambda uow: files.reference_to(uow, file_id))
    assert (reference.name, reference.media_type) == ("汇款单.pdf", "application/pdf")
    with pytest.raises(ServiceError, match="not_found"):
        content_of(filing, file_id, stranger)


def test_what_the_service_makes_itself_is_kept_the_same_way(filing: ServiceHarness, tmp_path: Path) -> None:
    def work(uow: Any) -> Any:
        file: IO[bytes] = io.BytesIO(CONTENTS[FileKind.XLSX])
        file.read()
        return files.keep(uow, file, FileKind.XLSX, document="batch_selection_result")

    file_id = filing.database.run(system_context(), work)
    age(tmp_path)
    sweep(filing)
    assert content_of(filing, file_id) == CONTENTS[FileKind.XLSX]
    assert [row.purpose for row in filing.rows(select(filing.table("files")))] == ["batch_selection_result"]
