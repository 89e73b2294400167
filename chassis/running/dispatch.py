"""From a request on the wire to an answer on the wire: deadline, validation, transaction, idempotency, errors."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from chassis.base.context import Context, from_wire
from chassis.base.rights import rights_of, still_allowed
from chassis.data.database import Database, body_hash, is_infrastructure_failure
from chassis.data.transactions import Transactions
from chassis.data.unit_of_work import DuplicateCommand, UnitOfWork
from chassis.declaring.entries import OperationEntry
from chassis.declaring.guards import Guard
from chassis.declaring.service import Service
from chassis.running import parked_messages, tasks
from chassis.running.logging import bound
from chassis.work import school_settings
from chassis.work.audit import list_audit_entries, list_erasures
from chassis.work.public import let_in
from chassis.work.to_do import get_to_do
from contracts.base import Operation, TryableCommand, View, method_name
from contracts.common import CancelTask, GetTask, ListAuditEntries, ListErasures, ListTasks, of_service
from contracts.errors import FieldError, ServiceError
from contracts.parked import DropMessages, ListParkedMessages, ListReturnedMessages, ReplayMessages
from contracts.settings import ChangeSetting, ListSettingChanges, ListSettings, RevokeSettingChange
from contracts.to_do import GetToDo

logger = logging.getLogger(__name__)

COMMON: Mapping[type[Operation], Callable[[Any, UnitOfWork], View]] = {
    ListAuditEntries: list_audit_entries,
    ListErasures: list_erasures,
    GetTask: tasks.get_task,
    ListTasks: tasks.list_tasks,
    CancelTask: tasks.cancel_task,
    ListSettings: school_settings.list_settings,
    ListSettingChanges: school_settings.list_setting_changes,
    ChangeSetting: school_settings.change_setting,
    RevokeSettingChange: school_settings.revoke_setting_change,
    GetToDo: get_to_do,
}
"""What every service answers: its audit trail, its tasks, the school's settings that it uses, what waits for people."""

ABOUT_MESSAGES: Mapping[type[Operation], Callable[[Any, UnitOfWork], View]] = {
    ListParkedMessages: parked_messages.list_parked_messages,
    ListReturnedMessages: parked_messages.list_returned_messages,
    ReplayMessages: parked_messages.replay_messages,
    DropMessages: parked_messages.drop_messages,
}
"""The same about messages, as the system: they are nobody's rows, and nobody's scope shows them."""


def common_operations(service: str) -> dict[str, OperationEntry]:
    """The entries of the shared operations for one service."""
    return {
        method_name(contract): OperationEntry(
            of_service(service, contract), contract.answers, handler, as_system=contract in ABOUT_MESSAGES
        )
        for contract, handler in {**COMMON, **ABOUT_MESSAGES}.items()
    }


@dataclass(frozen=True, slots=True)
class _Call:
    """A request that was understood."""

    method: str
    entry: OperationEntry
    operation: Operation
    payload: dict[str, Any]
    context: Context

    @property
    def running(self) -> Context:
        """The context that its handler runs in."""
        return self.context.as_system() if self.entry.as_system else self.context

    def answer(self, work_with: UnitOfWork | Transactions) -> dict[str, Any]:
        """What its handler answers, as JSON."""
        return self.entry.handler(self.operation, work_with).model_dump(mode="json")


