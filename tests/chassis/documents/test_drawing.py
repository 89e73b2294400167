"""The same in, the same bytes out; a document looks as it should, page by page."""

from __future__ import annotations

import io
import threading
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from pypdf import PdfReader

from chassis.documents.drawing import Marks, School, draw
from chassis.documents.fonts import FILES, fonts
from contracts.errors import ServiceError
from contracts.types import Gender
from tests.chassis.documents.office import CERTIFICATE, LIST, CertificateData, list_data
from tests.printed import pages, text_of
from tests.small_pictures import RED, small_picture

SCHOOL = School("江淮开放大学", "Jianghuai Open University")
AT = datetime(2026, 8, 31, 16, 30, tzinfo=UTC)
"""Past midnight in China."""
MARKS = Marks(
    "OF000001", "7K3MPQ9XWT4B", "https://example.org/verify/", "https://example.org/verify/#office/OF000001/7K"
)


def certificate(name: str = "欧阳𠮷·买买提", at: datetime = AT, marks: Marks = MARKS) -> bytes:
    return draw(CERTIFICATE, CertificateData(student_name=name, gender=Gender.MALE), school=SCHOOL, at=at, marks=marks)


def test_a_document_says_what_it_is_given_with_the_schools_name_and_the_day_of_china() -> None:
    said = text_of(certificate())
    for part in (
        "江淮开放大学",
        "JianghuaiOpenUniversity",
        "在读证明",
        "欧阳𠮷·买买提（男）",
        "姓名欧阳𠮷·买买提性别男",
    ):
        assert part in said
    for part in ("2026年9月1日", "编号：OF000001", "核验码：7K3MPQ9XWT4B", "https://example.org/verify/", "第1页共1页"):
        assert part in said


def test_the_same_data_and_instant_make_the_same_bytes_and_any_other_do_not() -> None:
    assert certificate() == certificate()
    assert certificate() != certificate(at=AT + timedelta(seconds=1))
    assert certificate() != certificate("欧阳𠮷·买买")
    assert draw(LIST, list_data(3), school=SCHOOL, at=AT) == draw(LIST, list_data(3), school=SCHOOL, at=AT)


def test_what_people_typed_is_never_taken_for_markup() -> None:
    for typed in ('#panic("x")', "*粗* _斜_", "$x^2$", "\\ #data.gender", "= 标题", '"]}', "#import"):
        assert "".join(typed.split()) in text_of(certificate(typed))


