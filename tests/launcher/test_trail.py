"""`./jiaowu verify-audit` and `./jiaowu erase-audit`: what they say, and how they end."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from chassis.base.context import system_context
from chassis.base.ids import new_id
from chassis.testing.harness import PASSWORDS
from chassis.work.audit_heads import newest_head
from chassis.work.audit_sealing import seal
from chassis.work.audit_verdict import SHOWN
from launcher.cli import app, prove
from services.courses.service import Courses
from services.identity.service import Identity


@pytest.fixture
def services(harness_of, monkeypatch):
    """Two services that run, as the commands find them."""
    harnesses = {"identity": harness_of(Identity), "courses": harness_of(Courses)}

    @contextmanager
    def databases():
        yield {name: harness.database for name, harness in harnesses.items()}

    def owner_url(name):
        url = harnesses[name].admin_url
        owner = url.set(username=f"{url.database}_owner", password=PASSWORDS.owner)
        return owner.render_as_string(hide_password=False)

    system = SimpleNamespace(databases=databases, owner_url=owner_url)
    monkeypatch.setattr(prove, "Installation", lambda: SimpleNamespace(system=lambda: system))
    monkeypatch.setattr(prove, "service_names", lambda: list(harnesses))
    return harnesses


def sealed(harness, count=1):
    """A block of so many entries; its head."""
    with harness.database.unit_of_work(system_context()) as uow:
        for _ in range(count):
            uow.audit(harness.table("files"), new_id(), "edit")
    harness.database.run(system_context(), seal)
    return harness.database.run(system_context(), newest_head)


def tamper(harness, *statements):
    with harness.owner_connection() as connection:
        connection.exec_driver_sql("SET session_replication_role = replica")
        for statement in statements:
            connection.execute(text(statement))
        connection.exec_driver_sql("RESET session_replication_role")


def run(*arguments):
    result = CliRunner().invoke(app, [*arguments], env={"COLUMNS": "200"})
    return result.exit_code, " ".join(result.output.split())


def noted(services, head):
    """Identity has heard of it an hour ago."""
    with services["identity"].owner_connection() as connection:
        connection.execute(
            text("INSERT INTO audit_heads VALUES ('courses', :sequence, :hash, :at, now() - interval '1 hour')"),
            {"sequence": head.sequence, "hash": head.hash, "at": head.made_at},
        )


def test_sound_trails_end_well_with_their_figures(services):
    noted(services, sealed(services["courses"], 3))
    code, said = run("verify-audit")
    assert code == 0
    assert "✓ courses 3 entries in 1 blocks, 0 wait for theirs, compared with 1 heads" in said
    assert "✓ identity" in said


def test_damage_is_told_with_service_block_entry_and_kind_and_ends_with_1(services):
    sealed(services["courses"], 2)
    tamper(services["courses"], "UPDATE audit_entries SET action = 'x'")
    code, said = run("verify-audit")
    assert code == 1
    assert "✗ courses" in said
    assert "changed entries: 2" in said
    for row in services["courses"].rows(text("SELECT id FROM audit_entries")):
        assert f"entry_changed block 1 entry {row.id}" in said
    assert run("verify-audit", "identity")[0] == 0


def test_much_damage_is_counted_and_the_first_of_it_shown(services):
    sealed(services["courses"], SHOWN + 5)
    tamper(services["courses"], "DELETE FROM audit_entries")
    code, said = run("verify-audit", "courses")
    assert (code, said.count("entry_missing")) == (1, SHOWN)
    assert f"missing entries: {SHOWN + 5}" in said
    assert "and 5 more" in said


def test_what_identity_heard_is_compared_and_can_be_left_out_after_a_restore(services):
    sealed(services["courses"])
    noted(services, sealed(services["courses"]))
    tamper(
        services["courses"],
        "DELETE FROM audit_entries WHERE id IN (SELECT unnest(entry_ids) FROM audit_blocks WHERE sequence = 2)",
        "DELETE FROM audit_blocks WHERE sequence = 2",
    )
    code, said = run("verify-audit", "courses")
    assert code == 1
    assert "chain_cut_short block 2" in said
    now = datetime.now(UTC).astimezone().strftime("%Y-%m-%dT%H:%M:%S")
    assert run("verify-audit", "courses", "--heads-since", now)[0] == 0


def test_an_export_is_compared_and_a_file_that_is_none_is_named(services, tmp_path):
    head = sealed(services["courses"])
    file = tmp_path / "courses-2026-11-26.jsonl"
    line = '{{"service": "courses", "sequence": 1, "hash": "{}", "made_at": "{}"}}\n'
    file.write_text(line.format(head.hash.hex(), head.made_at.isoformat()))
    assert run("verify-audit", "--heads", str(file))[0] == 0
    file.write_text(line.format("00" * 32, head.made_at.isoformat()))
    code, said = run("verify-audit", "--heads", str(file))
    assert code == 1
    assert "chain_rewritten block 1" in said
    file.write_text("nothing")
    code, said = run("verify-audit", "--heads", str(file))
    assert code == 2
    assert "line 1, says nothing of an audit trail" in said


def test_a_service_that_is_not_there_is_refused(services):
    code, said = run("verify-audit", "library")
    assert code == 2
    assert "there is no service 'library'" in said


def test_old_entries_are_erased_when_somebody_says_yes_and_fresh_ones_never(services):
    courses = services["courses"]
    sealed(courses, 2)
    tamper(courses, "UPDATE audit_blocks SET made_at = made_at - interval '1 year'")
    day = (courses.clock.now() - timedelta(days=200)).strftime("%Y-%m-%d")
    assert run("erase-audit", "courses", "--before", day)[0] == 1, "nobody said yes"
    code, said = run("erase-audit", "courses", "--before", day, "--yes")
    assert (code, said[-9:]) == (0, "2 erased.")
    tomorrow = (courses.clock.now() + timedelta(days=1)).strftime("%Y-%m-%d")
    code, said = run("erase-audit", "courses", "--before", tomorrow, "--yes")
    assert code == 2
    assert "at least 183 days" in said
