"""What the school sets of what enrollment does."""

from typing import Annotated

from pydantic import Field

from chassis.declaring.guards import HARDEST_WORK
from contracts.settings import Setting, SettingUnit
from services.enrollment.domain.student_numbers import DEFAULT, StudentNumberTemplate

STUDENT_NUMBER_TEMPLATE = Setting("student_number_template", StudentNumberTemplate, default=DEFAULT)
"""What the student numbers of those look like who are admitted from now on (ENR-8)."""

YOUNGEST_APPLICANT = Setting(
    "youngest_applicant", Annotated[int, Field(strict=True, ge=0, le=60)], default=18, unit=SettingUnit.YEARS
)
"""Below this age the school is shown that somebody is young; it decides."""

SIGNUP_WORK = Setting("signup_work", Annotated[int, Field(strict=True, ge=0, le=HARDEST_WORK)], default=0)
"""How hard a visitor's device works before a quick signup is taken: each step is twice the work (ENR-2)."""

SIGNUPS_KEPT = Setting(
    "signup_kept_days", Annotated[int, Field(strict=True, ge=1, le=365)], default=30, unit=SettingUnit.DAYS
)
"""How long a quick signup is kept after it was completed or discarded."""

APPLICATIONS_KEPT = Setting(
    "application_kept_days", Annotated[int, Field(strict=True, ge=90, le=3650)], default=365, unit=SettingUnit.DAYS
)
"""How long a form is kept that was rejected or withdrawn, after the last change. It may still be sent again while the
round is reviewed."""

SETTINGS = (STUDENT_NUMBER_TEMPLATE, YOUNGEST_APPLICANT, SIGNUP_WORK, SIGNUPS_KEPT, APPLICATIONS_KEPT)