class _TakenBack(Exception):
    """Ends the transaction of a command that was only tried."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer


class Dispatcher:
    """Carries out the operations of one service against its database."""

    def __init__(self, service: type[Service], database: Database) -> None:
        self.service = service
        self.database = database
        self.operations = {**common_operations(service.name), **service.operations}

    def reply(self, method: str, payload: dict[str, Any], wire_context: dict[str, Any]) -> dict[str, Any]:
        """Answer a request: `{"answer": …}` or `{"error": …}`. Never raises: what goes wrong becomes an error."""
        try:
            context = from_wire(wire_context)
        except (KeyError, TypeError, ValueError):
            return {"error": ServiceError("malformed_json").to_wire()}
        with bound(correlation_id=context.correlation_id, method=method):
            try:
                return {"answer": self.carry_out(method, payload, context)}
            except ServiceError as error:
                return {"error": error.to_wire()}
            except Exception as error:
                return {"error": self._unforeseen(error).to_wire()}

    def _unforeseen(self, error: Exception) -> ServiceError:
        """What the caller is told of a failure that is nobody's refusal."""
        if is_infrastructure_failure(error):
            logger.error("database_out_of_reach", extra={"error": type(error).__name__})
            return ServiceError("service_unavailable", service=self.service.name)
        logger.error("operation_failed", exc_info=error)
        return ServiceError("internal_error")

    def carry_out(self, method: str, payload: dict[str, Any], context: Context) -> dict[str, Any]:
        """Run one operation and return its answer as JSON. Raises ServiceError: every refusal there is."""
        entry = self.operations.get(method)
        if entry is None:
            raise ServiceError("route_not_found")
        left = context.seconds_left()
        if left is not None and left <= 0:
            raise ServiceError("deadline_exceeded")
        call = _Call(method, entry, parse(entry.operation, payload), payload, context)
        return self._guarded(call, entry.guard) if isinstance(entry.guard, Guard) else self._carried_out(call)

    def _guarded(self, call: _Call, guard: Guard) -> dict[str, Any]:
        """What anybody may ask: counted beforehand, since a refusal must not take the count back."""
        self.database.run(call.context.as_system(), lambda uow: let_in(uow, call.method, guard, call.operation))
        try:
            return self._carried_out(call)
        except ServiceError as refusal:
            raise guard.told(refusal) from None

    def _carried_out(self, call: _Call) -> dict[str, Any]:
        if not call.entry.is_command:
            return self.database.run(call.running, call.answer)
        if isinstance(call.operation, TryableCommand) and call.operation.dry_run:
            return self._tried(call)
        if call.entry.outside:
            return call.answer(Transactions(self.database, call.running))
        return self._command(call)

    def _tried(self, call: _Call) -> dict[str, Any]:
        """What the command would answer: it is carried out to the end, and then everything is taken back."""

        def work(uow: UnitOfWork) -> dict[str, Any]:
            answer = call.answer(uow)
            uow.finish()
            raise _TakenBack(answer)

        try:
            return self.database.run(call.running, work, idle=call.entry.idle)
        except _TakenBack as tried:
            return tried.answer

    def _command(self, call: _Call) -> dict[str, Any]:
        hashed = body_hash(call.payload)

        def work(uow: UnitOfWork) -> dict[str, Any]:
            answer = call.answer(uow)
            if not call.operation.secret:
                uow.answer(answer, call.method, hashed, rights_of(call.context))
            return answer

        # The key is looked up only after a refusal or a clash: the first time, which is nearly always, costs nothing.
        try:
            return self.database.run(call.running, work, idle=call.entry.idle)
        except (DuplicateCommand, ServiceError, IntegrityError) as clash:
            stored = self._stored_answer(call.method, hashed, call.context)
            if stored is not None:
                return stored
            if isinstance(clash, DuplicateCommand):
                raise ServiceError("answer_not_repeated") from None
            raise

    def _stored_answer(self, method: str, hashed: bytes, context: Context) -> dict[str, Any] | None:
        """The answer that was given under this key, if what allowed it still holds: it may show what its asker must not
        see any more. Raises `idempotency_key_reused`."""
        if context.idempotency_key is None or context.actor.user_id is None:
            return None
        keys = self.service.metadata.tables["idempotency_keys"]
        wanted = select(keys.c.body_hash, keys.c.answer, keys.c.rights).where(
            keys.c.actor_id == context.actor.user_id,
            keys.c.command == method,
            keys.c.key == context.idempotency_key,
        )
        stored = self.database.run(context.as_system(), lambda uow: uow.first(wanted))
        if stored is None or not still_allowed(context, stored.rights):
            return None
        if bytes(stored.body_hash) != hashed:
            raise ServiceError("idempotency_key_reused")
        answer: dict[str, Any] = stored.answer
        return answer


def parse(operation: type[Operation], payload: Any) -> Operation:
    """Check a request against its contract. Raises `validation_failed` with the path and code of every fault, and
    without the input: it may hold personal data."""
    try:
        return operation.model_validate(payload)
    except ValidationError as error:
        faults = [
            FieldError(path=".".join(str(part) for part in fault["loc"]), code=fault["type"])
            for fault in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise ServiceError("validation_failed", errors=faults) from None
