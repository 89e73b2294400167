"""What numbers look like: parts that are always as wide, so that two different ones never read the same."""

from datetime import date

import pytest
from pydantic import TypeAdapter

from chassis.work.number_templates import Day, NumberTemplate, Part, Serial, Text
from contracts.errors import ServiceError

TODAY = date(2026, 9, 3)

SCHOOL = Text("51161")
TEMPLATES = {
    # default of ENR-8: year, point, month of the season, level, serial
    "student": (Day("%y"), Part("point", 4), Part("month", 2), Part("level", 2), Serial(5)),
    # spring counts from 1, autumn from 50001
    "autumn": (Day("%y"), Part("province", 3), Part("kind", 3), Serial(5, first=50001)),
    # 18 digits: school, kind, year, level, serial
    "registration": (SCHOOL, Part("kind", 1), Day("%Y"), Part("level", 2), Serial(6)),
    # 16 digits: unit, level, year, serial; C before it for adults
    "degree": (Text("C"), SCHOOL, Part("level", 1), Day("%Y"), Serial(6)),
    "slip": (Text("HK"), Day("%Y%m"), Serial(6)),
}
NUMBERS = [
    ("student", {"point": "3203", "month": "3", "level": "1"}, 556, "2632030301" + "00556"),
    ("autumn", {"province": "171", "kind": "012"}, 50001, "26171012" + "50001"),
    ("registration", {"kind": "5", "level": "06"}, 17, "511615202606" + "000017"),
    ("degree", {"level": "4"}, 123456, "C5116142026" + "123456"),
    ("slip", {}, 1, "HK202609" + "000001"),
]


def template(name: str) -> NumberTemplate:
    return NumberTemplate(name, TEMPLATES[name], dense=False)


@pytest.mark.parametrize(("name", "values", "serial", "number"), NUMBERS)
def test_a_number_is_its_parts_one_after_the_other(name: str, values: dict[str, str], serial: int, number: str) -> None:
    built = template(name)
    assert built.number(built.beginning(TODAY, values), serial) == number


@pytest.mark.parametrize("point", ["32030", "", "32-3", "３２０３", "abcd", "AB"])
def test_a_value_that_is_not_as_wide_as_its_part_is_refused(point: str) -> None:
    with pytest.raises(ServiceError) as refused:
        template("student").beginning(TODAY, {"point": point, "month": "03", "level": "01"})
    assert (refused.value.code, refused.value.params) == ("number_part_does_not_fit", {"part": "point", "width": 4})


def test_a_value_that_nobody_gave_is_a_mistake_of_the_program() -> None:
    with pytest.raises(KeyError):
        template("student").beginning(TODAY, {"point": "3203"})


WRONG = {
    "no serial": lambda: NumberTemplate("x", (Text("A"),), dense=True),
    "two serials": lambda: NumberTemplate("x", (Serial(2), Serial(3)), dense=True),
    "something after the serial": lambda: NumberTemplate("x", (Serial(2), Text("A")), dense=True),
    "a text of other signs": lambda: Text("编号"),
    "a day of names": lambda: Day("%B"),
    "a beginning that is too wide": lambda: Serial(2, first=100),
    "an end that is too wide": lambda: Serial(2, last=100),
    "an end before the beginning": lambda: Serial(2, first=5, last=4),
}


@pytest.mark.parametrize("made", WRONG.values(), ids=WRONG)
def test_a_template_that_gives_no_good_numbers_is_none(made) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=r"."):
        made()


def test_a_template_can_be_a_setting_of_the_school() -> None:
    stored = TypeAdapter(NumberTemplate).dump_json(template("student"))
    assert TypeAdapter(NumberTemplate).validate_json(stored) == template("student")
