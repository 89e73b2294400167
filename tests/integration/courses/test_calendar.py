"""The term calendar."""

from datetime import date

from chassis.testing.harness import ServiceHarness
from contracts.courses.catalogue_commands import CreateTerm, UpdateTerm
from contracts.courses.queries import (
    ListTerms,
)
from tests.builders import courses as build
from tests.builders import people

REGISTRAR = people.of_school()


def term(name: str, first: date, last: date) -> CreateTerm:
    return CreateTerm(name=name, starts_on=first, ends_on=last)


AUTUMN = term("2026年秋季学期", date(2026, 9, 1), date(2027, 1, 20))
SPRING = term("2027年春季学期", date(2027, 2, 20), date(2027, 7, 10))


def test_terms_are_listed_in_order_and_never_overlap(courses: ServiceHarness) -> None:
    courses.run(SPRING, REGISTRAR)
    autumn = courses.run(AUTUMN, REGISTRAR)
    assert [t.name for t in courses.ask(ListTerms(), REGISTRAR).items] == [AUTUMN.name, SPRING.name]
    overlapping = courses.refusal(term("又一学期", date(2027, 7, 10), date(2027, 8, 1)), REGISTRAR)
    assert (overlapping.code, overlapping.params) == ("terms_overlap", {"name": SPRING.name})
    longer = UpdateTerm(term_id=autumn.id, version=1, name="秋", starts_on=AUTUMN.starts_on, ends_on=date(2027, 1, 31))
    assert courses.run(longer, REGISTRAR).version == 2
    assert courses.refusal(longer, REGISTRAR).code == "stale_version"


def test_two_terms_entered_at_the_same_time_are_kept_apart_by_the_table(courses: ServiceHarness) -> None:
    codes = build.at_once(courses, [(AUTUMN, REGISTRAR), (AUTUMN, REGISTRAR), (AUTUMN, REGISTRAR)])
    assert sorted(codes) == ["done", "terms_overlap", "terms_overlap"]
