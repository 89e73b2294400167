"""The generator of students: what it makes, the registry must take."""

from __future__ import annotations

from datetime import date

from chassis.rules.id_numbers import identify
from contracts.types import IdKind
from tests.builders.students import students, with_wrong_check_digit

TODAY = date(2026, 11, 22)


def test_made_up_students_pass_the_rules_of_id_numbers() -> None:
    for student in students(300, seed=5):
        identification, codes = identify(IdKind.RESIDENT, student.id_number, student.gender, student.born_on, TODAY)
        assert (codes, identification is None) == ([], False), student


def test_no_two_have_the_same_number() -> None:
    made = students(2000, seed=7)
    assert len({student.id_number for student in made}) == 2000
    assert [student.serial for student in made] == list(range(1, 2001))


def test_the_same_seed_makes_the_same_students() -> None:
    assert students(20, seed="a") == students(20, seed="a")
    assert students(20, seed="a") != students(20, seed="b")


def test_a_mistyped_end_is_no_id_number() -> None:
    for student in students(50):
        number = with_wrong_check_digit(student.id_number)
        _, codes = identify(IdKind.RESIDENT, number, student.gender, student.born_on, TODAY)
        assert "id_number_check_digit_wrong" in codes
