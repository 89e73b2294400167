"""What the school is called is set at one place, and holds everywhere from the same instant on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from chassis.data.tables import service_metadata
from chassis.declaring.service import Service, copy
from chassis.documents.drawing import School
from chassis.documents.issued import school_of
from chassis.testing.harness import ServiceHarness, acting
from chassis.testing.world import World
from chassis.work.school_settings import setting, shared_settings_table
from contracts.common import of_service
from contracts.errors import ServiceError
from contracts.identity.events import SchoolSettingState
from contracts.school import SCHOOL_ENGLISH_NAME, SCHOOL_NAME, SCHOOL_SEAL
from contracts.settings import ChangeSetting, ListSettings, RevokeSettingChange, SettingView
from services.identity.service import Identity
from tests.builders.people import of_school
from tests.harnesses import harnesses
from tests.small_pictures import small_picture

metadata = service_metadata("press")
shared_settings = shared_settings_table(metadata)


class Press(Service):
    """Prints what has the school's name on it."""

    name = "press"
    metadata = metadata
    school_settings = copy(SchoolSettingState, shared_settings)


def build(connection: Connection, service: type[Service]) -> None:
    service.metadata.create_all(connection)


@pytest.fixture(params=[None, 1, 2], ids=["in order", "shuffled 1", "shuffled 2"])
def world(
    request: pytest.FixtureRequest,
    harness_of: Callable[..., ServiceHarness],
    postgres_admin_url: str,
    run_prefix: str,
) -> Iterator[World]:
    with harnesses(postgres_admin_url, run_prefix, build=build) as fresh:
        yield World(harness_of(Identity), fresh(Press), shuffle=request.param)


def change(world: World, value: str, version: int, **fields: Any) -> SettingView:
    command = of_service("identity", ChangeSetting)(
        name=SCHOOL_NAME.name, value=value, version=version, reason="更名", **fields
    )
    view: SettingView = world.identity.run(command, of_school())
    return view


def printed(world: World) -> tuple[str, str]:
    """What stands on papers, of somebody of a teaching point too."""

    def names(uow: Any) -> tuple[str, str]:
        return setting(uow, SCHOOL_NAME), setting(uow, SCHOOL_ENGLISH_NAME)

    found = world.press.database.run(acting(scope="point"), names)
    assert found == world.press.database.run(acting(), names)
    return found


def test_a_copy_reads_what_identity_has_set_from_the_same_instant_on(world: World) -> None:
    assert printed(world) == (SCHOOL_NAME.default, SCHOOL_ENGLISH_NAME.default)
    change(world, "江淮开放大学", 1)
    in_spring = world.clock.now() + timedelta(days=100)
    change(world, "江海开放大学", 2, effective_from=in_spring)
    view = change(world, "江河开放大学", 3, effective_from=in_spring + timedelta(days=1))
    revoke = of_service("identity", RevokeSettingChange)(change_id=view.planned[1].id, version=4, reason="名称未获批准")
    world.identity.run(revoke, of_school())
    world.settle()
    assert printed(world) == ("江淮开放大学", SCHOOL_ENGLISH_NAME.default)
    world.clock.set(in_spring)
    assert printed(world)[0] == "江海开放大学"
    world.clock.advance(timedelta(days=2))
    assert printed(world)[0] == "江海开放大学", "what was revoked never holds"
    named, *_ = world.identity.ask(of_service("identity", ListSettings)(), of_school()).items
    assert (named.value, named.version) == ("江海开放大学", 5)
    columns = ("id", "name", "revision", "value", "effective_from", "revokes_id")
    owned, copied = (
        harness.rows(select(*(harness.table(table).c[name] for name in columns)).order_by("revision"))
        for harness, table in ((world.identity, "school_settings"), (world.press, "shared_settings"))
    )
    assert owned == copied


def test_the_seal_is_a_picture_and_reaches_those_who_print_as_it_is(world: World) -> None:
    seal = small_picture()

    def entered(value: str) -> None:
        told = {"name": SCHOOL_SEAL.name, "value": value, "version": 1, "reason": "新印章"}
        world.identity.run(of_service("identity", ChangeSetting)(**told), of_school())

    with pytest.raises(ServiceError, match="validation_failed") as refused:
        entered(seal[:-40])
    [reason] = refused.value.errors
    assert (reason.path, reason.code) == ("value", "picture_unusable")
    entered(seal)
    world.settle()
    assert world.press.database.run(acting(), school_of) == School(
        SCHOOL_NAME.default, SCHOOL_ENGLISH_NAME.default, seal=seal
    )


def test_a_copy_that_comes_later_gets_all_that_was_entered(world: World) -> None:
    change(world, "江淮开放大学", 1)
    world.identity.take_outbox()  # told to nobody
    world.press.copies.request_missing()
    world.settle()
    while world.identity.copies.serve_next_page():
        world.settle()
    world.settle()
    assert world.press.copies.missing() == []
    assert printed(world)[0] == "江淮开放大学"


def test_what_is_told_to_others_names_nobody_and_no_reason(world: World) -> None:
    change(world, "江淮开放大学", 1)
    (told,) = world.identity.published(SchoolSettingState)
    assert "更名" not in told.model_dump_json()
    assert "测试员" not in told.model_dump_json()
