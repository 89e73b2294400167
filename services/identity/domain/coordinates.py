"""Coordinates that were copied from a Chinese map, as those of GPS.

Maps of China have to show places moved by some hundred metres (GCJ-02); Baidu moves them once more (BD-09). How is not
published. The formulas were found out and are the same everywhere: github.com/googollee/eviltransform, and
github.com/wandergis/coordtransform, "Restrictions on geographic data in China" in the English Wikipedia. Tests compare
with the values of the first two.
"""

from __future__ import annotations

from math import atan2, cos, hypot, pi, radians, sin, sqrt
from typing import Final

from contracts.identity.states import CoordinateSystem

_RADIUS: Final = 6_378_245.0
_FLATNESS: Final = 0.006_693_421_622_965_943_23
"""Half the longer axis in metres, and the square of the eccentricity, of the ellipsoid of Krasovsky (1940)."""
_CHINA: Final = (72.004, 137.8347, 0.8293, 55.8271)
"""West, east, south, north in degrees: outside nothing is moved."""
_CLOSE: Final = 1e-9
"""Degrees: a tenth of a millimetre."""
_TURN: Final = pi * 3000 / 180


def wgs84(longitude: float, latitude: float, system: CoordinateSystem) -> tuple[float, float]:
    """Longitude and latitude, in degrees of WGS 84, of what they are in another system: within a metre, and to seven
    decimal places (a centimetre)."""
    if system is CoordinateSystem.BD09:
        longitude, latitude = _gcj02_of_bd09(longitude, latitude)
    if system is not CoordinateSystem.WGS84:
        longitude, latitude = _wgs84_of_gcj02(longitude, latitude)
    return round(longitude, 7), round(latitude, 7)


def _gcj02_of_bd09(longitude: float, latitude: float) -> tuple[float, float]:
    x, y = longitude - 0.0065, latitude - 0.006
    length = hypot(x, y) - 0.00002 * sin(y * _TURN)
    angle = atan2(y, x) - 0.000003 * cos(x * _TURN)
    return length * cos(angle), length * sin(angle)


def _wgs84_of_gcj02(longitude: float, latitude: float) -> tuple[float, float]:
    """The place that is shown there: it is looked for, as only the other way has a formula. How far places are moved
    hardly changes within some hundred metres, so each step comes much closer."""
    found = longitude, latitude
    for _ in range(30):
        shown = _moved(*found)
        off = longitude - shown[0], latitude - shown[1]
        found = found[0] + off[0], found[1] + off[1]
        if max(map(abs, off)) < _CLOSE:
            break
    return found


def _moved(longitude: float, latitude: float) -> tuple[float, float]:
    """Where a map shows a place of WGS 84."""
    west, east, south, north = _CHINA
    if not (west <= longitude <= east and south <= latitude <= north):
        return longitude, latitude
    east_by, north_by = _metres(longitude - 105, latitude - 35)
    curve = 1 - _FLATNESS * sin(radians(latitude)) ** 2
    degree_north = radians(_RADIUS * (1 - _FLATNESS) / (curve * sqrt(curve)))
    degree_east = radians(_RADIUS / sqrt(curve) * cos(radians(latitude)))
    return longitude + east_by / degree_east, latitude + north_by / degree_north


def _metres(x: float, y: float) -> tuple[float, float]:
    """How far a place is moved to the east and to the north, in metres; x and y are degrees from 105° E, 35° N."""
    both = 20 * sin(6 * pi * x) + 20 * sin(2 * pi * x)
    waves_east = both + _waves(x, 20, 40, 150, 300)
    waves_north = both + _waves(y, 20, 40, 160, 320)
    far = 0.1 * sqrt(abs(x))
    return (
        300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + far + waves_east * 2 / 3,
        -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 2 * far + waves_north * 2 / 3,
    )


def _waves(x: float, first: float, second: float, third: float, fourth: float) -> float:
    angle = pi * x
    return first * sin(angle) + second * sin(angle / 3) + third * sin(angle / 12) + fourth * sin(angle / 30)
