"""From a request on the wire to an answer on the wire: deadline, validation, transaction, idempotency, errors."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from chassis.base.context import Context, from_wire
from chassis.base.rights import rights_of, still_allowed
from chassis.data.database import Database, body_hash, is_infrastructure_failure
from chassis.data.unit_of_work import DuplicateCommand, UnitOfWork
from chassis.declaring.entries import OperationEntry
from chassis.declaring.guards import Guard
from chassis.declaring.service import Service
from chassis.running import tasks
from chassis.running.logging import bound
from chassis.work import school_settings
from chassis.work.audit import list_audit_entries, list_erasures
from chassis.work.public import let_in
from chassis.work.to_do import get_to_do
from contracts.base import Operation, TryableCommand, View, method_name
from contracts.common import CancelTask, GetTask, ListAuditEntries, ListErasures, ListTasks, of_service
from contracts.errors import FieldError, ServiceError
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


def common_operations(service: str) -> dict[str, OperationEntry]:
    """The entries of the shared operations for one service."""
    return {
        method_name(contract): OperationEntry(of_service(service, contract), contract.answers, handler)
        for contract, handler in COMMON.items()
    }


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
        operation = parse(entry.operation, payload)
        if isinstance(entry.guard, Guard):
            return self._guarded(entry.guard, method, entry, operation, payload, context)
        return self._carried_out(method, entry, operation, payload, context)

    def _guarded(
        self,
        guard: Guard,
        method: str,
        entry: OperationEntry,
        operation: Operation,
        payload: dict[str, Any],
        context: Context,
    ) -> dict[str, Any]:
        """What anybody may ask: counted beforehand, since a refusal must not take the count back."""
        self.database.run(context.as_system(), lambda uow: let_in(uow, method, guard, operation))
        try:
            return self._carried_out(method, entry, operation, payload, context)
        except ServiceError as refusal:
            raise guard.told(refusal) from None

    def _carried_out(
        self,
        method: str,
        entry: OperationEntry,
        operation: Operation,
        payload: dict[str, Any],
        context: Context,
    ) -> dict[str, Any]:
        if not entry.is_command:
            return self.database.run(_running(entry, context), lambda uow: _answer(entry, operation, uow))
        if isinstance(operation, TryableCommand) and operation.dry_run:
            return self._tried(entry, operation, context)
        return self._command(method, entry, operation, payload, context)

    def _tried(self, entry: OperationEntry, operation: Operation, context: Context) -> dict[str, Any]:
        """What the command would answer: it is carried out to the end, and then everything is taken back."""

        def work(uow: UnitOfWork) -> dict[str, Any]:
            answer = _answer(entry, operation, uow)
            uow.finish()
            raise _TakenBack(answer)

        try:
            return self.database.run(_running(entry, context), work, idle=entry.idle)
        except _TakenBack as tried:
            return tried.answer

    def _command(
        self,
        method: str,
        entry: OperationEntry,
        operation: Operation,
        payload: dict[str, Any],
        context: Context,
    ) -> dict[str, Any]:
        hashed = body_hash(payload)

        def work(uow: UnitOfWork) -> dict[str, Any]:
            answer = _answer(entry, operation, uow)
            if not operation.secret:
                uow.answer(answer, method, hashed, rights_of(context))
            return answer

        # The key is looked up only after a refusal or a clash: the first time, which is nearly always, costs nothing.
        try:
            return self.database.run(_running(entry, context), work, idle=entry.idle)
        except (DuplicateCommand, ServiceError, IntegrityError) as clash:
            stored = self._stored_answer(method, hashed, context)
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


def _running(entry: OperationEntry, context: Context) -> Context:
    """The context that a handler runs in."""
    return context.as_system() if entry.as_system else context


def _answer(entry: OperationEntry, operation: Operation, uow: UnitOfWork) -> dict[str, Any]:
    return entry.handler(operation, uow).model_dump(mode="json")
