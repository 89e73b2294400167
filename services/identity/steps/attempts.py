"""Guesses at passwords and codes, counted so that they hold up whoever makes them and nobody else.

What a count is for is kept as a code: a name that nobody has may be a password typed into the wrong field.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, delete, exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from chassis.base.addresses import network_of
from chassis.base.failures import RefusedButKept
from chassis.data.bulk import ids_in
from chassis.data.unit_of_work import UnitOfWork
from chassis.work import proof_of_work
from contracts.errors import ServiceError
from services.identity.domain.guessing import FREE_FOR_STRANGERS, LIMITS, MOST_COUNTED, NOTED_AGAIN_AFTER, Source
from services.identity.steps.keys import signing_key
from services.identity.tables.sign_in import credentials, password_failures, sessions
from services.identity.tables.users import users

_PLACE_KNOWN_FOR: Final = timedelta(days=90)
"""How long a place (an address, of IPv6 its /64) counts as one that the account is used from."""
_NOBODY: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try at the password of an account, or of a name that nobody has (`user_id` is empty)."""

    name: str
    user_id: UUID | None
    source: Source
    count: bytes
    wider: Mapping[Source, bytes] = field(default_factory=dict)
    """The counts that this attempt shares with others."""
    forgiven_at: datetime | None = None
    """Failures before do not count: the help desk has let the account in again."""
    is_counted: bool = True
    """A one-time password is not: nobody guesses 59 random bits, and what the help desk issued has to open at once,
    whoever else is guessing and from where."""
    is_at_home: bool = False
    """The account is used from this place: what others do there is counted, and does not shut it out."""
    action: str = "sign_in_failed"
    """What the trail calls its failure."""

    def counting(self, failed_at: Sequence[datetime]) -> Sequence[datetime]:
        """Those of these failures that have not been forgiven."""
        return [at for at in failed_at if self.forgiven_at is None or at > self.forgiven_at]


def attempt_to_enter(uow: UnitOfWork, name: str, user: Row[Any] | None, device_id: UUID | None) -> Attempt:
    """A sign-in, before it is known whether the password is right; `user` is a row of `SIGNING_IN`."""
    user_id, forgiven_at = (user.id, user.forgiven_at) if user is not None else (None, None)
    if device_id is not None:
        count = _code(name, Source.DEVICE, device_id.bytes)
        return Attempt(name, user_id, Source.DEVICE, count, {Source.DEVICES: _code(name, Source.DEVICES)}, forgiven_at)
    place = network_of(uow.context.client).encode()
    count = _code(name, Source.ADDRESS, place)
    if user is not None and user.one_time_until is not None and user.one_time_until > uow.now:
        return Attempt(name, user_id, Source.ADDRESS, count, is_counted=False)
    wider = {Source.PLACE: _code("", Source.PLACE, place)}
    is_at_home = _is_at_home(uow, user)
    if not is_at_home:
        wider[Source.STRANGERS] = _code(name, Source.STRANGERS)
    return Attempt(name, user_id, Source.ADDRESS, count, wider, forgiven_at, is_at_home=is_at_home)


def attempt_to_change(uow: UnitOfWork, user: Row[Any]) -> Attempt:
    """A question for the current password, by somebody who is signed in: nobody else is touched by its failures, and
    nobody forgives them."""
    session_id = uow.context.actor.session_id
    count = _code(user.username, Source.SESSION, session_id.bytes if session_id else b"")
    return Attempt(user.username, user.id, Source.SESSION, count, action="password_change_failed")


def attempt_to_enter_code(uow: UnitOfWork, user: Row[Any], device_id: UUID | None, *, is_counted: bool) -> Attempt:
    """A code of the second factor, in a session that was opened on this known device, or on none. Counted apart from
    passwords, in the same way: whoever knows the password and guesses codes holds up nobody on a known device or where
    the account is used. A recovery code is not counted, as nobody guesses it, and opens at once."""
    told = {"user_id": user.id, "forgiven_at": user.forgiven_at, "is_counted": is_counted}
    if device_id is not None:
        count = _code(user.username, "code", Source.DEVICE.encode(), device_id.bytes)
        wider = {Source.DEVICES: _code(user.username, "code", Source.DEVICES.encode())}
        return Attempt(user.username, source=Source.DEVICE, count=count, wider=wider, action="code_failed", **told)
    count = _code(user.username, "code", Source.ADDRESS.encode(), network_of(uow.context.client).encode())
    strangers = {} if _is_at_home(uow, user) else {Source.CODES: _code(user.username, "code", Source.CODES.encode())}
    return Attempt(user.username, source=Source.ADDRESS, count=count, wider=strangers, action="code_failed", **told)


def take_turn(uow: UnitOfWork, attempt: Attempt, work: str | None = None) -> None:
    """Hold the attempt's count: guesses of one source at one account come one after the other.

    Raises `account_waits` with the seconds to wait, and `work_required` where nothing but what others guessed elsewhere
    is in the way: strangers could make the owner wait for ever. The first of a source is noted in the trail.
    """
    if not attempt.is_counted:
        return
    counts = {attempt.source: attempt.count, **attempt.wider}
    failed_at = {source: attempt.counting(_failed_at(uow, attempt, source)) for source in counts}
    waits = {source: LIMITS[source].seconds_to_wait(failed_at[source], uow.now) for source in counts}
    if attempt.is_at_home:
        waits |= dict.fromkeys(attempt.wider, 0)
    longest = max(waits, key=waits.__getitem__)
    if waits[longest]:
        raise _held_up(uow, attempt, ServiceError("account_waits", retry_after=waits[longest]), counts[longest])
    if Source.STRANGERS in counts:
        _take_work(uow, attempt, work, LIMITS[Source.STRANGERS].recent(failed_at[Source.STRANGERS], uow.now))


