"""What the school sets of what identity keeps, for itself and for the other services."""

from typing import Annotated

from pydantic import Field

from contracts.permissions import Role
from contracts.school import SCHOOL_ENGLISH_NAME, SCHOOL_LOGO, SCHOOL_NAME, SCHOOL_SEAL
from contracts.settings import Setting, SettingUnit
from contracts.types import Unique

SECOND_FACTOR_ROLES = Setting[tuple[Role, ...]](
    "second_factor_roles", Annotated[tuple[Role, ...], Field(max_length=len(Role)), Unique], default=()
)
"""Whose accounts have to have a second factor. Who has none yet sets it up before anything else."""

SECOND_FACTOR_MINUTES = Setting[int](
    "second_factor_minutes", Annotated[int, Field(strict=True, ge=1, le=720)], default=10, unit=SettingUnit.MINUTES
)
"""How long a code counts before it is asked for again by what asks for one each time: payouts, admission."""

SETTINGS = (
    SCHOOL_NAME,
    SCHOOL_ENGLISH_NAME,
    SCHOOL_SEAL,
    SCHOOL_LOGO,
    SECOND_FACTOR_ROLES,
    SECOND_FACTOR_MINUTES,
)
