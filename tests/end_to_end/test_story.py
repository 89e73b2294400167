"""The story on a real system: every process, real servers, real HTTP; told twice, as on a system in use."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from rich.console import Console
from sqlalchemy import text

from launcher import demonstration
from launcher.reconcile.checking import reconcile
from launcher.story.client import Client
from launcher.story.telling import tell
from launcher.system import System
from tests.whole_system import NO_LIMITS

pytestmark = [pytest.mark.timeout(420), pytest.mark.xdist_group("story")]
STUDENTS = 40


@pytest.fixture(scope="module")
def system(  # a new one: demonstration data are for systems in which nobody works yet
    tmp_path_factory: pytest.TempPathFactory, postgres_admin_url: str, amqp_admin_url: str, management_url: str
) -> Iterator[System]:
    state: Path = tmp_path_factory.mktemp("story")
    prefix = f"story{uuid4().hex[:8]}"
    made = System(state, postgres_admin_url, amqp_admin_url, management_url, prefix, variables=NO_LIMITS)
    try:
        made.up()
        yield made
    finally:
        made.down()
        made.destroy()


def test_a_new_system_gets_demonstration_data_once_and_its_people_can_sign_in(system: System) -> None:
    made = demonstration.ensure(system)
    assert made is not None
    for _, username in made.accounts:
        tokens = Client(system.gateway_url).sign_in(username, made.password)
        assert tokens.account.first_steps == ()
    assert demonstration.ensure(system) == made


def test_the_story_is_told_twice_and_the_services_agree(system: System) -> None:
    for _ in range(2):
        told = io.StringIO()
        assert tell(system, Console(file=told, width=160), students=STUDENTS), told.getvalue()


def test_a_fault_planted_into_the_running_system_is_found(system: System) -> None:
    with system.databases() as databases:
        assert reconcile(databases).clean
        registrations = databases["exams"].service.metadata.tables["exam_registrations"]
        with databases["exams"].unit_of_work() as uow:
            lost = uow.scalar(
                text(f"UPDATE {registrations.name} SET selection_id = gen_random_uuid() WHERE id ="
                     f" (SELECT min(id::text)::uuid FROM {registrations.name} WHERE state = 'registered') RETURNING id")
            )  # fmt: skip
        found = reconcile(databases, patience=1).disagreements
        assert {each.code for each in found} == {"registration_without_selection", "registration_count"}
        assert lost in {each.id for each in found}