def _take_work(uow: UnitOfWork, attempt: Attempt, work: str | None, guessed: Sequence[datetime]) -> None:
    if len(guessed) < FREE_FOR_STRANGERS:
        return
    about = attempt.wider[Source.STRANGERS]
    level = proof_of_work.level_of(len(guessed), FREE_FOR_STRANGERS)
    secret = proof_of_work.secret_of(uow)
    if not proof_of_work.spend(uow, secret, work, about, level):
        raise _held_up(uow, attempt, proof_of_work.required(uow, secret, about, level), about)


def _held_up(uow: UnitOfWork, attempt: Attempt, refusal: ServiceError, count: bytes) -> Exception:
    """The refusal of who is held up by this count, which is noted once however many are."""
    return RefusedButKept(refusal) if _note(uow, attempt, refusal, count) else refusal


def _failed_at(uow: UnitOfWork, attempt: Attempt, source: Source) -> Sequence[datetime]:
    """When the attempts failed that are counted with this one. Its own count is held, the wider ones are read without
    a lock: whoever else is counted there must not make this one wait for their turn."""
    failures = password_failures
    if source in attempt.wider:
        return uow.scalar(select(failures.c.failed_at).where(failures.c.count == attempt.wider[source])) or ()
    turn = insert(failures).values(count=attempt.count, failed_at=[], last_at=uow.now)
    taken = turn.on_conflict_do_update(index_elements=["count"], set_={"count": attempt.count})
    held: Sequence[datetime] = uow.one(taken.returning(failures.c.failed_at)).failed_at
    return held


def failed(uow: UnitOfWork, attempt: Attempt, refusal: ServiceError) -> RefusedButKept:
    """Count a failure, note it in the trail, and refuse: all must outlive the refusal."""
    if attempt.is_counted:
        for source, count in {**attempt.wider, attempt.source: attempt.count}.items():
            _count(uow, source, count)
    return refused(uow, attempt, refusal)


def refused(uow: UnitOfWork, attempt: Attempt, refusal: ServiceError) -> RefusedButKept:
    """Note in the trail who was not let in although no guess was wrong, and refuse."""
    _note(uow, attempt, refusal, attempt.count)
    return RefusedButKept(refusal)


def succeeded(uow: UnitOfWork, attempt: Attempt) -> None:
    """Forget the failures of this source: it knows the password."""
    uow.execute(delete(password_failures).where(password_failures.c.count == attempt.count))


def forgive(uow: UnitOfWork, user_ids: Collection[UUID]) -> None:
    """Let these accounts in again: no failure so far counts any more, whoever's it was.

    Counts are left as they are, for whoever guesses at this moment holds them. Runs as the system: credentials are out
    of everybody's sight.
    """
    with uow.as_system():
        uow.execute(update(credentials).where(ids_in(credentials.c.user_id, user_ids)).values(forgiven_at=uow.now))


def _note(uow: UnitOfWork, attempt: Attempt, refusal: ServiceError, count: bytes) -> bool:
    """Put a refusal in the trail unless this count's was noted a short while ago; whether it was put there.

    The trail's other columns say when and from which address. A name that nobody has is told apart by its code alone.
    """
    noted, failures = _code("", "noted", count, refusal.code.encode()), password_failures
    note = insert(failures).values(count=noted, failed_at=[], last_at=uow.now)
    again = note.on_conflict_do_update(
        index_elements=["count"],
        set_={"last_at": uow.now},
        where=failures.c.last_at <= uow.now - NOTED_AGAIN_AFTER,
    )
    if uow.first(again.returning(failures.c.count)) is None:
        return False
    whose = attempt.user_id or UUID(bytes=_code(attempt.name, "nobody")[:16])
    said = {"source": attempt.source, "known": attempt.user_id is not None, "code": refusal.code}
    uow.audit(users, whose, attempt.action, after=said)
    return True


def _is_at_home(uow: UnitOfWork, user: Row[Any] | None) -> bool:
    """Whether the account is used from this place. Asked for nobody, too: how long an answer takes does not tell which
    names there are."""
    whose = user.id if user is not None else _NOBODY
    here = (sessions.c.user_id == whose) & (sessions.c.place == network_of(uow.context.client))
    # Who knows the password alone is no more at home for it.
    came_in = ~sessions.c.second_factor_due | sessions.c.second_factor_at.is_not(None)
    recent = sessions.c.started_at > uow.now - _PLACE_KNOWN_FOR
    return bool(uow.scalar(select(exists().where(here, recent, came_in))))


def _count(uow: UnitOfWork, source: Source, count: bytes) -> None:
    failures = password_failures
    new = insert(failures).values(count=count, failed_at=[uow.now], last_at=uow.now)
    # What its limit looks at no more goes with the next failure, so that a row stays small.
    looked_at = (
        select(text("moment"))
        .select_from(func.unnest(func.array_append(failures.c.failed_at, uow.now)).alias("moment"))
        .where(text("moment > :oldest").bindparams(oldest=uow.now - LIMITS[source].within))
        .order_by(text("moment DESC"))
        .limit(MOST_COUNTED)
        .subquery()
    )
    recent = select(func.array_agg(text("moment"))).select_from(looked_at).scalar_subquery()
    counted = {"failed_at": recent, "last_at": uow.now}
    uow.execute(new.on_conflict_do_update(index_elements=["count"], set_=counted))


def _code(name: str, what: str, *parts: bytes) -> bytes:
    return signing_key().code("password failures", name.encode(), what.encode(), *parts)
