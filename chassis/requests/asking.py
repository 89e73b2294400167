"""Commands of a kind of request, for the table of a service: asking, and the steps that people take with many at once.

class Library(Service):
    ask_for_leaves = command(entering(LEAVES, AskForLeaves, against_leave))
    grant_leaves = command(deciding(LEAVES, GrantLeaves, "grant"))
    revoke_leaves = command(deciding(LEAVES, RevokeLeaves, "revoke"))
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from chassis.data.unit_of_work import UnitOfWork
from chassis.requests.handling import Handler, field_of_many, of_contract
from chassis.requests.kinds import Entered, RequestKind, Rule
from chassis.work.reasons import refusals
from chassis.work.rows import counted
from contracts.base import Operation
from contracts.common import RowResults
from contracts.requests import RequestResult, RequestResults


def entering(kind: RequestKind, contract: type[Operation], rule: Rule) -> Handler:
    """Asks about the things that the field says which is called as the kind's subject, with an s."""

    def handler(command: Any, uow: UnitOfWork) -> RequestResults:
        ids = getattr(command, f"{kind.subject}s")
        return _results(uow, kind, ids, kind.enter(uow, ids, command, rule))

    return of_contract(contract, handler)


def deciding(kind: RequestKind, contract: type[Operation], action: str) -> Handler:
    """Takes a step with many requests, with the `note` where the contract has one."""
    ids_field = field_of_many(contract)

    def handler(command: Any, uow: UnitOfWork) -> RowResults:
        ids = getattr(command, ids_field)
        return kind.decide(uow, ids, action, getattr(command, "note", None)).results(uow, ids)

    return of_contract(contract, handler)


def _results(uow: UnitOfWork, kind: RequestKind, ids: Sequence[UUID], entered: Entered) -> RequestResults:
    def result(id_: UUID) -> RequestResult:
        if (made := entered.made.get(id_)) is not None:
            return RequestResult(subject_id=id_, request_id=made.id, state=kind.state_of(made))
        return RequestResult(subject_id=id_, refusals=refusals([entered.refused[id_]], uow.context.language))

    items = tuple(map(result, ids))
    reasons = counted(refusal for item in items for refusal in item.refusals)
    return RequestResults(items=items, done=len(entered.made), reasons=reasons)
