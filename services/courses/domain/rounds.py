"""Times of a selection round (CRS-3)."""

from calendar import monthrange
from datetime import UTC, datetime

from chassis.base.clock import SHANGHAI


def month_after(instant: datetime) -> datetime:
    """The same local time one month later, on the month's last day where it is shorter: when withdrawing ends unless
    the school says otherwise."""
    local = instant.astimezone(SHANGHAI)
    year, month = (local.year + 1, 1) if local.month == 12 else (local.year, local.month + 1)
    day = min(local.day, monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day).astimezone(UTC)
