"""A service's database and its unit of work: one transaction with its scope, events, audit and idempotent answer."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar, cast

import orjson
from sqlalchemy import Connection, Engine, QueuePool, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis.base import metrics
from chassis.base.clock import Clock, SystemClock
from chassis.base.context import Context, system_context
from chassis.base.failures import RefusedButKept
from chassis.data.audit_chain import MARKED
from chassis.data.row_scope import role_name
from chassis.data.unit_of_work import CANCELLED, UnitOfWork
from chassis.declaring.entries import IDLE
from chassis.declaring.service import Service
from contracts.errors import ServiceError

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

LOCK_TIMEOUT_MS = 3_000
"""How long a statement waits for another transaction's row before the caller is told that it is still running."""
STATEMENT_TIMEOUT_MS = 60_000
"""The limit for work without a deadline of its own: jobs, steps, reactions."""
ATTEMPTS = 3
"""How often work runs before a deadlock or a lost connection is the caller's to hear of."""

_LOCK_TIMEOUT, _NOT_ALLOWED = "55P03", "42501"
_DEADLOCK, _SERIALIZATION, _READ_ONLY, _WAS_IDLE = "40P01", "40001", "25006", "25P03"
_TRANSIENT = (_DEADLOCK, _SERIALIZATION, _READ_ONLY, _WAS_IDLE)
_OUT_OF_REACH = ("08", "53", "57P")
"""Classes of SQLSTATE: connection lost, no resources left, server shutting down or starting."""

_BEGIN = (
    "SELECT set_config('role', %s, true), set_config('app.scope', %s, true), set_config('app.actor', %s, true),"
    " set_config('statement_timeout', %s, true), set_config('lock_timeout', %s, true),"
    " set_config('idle_in_transaction_session_timeout', %s, true),"
    " set_config('app.correlation', %s, true), set_config('app.causation', %s, true),"
    f" set_config('{MARKED}', 'yes', true)"  # the unit of work marks its entries itself
)


class Database:
    """The engine of one service process. `wake_relay` is called after every commit that left events or state notes."""

    def __init__(
        self,
        url: str,
        service: type[Service],
        *,
        clock: Clock | None = None,
        pool_size: int = 8,
        wake_relay: Callable[[], None] = lambda: None,
    ) -> None:
        self.service = service
        self.name = make_url(url).database or service.name
        self.clock = clock or SystemClock()
        self.wake_relay = wake_relay
        # No pre-ping: a lost connection is noticed by its first statement, and the work is run again (see `run`).
        self.engine: Engine = _engine(url, pool_size)
        # Of its own: who has a connection and waits for a second one from the same pool can wait for itself.
        self._apart: Engine = _engine(url, 1, options="-c synchronous_commit=off")

    @property
    def pool(self) -> QueuePool:
        """The connections of this process."""
        return cast(QueuePool, self.engine.pool)

    @contextmanager
    def unit_of_work(self, context: Context | None = None, *, idle: timedelta = IDLE) -> Iterator[UnitOfWork]:
        """One transaction in the context's row scope: committed on a clean exit, rolled back on any exception.

        `RefusedButKept` commits too, and leaves as the refusal it carries. Between two statements it may rest for
        `idle`; then it is rolled back and its connection is lost.
        """
        context = context or system_context()
        kept: RefusedButKept | None = None
        with _counted(), self.engine.connect() as connection, connection.begin():
            connection.exec_driver_sql(_BEGIN, _settings(self.name, context, idle))
            uow = UnitOfWork(
                connection,
                context,
                service=self.service,
                database=self.name,
                now=self.clock.now(),
                apart=lambda: self._transaction_apart(context),
            )
            try:
                yield uow
            except RefusedButKept as refused:
                kept = refused
            uow.finish()
        if uow.left_events:
            self.wake_relay()
        if kept is not None:
            raise kept.refusal

    @contextmanager
    def _transaction_apart(self, context: Context) -> Iterator[Connection]:
        with self._apart.connect() as connection, connection.begin():
            connection.exec_driver_sql(_BEGIN, _settings(self.name, context.as_system(), IDLE))
            yield connection

    def run(self, context: Context, work: Callable[[UnitOfWork], Result], *, idle: timedelta = IDLE) -> Result:
        """Run `work` in a transaction, again after a deadlock or a lost connection: nothing was committed by then,
        or the idempotency key finds the answer that was. `idle` as in `unit_of_work`.

        Raises ServiceError: the work's own refusals, and the database's in the words of the catalogue.
        """
        attempt = 0
        while True:
            attempt += 1
            try:
                with self.unit_of_work(context, idle=idle) as uow:
                    return work(uow)
            except DBAPIError as error:
                refusal = self.refusal(error)
                if refusal is not None:
                    raise refusal from None
                if attempt == ATTEMPTS or not _worth_another_try(error):
                    raise
                metrics.transaction("repeated")
                logger.warning("transaction_repeated", extra={"attempt": attempt, "sqlstate": _sqlstate(error)})
                time.sleep(0.05 * attempt)

    def reachable(self) -> bool:
        """Whether the database answers at the moment."""
        try:
            return bool(self.run(system_context(), lambda uow: uow.connection.exec_driver_sql("SELECT true").scalar()))
        except Exception:
            return False

    def refusal(self, error: DBAPIError) -> ServiceError | None:
        """What a database error means to the caller, or None when it is an infrastructure failure or a bug."""
        sqlstate = _sqlstate(error)
        if isinstance(error, IntegrityError):
            constraint = error.orig.diag.constraint_name if error.orig is not None else None  # type: ignore[attr-defined]
            code = self.service.conflicts.get(constraint or "")
            return ServiceError(code) if code else None
        if sqlstate == _LOCK_TIMEOUT:
            return ServiceError("command_in_progress")
        if sqlstate == CANCELLED:
            return ServiceError("deadline_exceeded")
        if sqlstate == _NOT_ALLOWED:
            # A row outside the actor's scope; or a right that nobody has, which somebody should look at.
            logger.warning("database_refused")
            return ServiceError("not_found")
        return None

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()
        self._apart.dispose()


