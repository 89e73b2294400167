"""A small picture is one that whatever draws can draw; anything else is refused, with what it has to be."""

from __future__ import annotations

import base64
import io
import random

import pytest
from PIL import Image

from chassis.work.pictures import refuse_unusable, svg_of
from contracts.errors import ServiceError
from contracts.pictures import MOST_PIXELS
from contracts.school import SCHOOL_SEAL
from tests.small_pictures import small_picture


def refusal(value: str) -> str:
    with pytest.raises(ServiceError) as raised:
        refuse_unusable(SCHOOL_SEAL.from_json(value), "value")
    [found] = raised.value.errors
    assert found.path == "value"
    return found.code


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_a_picture_of_a_common_kind_stays_as_it_is(mode: str) -> None:
    picture = small_picture(mode, (30, 20))
    refuse_unusable(picture, "value")
    assert 'width="30" height="20"' in svg_of(picture)


def test_none_is_an_empty_text() -> None:
    refuse_unusable("", "value")
    assert svg_of("") == ""


def test_the_largest_may_be_and_nothing_beyond() -> None:
    refuse_unusable(small_picture(size=(MOST_PIXELS, MOST_PIXELS)), "value")
    assert refusal(small_picture(size=(MOST_PIXELS + 1, 1))) == "picture_unusable"
    assert refusal(small_picture(size=(1, MOST_PIXELS + 1))) == "picture_unusable"
    noise = Image.frombytes("RGB", (300, 300), random.Random(1).randbytes(270_000))
    written = io.BytesIO()
    noise.save(written, "PNG")
    assert refusal(base64.b64encode(written.getvalue()).decode()) == "field_too_long"


def test_what_claims_to_be_huge_is_refused_before_it_is_unpacked() -> None:
    whole = bytearray(base64.b64decode(small_picture()))
    whole[16:24] = (60_000).to_bytes(4, "big") * 2
    assert refusal(base64.b64encode(whole).decode()) == "picture_unusable"


def test_what_is_torn_of_another_kind_or_no_picture_is_refused() -> None:
    whole = base64.b64decode(small_picture())
    written = io.BytesIO()
    Image.new("RGB", (9, 9)).save(written, "JPEG")
    for content in (whole[:-30], whole[:20], written.getvalue(), b"x" * 40, b"<svg/>"):
        assert refusal(base64.b64encode(content).decode()) == "picture_unusable", content[:9]
    for said in ("***", small_picture()[:-2] + "é", "data:image/png;base64," + small_picture()):
        assert refusal(said) == "picture_unusable", said[:9]


def test_a_picture_that_moves_or_has_sixteen_bits_a_channel_is_refused() -> None:
    moving = small_picture(save_all=True, append_images=[Image.new("RGBA", (100, 100))])
    assert refusal(moving) == "picture_unusable"
    written = io.BytesIO()
    Image.new("I;16", (9, 9)).save(written, "PNG")
    assert refusal(base64.b64encode(written.getvalue()).decode()) == "picture_unusable"
