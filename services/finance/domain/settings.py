"""What the school sets of what finance does."""

from typing import Annotated

from pydantic import Field

from contracts.settings import Setting, SettingUnit

GRACE_DAYS = Setting("grace_days", Annotated[int, Field(strict=True, ge=0, le=30)], default=3, unit=SettingUnit.DAYS)
"""Days to pay again after a remittance was rejected (CRS-7)."""

SETTINGS = (GRACE_DAYS,)
