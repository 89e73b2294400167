"""Handlers of commands about a kind of request: asking, and the steps that people take with many at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from chassis.data.unit_of_work import UnitOfWork
from chassis.declaring.service import Handler, of_contract
from chassis.requests.handling import demand, field_of_many
from chassis.requests.kinds import Entered, Own, RequestKind, Rule, Things
from chassis.requests.showing import Shown
from chassis.work.reasons import Reason, refusals, refuse
from chassis.work.rows import counted, refuse_stale
from contracts.base import Operation, View
from contracts.common import RowResults
from contracts.requests import RequestResult, RequestResults


def entering(kind: RequestKind, contract: type[Operation], rule: Rule) -> Handler:
    """Asks about the things that the field says which is called as the kind's subject, with an s."""

    about = f"{kind.subject}s"
    demand(contract, about, "reason")
    if "attachments" in contract.model_fields and kind.attachments is None:
        raise TypeError(f"{contract.__name__} comes with files, and {kind.table.name} take none")

    def handler(command: Any, uow: UnitOfWork) -> RequestResults:
        ids = getattr(command, about)
        return request_results(uow, kind, ids, kind.enter(uow, ids, command, rule))

    return of_contract(contract, handler)


def ask_one(
    uow: UnitOfWork,
    shown: Shown,
    command: Any,
    rule: Rule,
    *,
    action: str = "request",
    own: Own = lambda _: {},
) -> View:
    """Ask about the one thing that a command names, which the caller saw at `version`; the request as it then is.

    Raises ServiceError `not_found`, `stale_version`, what the rule has against it, or that another one is open.
    """

    def seen(uow: UnitOfWork, things: Things, command: Any) -> Mapping[UUID, Reason | None]:
        for thing in things.values():
            refuse_stale(thing, command.version)
        return rule(uow, things, command)

    kind, id_ = shown.kind, getattr(command, shown.kind.subject)
    entered = kind.enter(uow, [id_], command, seen, action=action, own=own)
    refuse(entered.refused.get(id_))
    return shown.page(uow, entered.made[id_].id, type(command).answers)


def deciding(kind: RequestKind, contract: type[Operation], action: str) -> Handler:
    """Takes a step with many requests, with the `note` where the contract has one."""
    ids_field = field_of_many(contract)

    def handler(command: Any, uow: UnitOfWork) -> RowResults:
        ids = getattr(command, ids_field)
        return kind.decide(uow, ids, action, getattr(command, "note", None)).results(uow, ids)

    return of_contract(contract, handler)


def request_results(uow: UnitOfWork, kind: RequestKind, ids: Sequence[UUID], entered: Entered) -> RequestResults:
    """What came of asking about these things, one result each."""

    def result(id_: UUID) -> RequestResult:
        if (made := entered.made.get(id_)) is not None:
            return RequestResult(subject_id=id_, request_id=made.id, state=kind.state_of(made))
        return RequestResult(subject_id=id_, refusals=refusals([entered.refused[id_]], uow.context.language))

    items = tuple(map(result, ids))
    reasons = counted(refusal for item in items for refusal in item.refusals)
    return RequestResults(items=items, done=len(entered.made), reasons=reasons)