def test_what_is_kept_for_years_is_pdf_a_and_tells_its_title_and_instant() -> None:
    reader = PdfReader(io.BytesIO(certificate()))
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.author) == ("在读证明", "江淮开放大学")
    assert reader.metadata.creation_date == AT
    xmp = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in xmp
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in xmp
    fonts_used = pages(certificate())[0]["/Resources"]["/Font"].values()
    descriptors = [each.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"] for each in fonts_used]
    assert all({"/FontFile2", "/FontFile3"} & each.get_object().keys() for each in descriptors), "embedded"
    plain = PdfReader(io.BytesIO(draw(LIST, list_data(1), school=SCHOOL, at=AT)))
    assert "pdfaid" not in plain.trailer["/Root"]["/Metadata"].get_data().decode()


def test_a_long_table_repeats_its_head_tears_no_row_and_numbers_its_pages() -> None:
    printed = pages(draw(LIST, list_data(100), school=SCHOOL, at=AT))
    assert len(printed) > 3
    found = []
    for number, page in enumerate(printed, 1):
        said = page.extract_text()
        assert "缴费单号" in said or "编号" in said, number
        assert f"第{number}页共{len(printed)}页" in "".join(said.split())
        assert page.mediabox.width > page.mediabox.height, "landscape"
        found += [word for word in said.split() if word.startswith("JF")]
        assert said.count("JF") == said.count("1,385.50")
    assert found == [f"JF{n:06}" for n in range(100)]


def test_a_page_is_portrait_unless_told_and_a_document_without_marks_has_no_code() -> None:
    [page] = pages(certificate())
    assert page.mediabox.width < page.mediabox.height
    assert "核验码" not in text_of(draw(LIST, list_data(1), school=SCHOOL, at=AT))


def test_an_empty_field_stays_empty() -> None:
    assert "None" not in text_of(draw(LIST, list_data(1, payer=None), school=SCHOOL, at=AT))


def test_what_no_font_has_is_refused_wherever_it_stands() -> None:
    for name, school in (("王\ue000", SCHOOL), ("王", School("学\ue000", ""))):
        data = CertificateData(student_name=name, gender=Gender.MALE)
        with pytest.raises(ServiceError, match="document_private_characters"):
            draw(CERTIFICATE, data, school=school, at=AT, marks=MARKS)


def test_several_threads_may_draw_at_once() -> None:
    made: list[bytes] = []
    threads = [threading.Thread(target=lambda: made.append(certificate())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [certificate()] * 4


def test_a_machine_without_the_fonts_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chassis.documents.fonts.FILES", (*FILES, "NoSuch.ttf"))
    with pytest.raises(FileNotFoundError, match=r"NoSuch\.ttf is nowhere in /usr/share/fonts"):
        fonts.__wrapped__()


def test_the_picture_of_a_certificate_has_its_code_at_the_foot_and_its_text_above() -> None:
    """What a PDF says need not be what people see: the same template as a picture."""
    picture = Image.open(io.BytesIO(picture_of(certificate))).convert("L")
    width, height = picture.size
    dark = picture.point(lambda value: 255 if value < 128 else 0)
    code = dark.crop((0, int(height * 0.25), width // 4, int(height * 0.6))).getbbox()
    assert code is not None
    assert 0.9 < (code[2] - code[0]) / (code[3] - code[1]) < 1.1, "square"
    assert dark.crop((width // 4, 0, 3 * width // 4, int(height * 0.2))).getbbox(), "the school's name"
    assert dark.crop((0, int(height * 0.65), width, int(height * 0.9))).getbbox() is None


@pytest.mark.parametrize("how", [{"mode": mode} for mode in ("1", "L", "LA", "P", "RGB", "RGBA")], ids=str)
def test_a_picture_of_the_school_of_any_kind_is_drawn_and_archived(how: dict[str, str]) -> None:
    mark = small_picture(**how)
    school = School(SCHOOL.name, SCHOOL.english_name, seal=mark, logo=mark)
    data = CertificateData(student_name="王小明", gender=Gender.MALE)
    made = draw(CERTIFICATE, data, school=school, at=AT, marks=MARKS)
    [page] = pages(made)
    assert len(page.images) >= 1, "the pictures are in it"
    assert b"<pdfaid:part>2" in PdfReader(io.BytesIO(made)).trailer["/Root"]["/Metadata"].get_data()


def test_the_seal_stands_over_the_schools_name_and_without_one_there_is_room_for_it() -> None:
    def sealed() -> bytes:
        data = CertificateData(student_name="王小明", gender=Gender.MALE)
        school = School(SCHOOL.name, SCHOOL.english_name, seal=small_picture())
        return draw(CERTIFICATE, data, school=school, at=AT, marks=MARKS)

    assert "盖章" in text_of(certificate())
    assert "盖章" not in text_of(sealed())
    picture = Image.open(io.BytesIO(picture_of(sealed))).convert("RGB")
    points = ((x, y) for x in range(picture.width) for y in range(picture.height))
    across = sorted(x for x, y in points if picture.getpixel((x, y)) == RED[:3])
    assert across[0] > picture.width / 2
    assert 115 < across[-1] - across[0] < 123, "4.2 cm at 72 points an inch"


def picture_of(make) -> bytes:  # type: ignore[no-untyped-def]
    from chassis.documents import drawing

    asked = {}
    compiler = drawing._compiler()

    class Recorder:
        def compile(self, **options):  # type: ignore[no-untyped-def]
            asked.update(options)
            return compiler.compile(**options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "_compiler", Recorder)
        make()
    made = compiler.compile(input=asked["input"], sys_inputs=asked["sys_inputs"], format="png", ppi=72)
    assert isinstance(made, bytes)
    return made
