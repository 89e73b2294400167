"""Quick signups: sent by visitors, discarded by points (ENR-2, ENR-6). A point completes one by entering a form."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from chassis.base.ids import new_id
from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.guards import Allowance, Beyond, Guard, Thing
from chassis.work.steps import remember, take
from contracts.base import Done
from contracts.common import RowResults
from contracts.enrollment.signups import DiscardSignups, SignUp
from contracts.errors import ServiceError
from services.enrollment.domain.settings import SIGNUP_WORK
from services.enrollment.domain.workflows import SIGNUP
from services.enrollment.steps.recruiting import recruiting
from services.enrollment.tables import signups, teaching_points

_DAY: Final = timedelta(days=1)


def changes_nothing(command: SignUp, uow: UnitOfWork) -> bool:
    """Whether the point takes no signup, or has this one and has not called."""
    if not recruiting(uow, teaching_points.c.id == command.teaching_point_id):
        return True
    same = command.model_dump(exclude={"work", "wished_major"})
    return uow.first(select(signups.c.id).filter_by(state=SIGNUP.initial, **same)) is not None


SIGNING_UP: Final = Guard(
    address=Allowance(60, timedelta(hours=1), Beyond.WORK),
    things=(
        Thing(lambda signup: signup.mobile, Allowance(5, _DAY, Beyond.WORK)),
        Thing(lambda signup: str(signup.teaching_point_id), Allowance(100, _DAY, Beyond.WORK)),
    ),
    changes_nothing=changes_nothing,
    work=SIGNUP_WORK,
)
"""Behind one address there may be a whole fair, behind one telephone a family. A point that 200 have reached in a day
is harder to reach. Nobody ever waits: others could use that up, and it would tell that they did."""


def sign_up(command: SignUp, uow: UnitOfWork) -> Done:
    """Tell a point. Whether there is such a signup already is told to nobody. Raises `point_not_recruiting`."""
    if not recruiting(uow, teaching_points.c.id == command.teaching_point_id):
        raise ServiceError("point_not_recruiting")
    told = command.model_dump(exclude={"work"})
    row = {"id": new_id(), "state": SIGNUP.initial, "signed_up_at": uow.now, **told}
    once = insert(signups).values(row).on_conflict_do_nothing()
    remember(uow, SIGNUP, signups, uow.rows(once.returning(signups)), "sign_up", audited=("teaching_point_id",))
    return Done()


def discard_signups(command: DiscardSignups, uow: UnitOfWork) -> RowResults:
    """`signed_up` → `discarded`. The reason stands in the row alone, and goes with it."""
    ended = {"reason": command.reason, "ended_at": uow.now}
    taken = take(uow, SIGNUP, signups, command.signup_ids, "discard", values=ended)
    return taken.results(uow, command.signup_ids)
