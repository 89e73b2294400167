"""Where teaching points are, and which is nearest (ENR-2). Positions are those of WGS 84."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import asin, atan2, cos, degrees, hypot, radians, sin, sqrt
from typing import Final, TypeVar

Thing = TypeVar("Thing")

EARTH: Final = 6_371_008.8
"""Mean radius in metres (IUGG)."""


@dataclass(frozen=True, slots=True)
class Position:
    """Degrees east and north."""

    longitude: float
    latitude: float


def distance(one: Position, other: Position) -> float:
    """Metres as the crow flies: along a great circle, by the haversine formula."""
    south, north = radians(one.latitude), radians(other.latitude)
    across = sin((north - south) / 2) ** 2
    along = sin(radians(other.longitude - one.longitude) / 2) ** 2
    # Rounding may lead beyond 1 for what is opposite on the globe.
    return 2 * EARTH * asin(sqrt(min(1.0, across + cos(south) * cos(north) * along)))


def centre(positions: Collection[Position]) -> Position | None:
    """The middle of places, wherever on the globe they are; None where there are none, or none is the middle."""
    x = sum(cos(radians(p.latitude)) * cos(radians(p.longitude)) for p in positions)
    y = sum(cos(radians(p.latitude)) * sin(radians(p.longitude)) for p in positions)
    z = sum(sin(radians(p.latitude)) for p in positions)
    if hypot(x, y, z) < 1e-9:
        return None
    return Position(degrees(atan2(y, x)), degrees(atan2(z, hypot(x, y))))


def nearest(things: Iterable[tuple[Thing, Position | None]], origin: Position | None) -> list[tuple[Thing, int | None]]:
    """All things with their distances in whole metres, the nearest first, and in their order what is equally far. Those
    without a position come last. Without an origin nothing is near."""
    far = [(thing, round(distance(origin, at)) if origin and at else None) for thing, at in things]
    return sorted(far, key=lambda found: (found[1] is None, found[1] or 0))
