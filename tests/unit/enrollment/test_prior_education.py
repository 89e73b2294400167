"""What has to be completed before a level is begun."""

import pytest

from contracts.types import Level, PriorEducationCheck, PriorLevel
from services.enrollment.domain.prior_education import against_check, against_level

ENOUGH = {
    Level.JUNIOR_COLLEGE: set(PriorLevel),
    Level.BACHELOR: set(PriorLevel),
    Level.TOP_UP_BACHELOR: {PriorLevel.JUNIOR_COLLEGE, PriorLevel.BACHELOR, PriorLevel.POSTGRADUATE},
}


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("prior", PriorLevel)
def test_each_level_takes_who_has_completed_enough(level: Level, prior: PriorLevel) -> None:
    reason = against_level(level, prior)
    assert (reason is None) == (prior in ENOUGH[level])
    assert reason is None or reason.code == "prior_education_too_low"


@pytest.mark.parametrize("check", PriorEducationCheck)
def test_only_what_was_found_to_be_untrue_keeps_somebody_out(check: PriorEducationCheck) -> None:
    assert (against_check(check) is None) == (check is not PriorEducationCheck.FALSE)
