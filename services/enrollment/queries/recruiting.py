"""What visitors are told (ENR-2): the cities, and the nearest teaching points that recruit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from chassis.data.pages import as_view
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.guards import Allowance, Beyond, Guard
from contracts.enrollment.signups import (
    GetNearestPoints,
    GetPointsOfCity,
    GetSignupCities,
    OpenRound,
    SignupCities,
    SignupCity,
    SignupPoint,
    SignupPoints,
)
from services.enrollment.domain.places import Position, centre, nearest
from services.enrollment.steps.recruiting import Recruiting, recruiting

LOOKING: Final = Guard(address=Allowance(600, timedelta(hours=1), Beyond.WORK))
"""It is no secret where points are; a whole fair, or a town's telephones, may stand behind one address."""
SHOWN: Final = 10
"""Points that are recommended."""


def get_signup_cities(query: GetSignupCities, uow: UnitOfWork) -> SignupCities:
    """The cities in which points recruit, by their names, with how many there are."""
    cities = Counter((each.point.province, each.point.city) for each in recruiting(uow) if each.point.city)
    named = sorted(cities, key=lambda city: (city[0] or "", city[1]))
    return SignupCities(
        items=tuple(SignupCity(province=province, city=city, points=cities[province, city]) for province, city in named)
    )


def get_nearest_points(query: GetNearestPoints, uow: UnitOfWork) -> SignupPoints:
    """The points next to a position."""
    return _shown(recruiting(uow), Position(query.longitude, query.latitude))


def get_points_of_city(query: GetPointsOfCity, uow: UnitOfWork) -> SignupPoints:
    """The points of a city, then those around it, by their distance from the middle of those in it."""
    wanted, every = (query.province, query.city), recruiting(uow)
    inside = [each for each in every if _city(each) == wanted]
    outside = [each for each in every if _city(each) != wanted]
    middle = centre([each.position for each in inside if each.position is not None])
    return SignupPoints(items=(*_shown(inside, middle).items, *_shown(outside, middle).items)[:SHOWN])


def _city(each: Recruiting) -> tuple[str | None, str | None]:
    return each.point.province, each.point.city


def _shown(points: Iterable[Recruiting], origin: Position | None) -> SignupPoints:
    found = nearest(((each, each.position) for each in points), origin)[:SHOWN]
    return SignupPoints(items=tuple(_point(each, metres) for each, metres in found))


def _point(each: Recruiting, metres: int | None) -> SignupPoint:
    rounds = tuple(as_view(OpenRound, row) for row in each.rounds)
    return as_view(SignupPoint, each.point, teaching_point_id=each.point.id, distance=metres, rounds=rounds)
