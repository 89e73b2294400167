"""What the school sets of what enrollment does."""

from typing import Annotated

from pydantic import Field

from contracts.settings import Setting, SettingUnit
from services.enrollment.domain.student_numbers import DEFAULT, StudentNumberTemplate

STUDENT_NUMBER_TEMPLATE = Setting("student_number_template", StudentNumberTemplate, default=DEFAULT)
"""What the student numbers of those look like who are admitted from now on (ENR-8)."""

YOUNGEST_APPLICANT = Setting(
    "youngest_applicant", Annotated[int, Field(strict=True, ge=0, le=60)], default=18, unit=SettingUnit.YEARS
)
"""Below this age the school is shown that somebody is young; it decides."""

SETTINGS = (STUDENT_NUMBER_TEMPLATE, YOUNGEST_APPLICANT)
