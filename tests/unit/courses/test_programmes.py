"""Intakes of programme versions."""

import pytest

from services.courses.domain.programmes import month_before


@pytest.mark.parametrize(("intake", "before"), [("202609", "202608"), ("202701", "202612"), ("202612", "202611")])
def test_a_version_ends_with_the_month_before_the_next_one(intake: str, before: str) -> None:
    assert month_before(intake) == before
