"""What of the five elements is left to choose from."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import or_, select

from chassis.data.unit_of_work import UnitOfWork
from chassis.work.reasons import refuse
from contracts.enrollment.queries import GetProgrammeChoices
from contracts.enrollment.views import ProgrammeChoice, ProgrammeChoices
from services.enrollment.domain.choices import ELEMENTS, narrowed
from services.enrollment.domain.rounds import against_point
from services.enrollment.steps.facts import point_meant
from services.enrollment.steps.programmes import known_programmes
from services.enrollment.steps.rounds import offered, rounds_of
from services.enrollment.tables import admission_rounds, programmes

_p, _r = programmes.c, admission_rounds.c


def get_programme_choices(query: GetProgrammeChoices, uow: UnitOfWork) -> ProgrammeChoices:
    """Of each element what goes with what is chosen of the others, at a point and for a round. Raises `not_found`,
    `point_not_in_round`."""
    point_id = point_meant(uow, query.teaching_point_id)
    uow.one(select(_r.id).where(_r.id == query.admission_round_id, offered(uow)))
    round_ = rounds_of(uow, [query.admission_round_id])[query.admission_round_id]
    refuse(against_point(round_, point_id))
    in_time = (_p.from_intake <= round_.intake, or_(_p.until_intake.is_(None), _p.until_intake >= round_.intake))
    known = known_programmes(uow, *in_time, _p.level.in_(round_.levels))
    taught = [programme for programme in known if programme.fits(round_.intake, point_id)]
    left = narrowed(taught, query.model_dump(include={*ELEMENTS}, exclude_none=True))
    majors = {programme.elements.major_code: programme.major_name for programme in taught}
    return ProgrammeChoices(
        **{name: _choices(values, majors if name == "major_code" else {}) for name, values in left.values.items()},
        programme_id=left.fitting[0].id if len(left.fitting) == 1 else None,
    )


def _choices(values: Counter[str], names: dict[str, str]) -> tuple[ProgrammeChoice, ...]:
    return tuple(ProgrammeChoice(value=value, name=names.get(value), count=values[value]) for value in sorted(values))
