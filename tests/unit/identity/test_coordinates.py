"""Coordinates that were copied from Chinese maps, as those of GPS."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.identity.states import CoordinateSystem
from services.identity.domain.coordinates import _moved, wgs84

HALF_A_METRE = 5e-6
THREE_METRES = 3e-5

longitudes, latitudes = st.floats(74, 135), st.floats(4, 53)


@pytest.mark.parametrize(
    ("shown", "place"),
    [
        # Shanghai, Shenzhen, Beijing: the values that eviltransform is tested with.
        ((121.531541859215, 31.17530398364597), (121.5272106, 31.1774276)),
        ((113.9171764808363, 22.540796131694766), (113.912316, 22.543847)),
        ((116.38404722455657, 39.91334545536069), (116.377817, 39.911954)),
    ],
)
def test_what_amap_and_tencent_show_is_where_gps_has_it(shown: tuple[float, float], place: tuple[float, float]) -> None:
    assert wgs84(*shown, CoordinateSystem.GCJ02) == pytest.approx(place, abs=HALF_A_METRE)


@pytest.mark.parametrize(
    ("shown", "place"),
    [
        # The example of coordtransform (github.com/wandergis/coordtransform), by its coarser way to WGS 84.
        ((116.404, 39.915), (116.3913836995125, 39.907253214522164)),
    ],
)
def test_what_baidu_shows_is_where_gps_has_it(shown: tuple[float, float], place: tuple[float, float]) -> None:
    assert wgs84(*shown, CoordinateSystem.BD09) == pytest.approx(place, abs=THREE_METRES)


@given(longitudes, latitudes)
def test_every_place_in_china_is_found_again_within_half_a_metre(longitude: float, latitude: float) -> None:
    shown = _moved(longitude, latitude)
    assert wgs84(*shown, CoordinateSystem.GCJ02) == pytest.approx((longitude, latitude), abs=HALF_A_METRE)


@pytest.mark.parametrize("place", [(-104.9903, 39.7392), (153.0251, -27.4698), (0.0, 0.0)])
def test_outside_china_nothing_is_moved(place: tuple[float, float]) -> None:
    assert wgs84(*place, CoordinateSystem.GCJ02) == place


def test_coordinates_of_gps_stay_as_they_are() -> None:
    assert wgs84(117.28, 34.2, CoordinateSystem.WGS84) == (117.28, 34.2)
