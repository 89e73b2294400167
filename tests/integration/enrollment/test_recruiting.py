"""What visitors are told: in which cities points recruit, and which are nearest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from chassis.testing.harness import ServiceHarness
from contracts.enrollment.signups import GetNearestPoints, GetPointsOfCity, GetSignupCities, SignupPoint
from contracts.errors import ServiceError
from contracts.identity.events import TeachingPointItem, TeachingPointState
from contracts.identity.states import TeachingPointStatus
from tests.builders import enrollment as build
from tests.builders.messages import a

pytestmark = pytest.mark.usefixtures("little_work")

XUZHOU = {"province": "江苏省", "city": "徐州市"}
NANJING = {"province": "江苏省", "city": "南京市"}


def point(code: str, longitude: float | None = None, latitude: float | None = None, **fields: Any) -> TeachingPointItem:
    return a(TeachingPointItem, code=code, name=f"{code}教学点", longitude=longitude, latitude=latitude, **fields)


@pytest.fixture
def points(enrollment: ServiceHarness) -> tuple[TeachingPointItem, ...]:
    """Two in Xuzhou, one in Nanjing, one that has told nothing, one that is disabled."""
    known = (
        point("3201", 117.19, 34.26, phones=("0516-83500000",), district="云龙区", street="解放南路1号", **XUZHOU),
        point("3202", 117.29, 34.20, **XUZHOU),
        point("3203", 118.79, 32.06, **NANJING),
        point("3204"),
        point("3205", 117.19, 34.26, status=TeachingPointStatus.DISABLED, **XUZHOU),
    )
    enrollment.feed(TeachingPointState, *known)
    return known


def nearest(enrollment: ServiceHarness, longitude: float, latitude: float) -> tuple[SignupPoint, ...]:
    asked = GetNearestPoints(longitude=longitude, latitude=latitude)
    found: tuple[SignupPoint, ...] = enrollment.ask(asked, build.VISITOR).items
    return found


def of_city(enrollment: ServiceHarness, **city: str) -> tuple[SignupPoint, ...]:
    found: tuple[SignupPoint, ...] = enrollment.ask(GetPointsOfCity(**city), build.VISITOR).items
    return found


def test_the_nearest_come_first_with_what_a_visitor_wants_to_know(
    enrollment: ServiceHarness, points: tuple[TeachingPointItem, ...]
) -> None:
    round_ = build.admission_round(enrollment)
    found = nearest(enrollment, 117.28, 34.20)
    assert [each.name for each in found] == ["3202教学点", "3201教学点", "3203教学点", "3204教学点"]
    assert [each.distance and each.distance // 1000 for each in found] == [0, 10, 276, None]
    shown = found[1]
    assert (shown.district, shown.street, shown.phones) == ("云龙区", "解放南路1号", ("0516-83500000",))
    assert [each.name for each in shown.rounds] == [round_.name]


def test_a_city_is_one_in_which_points_recruit_and_its_points_come_before_all_others(
    enrollment: ServiceHarness, points: tuple[TeachingPointItem, ...]
) -> None:
    build.admission_round(enrollment)
    cities = enrollment.ask(GetSignupCities(), build.VISITOR).items
    assert [(each.city, each.points) for each in cities] == [("南京市", 1), ("徐州市", 2)]
    found = of_city(enrollment, **XUZHOU)
    assert [each.name for each in found] == ["3201教学点", "3202教学点", "3203教学点", "3204教学点"]
    assert found[0].distance == found[1].distance, "both are as far from their middle"
    assert of_city(enrollment, **NANJING)[0].name == "3203教学点"


def test_a_citys_own_points_come_before_a_nearer_one_of_another(enrollment: ServiceHarness) -> None:
    ends = (point("3201", 117.0, 34.0, **XUZHOU), point("3202", 118.0, 34.0, **XUZHOU))
    enrollment.feed(TeachingPointState, *ends, point("3203", 117.5, 34.0, province="江苏省", city="宿迁市"))
    build.admission_round(enrollment)
    assert [each.name for each in of_city(enrollment, **XUZHOU)] == ["3201教学点", "3202教学点", "3203教学点"]


def test_a_city_whose_points_told_no_position_has_them_without_a_distance(enrollment: ServiceHarness) -> None:
    enrollment.feed(TeachingPointState, point("3201", **XUZHOU), point("3202", 118.79, 32.06, **NANJING))
    build.admission_round(enrollment)
    assert [(each.name, each.distance) for each in of_city(enrollment, **XUZHOU)] == [
        ("3201教学点", None),
        ("3202教学点", None),
    ]


def test_no_more_than_ten_are_recommended(enrollment: ServiceHarness) -> None:
    enrollment.feed(TeachingPointState, *(point(f"32{n:02d}", 117 + n / 100, 34.0, **XUZHOU) for n in range(15)))
    build.admission_round(enrollment)
    assert [each.name for each in nearest(enrollment, 117.0, 34.0)] == [f"32{n:02d}教学点" for n in range(10)]
    assert len(of_city(enrollment, **XUZHOU)) == 10


def test_only_who_recruits_now_is_recommended(
    enrollment: ServiceHarness, points: tuple[TeachingPointItem, ...]
) -> None:
    assert nearest(enrollment, 117.28, 34.20) == ()
    now = enrollment.clock.now()
    build.admission_round(enrollment, code="ZS1", opens_at=now + timedelta(days=1))
    assert nearest(enrollment, 117.28, 34.20) == ()
    build.admission_round(enrollment, code="ZS2", teaching_point_ids=(points[2].id,))
    assert [each.name for each in nearest(enrollment, 117.28, 34.20)] == ["3203教学点"]
    enrollment.clock.advance(timedelta(days=2))
    assert len(nearest(enrollment, 117.28, 34.20)) == 4
    assert [len(each.rounds) for each in of_city(enrollment, **NANJING)] == [2, 1, 1, 1]


def test_who_asks_very_often_works_for_it(enrollment: ServiceHarness, points: tuple[TeachingPointItem, ...]) -> None:
    asked_often = enrollment.table("asked_often")
    nearest(enrollment, 117.28, 34.20)
    with enrollment.owner_connection() as connection:
        connection.execute(asked_often.update().values(number=600))
    with pytest.raises(ServiceError) as refused:
        nearest(enrollment, 117.28, 34.20)
    assert refused.value.code == "work_required"


def test_a_position_stays_nowhere(enrollment: ServiceHarness, points: tuple[TeachingPointItem, ...]) -> None:
    def counted() -> set[tuple[str, int]]:
        return {(t.name, len(enrollment.rows(select(t)))) for t in enrollment.service.metadata.tables.values()}

    before = counted()
    nearest(enrollment, 117.123456, 34.654321)
    assert {name for name, _ in counted() - before} <= {"asked_often", "work_secret"}


@pytest.mark.parametrize("place", [{"longitude": 181.0, "latitude": 0.0}, {"longitude": 0.0, "latitude": 90.5}])
def test_a_position_off_the_globe_is_refused(place: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="less than or equal"):
        GetNearestPoints(**place)
