"""What waits for the user, of all services as one list, with the address of each filtered list; and live.

Nobody keeps it: the owners count. While somebody watches whose permissions have anything that can wait, the owners are
asked every few seconds (docs/decisions/0042-notices-are-kept-to-dos-are-counted.md).
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from pydantic import Field

from contracts.base import Operation, Query, View, method_name
from contracts.stored import Word
from contracts.to_do import AwaitedRows, GetToDo
from gateway.door import Access
from gateway.owners import Owners
from gateway.responder import OwnHandler
from gateway.rounds import Rounds
from gateway.route import Route
from gateway.streams import Hint, Hub

EVERY = 5.0  # seconds
_MOST = 500  # users looked after at a time
_SHOWN = ("service", "workflow", "state", "count")


class WaitingRows(AwaitedRows):
    """Rows of one workflow in one state that wait for the user."""

    href: Word = Field(description="Where they are listed, in this state alone.")


class WaitingForMe(View):
    """What waits for the user in all services, also where that is nothing at the moment."""

    items: tuple[WaitingRows, ...]
    total: int = Field(description="Of the services that answered.")
    unanswered: tuple[Word, ...] = Field(description="Services that did not answer: their rows are missing here.")


class ListToDo(Query, answers=WaitingForMe, service="gateway"):
    """The to-do list: counts of what waits for the user, by workflow and state, with where it is listed."""


@dataclass(slots=True)
class _Watched:
    access: Access
    services: tuple[str, ...]
    shown: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


class ToDoList:
    """Asks the owners."""

    def __init__(self, owners: Owners, routes: Sequence[Route], hub: Hub) -> None:
        self._owners = owners
        self._hub = hub
        self._lists = {(route.service, method_name(route.operation)): route.template for route in routes}
        self._rounds = Rounds("to_do", self._look, EVERY, _MOST)

    def handler(self, operation: type[Operation]) -> OwnHandler | None:
        """How the list is answered; None for every other operation."""
        return self._list if operation is ListToDo else None

    async def missed(self, access: Access, last_id: str | None) -> AsyncIterator[Hint]:
        """What a stream begins with: the counts of what can wait for the user, which are looked after from now on."""
        answers, unanswered = await self._owners.ask_all(GetToDo, {}, access.reaching)
        shown = {service: _counts(answer) for service, answer in answers.items() if answer["items"]}
        if access.principal is not None and (shown or unanswered):
            self._rounds.take_on(access.principal.user_id, _Watched(access, (*shown, *unanswered), shown))
        if shown:
            yield _hint(shown)

    async def _list(self, payload: dict[str, Any], access: Access) -> dict[str, Any]:
        answers, unanswered = await self._owners.ask_all(GetToDo, {}, access.reaching)
        items = [self._listed(item) for answer in answers.values() for item in answer["items"]]
        return {"items": items, "total": sum(item["count"] for item in items), "unanswered": unanswered}

    def _listed(self, item: dict[str, Any]) -> dict[str, Any]:
        shown = {name: item[name] for name in AwaitedRows.model_fields}
        template = self._lists[item["service"], item["listed_by"]]
        return {**shown, "href": f"{template}?{urlencode(item['filters'])}"}

    async def _look(self, user_id: UUID, watched: _Watched) -> bool:
        """Whether to look again: not once it is known that nothing can wait."""
        if not self._hub.is_watching(user_id):
            return False
        answers, unanswered = await self._owners.ask_all(GetToDo, {}, watched.access.reaching, watched.services)
        now = {service: _counts(answer) for service, answer in answers.items() if answer["items"]}
        now |= {service: watched.shown[service] for service in unanswered if service in watched.shown}
        if now != watched.shown:
            watched.shown = now
            self._hub.publish(user_id, _hint(now))
        watched.services = tuple(service for service in watched.services if service in now or service in unanswered)
        return bool(watched.services)


def _counts(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a hint says of a service's answer."""
    return [{name: item[name] for name in _SHOWN} for item in answer["items"]]


def _hint(shown: Mapping[str, list[dict[str, Any]]]) -> Hint:
    items = [item for service in sorted(shown) for item in shown[service]]
    total = sum(item["count"] for item in items)
    return Hint("to_do", {"items": items, "total": total})