def _engine(url: str, pool_size: int, **connecting: str) -> Engine:
    return create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        hide_parameters=True,
        pool_use_lifo=True,
        # A server that swallows packets must not hold up whoever asks whether it is there.
        connect_args={"connect_timeout": 5, **connecting},
    )


@contextmanager
def _counted() -> Iterator[None]:
    try:
        yield
    except BaseException:
        metrics.transaction("rolled_back")
        raise
    metrics.transaction("committed")


def is_infrastructure_failure(error: BaseException) -> bool:
    """Whether the database was out of reach or gave up, so that the same work may succeed later as it is."""
    if isinstance(error, PoolTimeout):
        return True
    return isinstance(error, DBAPIError) and (_worth_another_try(error) or _sqlstate(error) == _LOCK_TIMEOUT)


def body_hash(payload: Mapping[str, Any]) -> bytes:
    """The SHA-256 of a command's body, the same for the same JSON in any order of its fields."""
    return hashlib.sha256(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)).digest()


def _settings(database: str, context: Context, idle: timedelta) -> tuple[str, ...]:
    left = context.seconds_left()
    if left is not None and left <= 0:
        raise ServiceError("deadline_exceeded")
    statement_timeout = STATEMENT_TIMEOUT_MS if left is None else max(1, int(left * 1000))
    return (
        role_name(database, context.scope.kind),
        "{" + ",".join(str(i) for i in context.scope.ids) + "}",
        str(context.actor.user_id or "00000000-0000-0000-0000-000000000000"),
        str(statement_timeout),
        str(min(LOCK_TIMEOUT_MS, statement_timeout)),
        str(int(idle.total_seconds() * 1000)),
        str(context.correlation_id),
        str(context.causation_id or ""),
    )


def _sqlstate(error: DBAPIError) -> str | None:
    return getattr(error.orig, "pgcode", None)


def _worth_another_try(error: DBAPIError) -> bool:
    sqlstate = _sqlstate(error)
    if sqlstate is not None and (sqlstate in _TRANSIENT or sqlstate.startswith(_OUT_OF_REACH)):
        return True
    lost = error.connection_invalidated or sqlstate is None
    return lost and isinstance(error, OperationalError | InterfaceError)
