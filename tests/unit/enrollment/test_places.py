"""Distances on the globe, the middle of a city's points, and what is nearest."""

from math import pi

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.enrollment.domain.places import EARTH, Position, centre, distance, nearest

positions = st.builds(Position, st.floats(-180, 180), st.floats(-90, 90))
somewhere_in_china = st.builds(Position, st.floats(73, 135), st.floats(18, 53))

XUZHOU, NANJING, BEIJING = Position(117.184, 34.262), Position(118.797, 32.060), Position(116.397, 39.908)


@pytest.mark.parametrize(
    ("one", "other", "kilometres"),
    [
        (XUZHOU, NANJING, 288),
        (XUZHOU, BEIJING, 632),
        (Position(0, 0), Position(90, 0), 10_008),  # a quarter of the equator
        (Position(0, 90), Position(77, -90), 20_015),  # from pole to pole
    ],
)
def test_distances_are_those_of_the_globe(one: Position, other: Position, kilometres: int) -> None:
    assert distance(one, other) / 1000 == pytest.approx(kilometres, rel=0.005)


def test_across_the_date_line_it_is_near() -> None:
    assert distance(Position(179.9, 0), Position(-179.9, 0)) == pytest.approx(22_239, rel=0.001)


@given(positions, positions)
def test_there_and_back_are_equally_far_and_never_more_than_half_round(one: Position, other: Position) -> None:
    assert distance(one, other) == pytest.approx(distance(other, one))
    assert 0 <= distance(one, other) <= pi * EARTH


@given(positions)
def test_nothing_is_far_from_itself(one: Position) -> None:
    assert distance(one, one) == 0


@given(positions, positions, positions)
def test_no_way_round_is_shorter(one: Position, over: Position, other: Position) -> None:
    assert distance(one, other) <= distance(one, over) + distance(over, other) + 1e-3


@given(st.lists(somewhere_in_china, min_size=1))
def test_the_middle_is_no_further_from_any_than_they_are_from_each_other(places: list[Position]) -> None:
    middle = centre(places)
    assert middle is not None
    widest = max(distance(one, other) for one in places for other in places)
    assert all(distance(middle, place) <= widest + 1e-3 for place in places)


def test_what_has_no_middle_has_none() -> None:
    assert centre([]) is None
    assert centre([Position(0, 0), Position(180, 0)]) is None


@given(st.lists(st.one_of(st.none(), positions)), positions)
def test_the_nearest_come_first_and_nothing_is_lost(places: list[Position | None], origin: Position) -> None:
    found = nearest(enumerate(places), origin)
    assert sorted(number for number, _ in found) == list(range(len(places)))
    far = [metres for _, metres in found if metres is not None]
    assert far == sorted(far)
    assert [metres for _, metres in found[len(far) :]] == [None] * (len(places) - len(far))
    assert len(far) == sum(place is not None for place in places)


def test_without_an_origin_all_stay_in_their_order() -> None:
    assert nearest([("a", XUZHOU), ("b", None)], None) == [("a", None), ("b", None)]


@given(positions, positions)
def test_the_nearer_of_two_is_first(one: Position, other: Position) -> None:
    assume(distance(XUZHOU, one) + 1 < distance(XUZHOU, other))
    assert [name for name, _ in nearest([("far", other), ("near", one)], XUZHOU)] == ["near", "far"]
