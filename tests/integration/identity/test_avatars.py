"""People's pictures: what is taken, and what is kept of it."""

import io
import random
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from chassis.papers import files
from chassis.papers.file_kinds import FileKind
from chassis.papers.store import FileStore
from chassis.testing.harness import ServiceHarness
from contracts.errors import ServiceError
from contracts.identity.avatar import AvatarSize, GetAvatar, SetAvatar
from contracts.identity.queries import GetAccount
from contracts.types import FileReference
from services.identity.steps.avatars import LARGE, SMALL, drawn
from tests.builders.identity import in_session, signed_in, user


def picture(kind: str = "JPEG", size: tuple[int, int] = (600, 400), mode: str = "RGB", **written: Any) -> bytes:
    """Left half red, right half blue."""
    made = Image.new(mode, size, "red")
    made.paste("blue", (size[0] // 2, 0, *size))
    file = io.BytesIO()
    made.save(file, kind, **written)
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def told_by_camera(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Camera of somebody"
    exif.get_ifd(0x8825)[1] = "N"
    return exif


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "RGB"), ("JPEG", "L"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "L")]
)
def test_any_picture_becomes_two_squares(kind: str, mode: str) -> None:
    content = io.BytesIO()
    Image.new(mode, (300, 900)).save(content, kind)
    large, small = (opened(each) for each in drawn(content))
    assert (large.format, large.mode, large.size) == ("JPEG", "RGB", (LARGE, LARGE))
    assert (small.format, small.mode, small.size) == ("JPEG", "RGB", (SMALL, SMALL))


def test_what_the_camera_wrote_is_gone_and_the_picture_stands_as_it_says() -> None:
    turned = picture(exif=told_by_camera(6))  # to be turned by a quarter: red, which was left, is above
    large, _ = (opened(each) for each in drawn(io.BytesIO(turned)))
    assert dict(large.getexif()) == {}
    assert b"Camera" not in drawn(io.BytesIO(turned))[0]
    above, below = large.getpixel((LARGE // 2, 20)), large.getpixel((LARGE // 2, LARGE - 20))
    assert above[0] > 200 > 50 > above[2]  # type: ignore[index]
    assert below[2] > 200 > 50 > below[0]  # type: ignore[index]


def test_what_is_seen_through_is_on_white_paper() -> None:
    content = io.BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(content, "PNG")
    assert opened(drawn(content)[0]).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (picture(size=(600, 40)), "image_too_small"),
        (picture()[:900], "file_damaged"),
        (picture("GIF"), "file_damaged"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "file_damaged"),
        (b"%PDF-1.7", "file_damaged"),
    ],
)
def test_what_is_no_whole_picture_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(ServiceError) as refused:
        drawn(io.BytesIO(content))
    assert refused.value.code == code


def uploaded(who: Any, content: bytes, name: str = "me.jpg") -> FileReference:
    reference: FileReference = files.store().upload(
        io.BytesIO(content), uploader=who.actor, name=name, announced=len(content), max_bytes=20 << 20, allowed=FileKind
    )
    return reference


def test_a_picture_is_shown_from_then_on_and_the_former_ones_are_kept(
    identity: ServiceHarness, store: FileStore
) -> None:
    me = in_session(signed_in(identity, user(identity)))
    assert identity.ask(GetAccount(), me).avatar_id is None
    assert identity.refusal(GetAvatar(), me).code == "not_found"
    shown = [identity.run(SetAvatar(file=uploaded(me, picture(quality=q))), me).avatar_id for q in (80, 30)]
    assert len(set(shown)) == 2
    assert identity.ask(GetAccount(), me).avatar_id == shown[1]
    for size, pixels in ((AvatarSize.LARGE, LARGE), (AvatarSize.SMALL, SMALL)):
        reference = identity.ask(GetAvatar(size=size), me)
        with files.store().read("identity", reference) as file:
            assert Image.open(file).size == (pixels, pixels)
    assert len(identity.rows(select(identity.table("avatars")))) == 2
    kept = {row.media_type for row in identity.rows(select(identity.table("files")))}
    assert kept == {"image/jpeg"}
    assert len(identity.rows(select(identity.table("files")))) == 4, "uploads themselves are not kept"
    other = in_session(signed_in(identity, user(identity, "another")))
    assert identity.refusal(GetAvatar(), other).code == "not_found", "nobody else's is one's own"


def test_what_is_too_large_or_something_else_is_refused(identity: ServiceHarness, store: FileStore) -> None:
    me = in_session(signed_in(identity, user(identity)))
    noise = Image.frombytes("RGB", (1000, 1000), random.Random(1).randbytes(3_000_000))
    content = io.BytesIO()
    noise.save(content, "PNG")
    too_large = uploaded(me, content.getvalue(), "me.png")
    assert identity.refusal(SetAvatar(file=too_large), me).code == "file_too_large"
    document = uploaded(me, b"%PDF-1.7\n%%EOF\n", "me.jpg")
    assert identity.refusal(SetAvatar(file=document), me).code == "file_type_not_allowed"
    other = in_session(signed_in(identity, user(identity, "another")))
    assert identity.refusal(SetAvatar(file=uploaded(other, picture())), me).code == "file_missing"
