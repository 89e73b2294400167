"""What a service answers about a kind of request: one line of its table.

    class Library(Service):
        leave_requests = reviewed(Shown(LEAVES), against_leave)

Contracts say that they are about the kind by its workflow's name, and what is done with each follows from what it is:

    class GrantLeaves(Decision, request="leave"): ...

One that answers `RowResults` takes the step that its name begins with (`GrantLeaves`: `grant`), one that answers
`RequestResults` asks. A page lists, `StateCounts` count, other questions show one request or, where they answer a file,
one of its files; any other command adds files. What is to be done otherwise is a command or query of the service's own,
which says no `request`.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from chassis.declaring.entries import Group, Lines
from chassis.declaring.service import Handler, entry
from chassis.requests.asking import deciding, entering
from chassis.requests.kinds import RequestKind, Rule
from chassis.requests.showing import Shown, attaching, attachment_of, counting, listing, page
from chassis.work.to_do import Waiting
from contracts.base import OPERATIONS, Operation, PageQuery, Query, method_name
from contracts.common import RowResults
from contracts.requests import RequestResults, StateCounts
from contracts.types import FileReference


def reviewed(shown: Shown, rule: Rule | None = None) -> Any:
    """Declare a kind of request with all that is asked about it, the conflict of a second open one, what waits, and the
    switches of its steps that are the service's own. `rule` is what speaks against asking, where the kit does that."""
    kind = shown.kind

    def lines(service: str) -> Lines:
        about = _contracts(service, kind.flow.name)
        return Lines(
            operations=tuple(entry(_handler(shown, rule, contract)) for contract in about),
            conflicts={f"uq_{kind.table.name}_open": kind.open_code},
            to_do=tuple(Waiting(kind.flow, kind.table, each) for each in about if _shows_what_waits(kind, each)),
            settings=tuple(switch for switch in kind.flow.switches if not switch.shared),
        )

    return Group(lines)


def _contracts(service: str, request: str) -> list[type[Operation]]:
    """A service's contracts about a kind of request, whoever has imported them so far."""
    package = f"contracts.{service}"
    if find_spec(package) is not None:
        for module in pkgutil.iter_modules(import_module(package).__path__, f"{package}."):
            import_module(module.name)
    return [each for (owner, _), each in OPERATIONS.items() if (owner, each.request) == (service, request)]


def _handler(shown: Shown, rule: Rule | None, contract: type[Operation]) -> Handler:
    kind = shown.kind
    if contract.answers is RowResults:
        return deciding(kind, contract, _action(kind, contract))
    if contract.answers is RequestResults:
        if rule is None:
            raise TypeError(f"{contract.__name__} asks, and nothing says what would speak against it")
        return entering(kind, contract, rule)
    if issubclass(contract, PageQuery):
        return listing(shown, contract)
    if contract.answers is StateCounts:
        return counting(shown, contract)
    if contract.answers is FileReference:
        return attachment_of(shown, contract)
    return page(shown, contract) if issubclass(contract, Query) else attaching(shown, contract)


def _action(kind: RequestKind, contract: type[Operation]) -> str:
    """The action that a decision's name begins with. Raises TypeError where the workflow has none of these."""
    name = method_name(contract)
    found = [action for action in kind.flow.actions if name.startswith(f"{action}_")]
    if not found:
        raise TypeError(f"{contract.__name__} begins with no action of the workflow {kind.flow.name}")
    return max(found, key=len)


def _shows_what_waits(kind: RequestKind, contract: type[Operation]) -> bool:
    waited_for = any(step.awaited for step in kind.flow.steps)
    return waited_for and issubclass(contract, PageQuery) and kind.flow.column in contract.model_fields
