"""Messages that did not get where they should: the administrator tries them again, and gives them up."""

from secrets import token_hex

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert

from contracts.base import exchange, routing_key
from contracts.common import of_service
from contracts.finance.events import BillsPaid
from contracts.parked import DropMessages, ListParkedMessages, ListReturnedMessages, ParkedMessageState
from launcher.story.people import Person
from launcher.story.stage import wait
from tests.browser.conftest import Desk
from tests.browser.doing import decide, row_of, settled
from tests.browser.premises import Premises
from tests.end_to_end.test_forgery import publish

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(180)]


def dead(administrator: Person, service: str) -> list[object]:
    """The ids of the messages that a service can't handle."""
    asked = of_service(service, ListParkedMessages)(state=ParkedMessageState.DEAD)
    return [message.id for message in administrator.client.pages(asked)]


def look(page: Page) -> None:
    page.goto("/system/messages/courses")
    expect(page.get_by_role("heading", level=1, name="消息故障")).to_be_visible()
    settled(page)


def test_what_nobody_can_read_is_tried_again_and_given_up(desk: Desk, premises: Premises) -> None:
    system, administrator = premises.scene.system, premises.scene.school.administrator
    publish(system, "finance", (exchange("finance"), routing_key(BillsPaid)), f"no envelope {token_hex(8)}".encode())
    for service in ("courses", "exams"):
        wait("it is parked", lambda service=service: dead(administrator, service), bool)
    page = desk("system administrator")
    look(page)
    expect(row_of(page, "无法识别")).to_contain_text("无法处理")
    page.get_by_role("checkbox", name="选择 无法识别").check()
    decide(page, "重新处理", note=None)
    wait("it is as unreadable as before", lambda: dead(administrator, "courses"), bool)
    look(page)
    page.get_by_role("checkbox", name="选择 无法识别").check()
    decide(page, "放弃", note=None, sure="放弃消息：教务")
    expect(row_of(page, "无法识别")).to_have_count(0)
    assert dead(administrator, "courses") == []
    ids = tuple(dead(administrator, "exams"))
    administrator.send(of_service("exams", DropMessages)(message_ids=ids))


def test_what_no_queue_takes_is_sent_at_once_and_given_up(desk: Desk, premises: Premises) -> None:
    administrator = premises.scene.school.administrator
    unsent = of_service("courses", ListReturnedMessages)()
    with premises.scene.system.databases() as databases, databases["courses"].unit_of_work() as uow:
        nowhere = {"exchange": exchange("courses"), "routing_key": "nobody_hears.v1", "message": "{}"}
        uow.execute(insert(uow.tables["outbox"]).values(**nowhere, returned_at=uow.now))
    page = desk("system administrator")
    look(page)
    expect(page.get_by_text("未能发出的消息 1 条，恢复后会自动发出")).to_be_visible()
    page.get_by_role("checkbox", name="选择 nobody_hears.v1").check()
    decide(page, "立即重发", note=None)
    wait("it comes back again", lambda: administrator.send(unsent).total, lambda number: number == 1)
    look(page)
    page.get_by_role("checkbox", name="选择 nobody_hears.v1").check()
    decide(page, "放弃发送", note=None, sure="放弃消息：教务")
    expect(row_of(page, "nobody_hears.v1")).to_have_count(0)
    assert administrator.send(unsent).total == 0
