"""A message that nobody can read, on the running system: the administrator sees why, tries it again, gives it up."""

from secrets import token_hex
from typing import Any

import pytest

from contracts.base import exchange, routing_key
from contracts.common import ListAuditEntries
from contracts.finance.events import BillsPaid
from contracts.parked import DropMessages, ListParkedMessages, ListReturnedMessages, ReplayMessages
from gateway.route import Route
from gateway.routes import ROUTES
from launcher.story.people import administrator
from launcher.system import System
from tests.end_to_end.asking import ask, code_of
from tests.end_to_end.scenery import Scene
from tests.end_to_end.test_forgery import publish
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("system"), pytest.mark.timeout(120)]

HEARING = ("courses", "exams")
SECRET = "110105199001011234"


def of(service: str, operation: type) -> Route:
    return next(route for route in ROUTES if route.service == service and issubclass(route.operation, operation))


def test_the_administrator_sees_why_tries_it_again_and_gives_it_up(system: System, scene: Scene) -> None:
    chief, registrar = administrator(system), scene.school.staff.registrar

    def answer(operation: type, service: str = "courses", fields: Any = None, **headers: str) -> Any:
        asked = ask(system.gateway_url, chief, of(service, operation), fields or {}, headers=headers)
        assert asked.ok, asked.text
        assert SECRET not in asked.text
        return asked.json()

    def unread(service: str) -> list[Any]:
        rows = answer(ListParkedMessages, service, {"state": "dead"})["items"]
        return [row for row in rows if row["refusal"]["code"] == "undecodable_message"]

    before = {row["id"] for service in HEARING for row in unread(service)}
    way = exchange("finance"), routing_key(BillsPaid)
    publish(system, "finance", way, f"no envelope {SECRET} {token_hex(8)}".encode())
    rows = {name: eventually(lambda name=name: unread(name), f"{name} keeps it")[0] for name in HEARING}
    assert not before & {row["id"] for row in rows.values()}
    row = rows["courses"]
    assert (row["sender"], row["routing_key"], row["replayable"]) == ("finance", routing_key(BillsPaid), True)

    fields, key = {"message_ids": [row["id"]]}, {"Idempotency-Key": token_hex(16)}
    for operation in (ListParkedMessages, ListReturnedMessages, ReplayMessages, DropMessages):
        given = fields if operation in (ReplayMessages, DropMessages) else {}
        assert code_of(ask(system.gateway_url, registrar, of("courses", operation), given)) == "forbidden"

    again = answer(ReplayMessages, fields=fields, **key)
    assert [each["state"] for each in again["items"]] == ["waiting"]
    assert answer(ReplayMessages, fields=fields, **key) == again
    eventually(lambda: unread("courses"), "as unreadable as before")
    for name in HEARING:
        dropped = answer(DropMessages, name, {"message_ids": [rows[name]["id"]]})
        assert (dropped["done"], dropped["items"][0]["state"]) == (1, "handled")
        assert unread(name) == []
    trail = answer(ListAuditEntries, fields={"object_id": row["id"]})["items"]
    assert chief.client.tokens is not None
    me = str(chief.client.tokens.account.user_id)
    assert [(entry["action"], entry["actor_id"]) for entry in trail] == [("drop", me), ("replay", me)]
    assert answer(ListReturnedMessages)["total"] == 0
