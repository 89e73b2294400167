"""A test is found from its subject by path: `docs/developing.md` says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from launcher.paths import service_names

ROOT = Path(__file__).resolve().parents[2]

TESTED_ELSEWHERE = {
    # Data without a rule of its own, and what only shows in the rule that uses it.
    "courses/domain/situation": "unit/courses/test_selection",
    "finance/domain/settings": "integration/finance/test_remittances",
    "identity/domain/settings": "sagas/test_shared_settings",
    "chassis/rules/prior_education": "integration/registry/test_admissions",
    "chassis/rules/programme_copies": "integration/registry/test_imports",
    "chassis/rules/columns": "integration/registry/test_imports",
    "enrollment/domain/numbers": "integration/enrollment/test_applications",
    "enrollment/domain/settings": "integration/enrollment/test_review",
    "registry/domain/numbers": "integration/registry/test_documents",
    "device/domain/codes": "device/test_decoding",
    "device/domain/encoding": "device/test_decoding",
    "device/domain/id_numbers": "device/test_decoding",
    "device/domain/layouts": "device/test_decoding",
    "device/domain/made_up": "device/test_decoding",
    "device/domain/statuses": "device/test_frames",
    # Two sides of one thing, tried together.
    "courses/reactions/registrations": "integration/courses/test_bills",
    "exams/commands/arrangement": "integration/exams/test_registrations",
    "exams/commands/attendance": "integration/exams/test_registrations",
    "exams/commands/timetable": "integration/exams/test_rounds",
    "exams/reactions/bills": "integration/exams/test_resits",
    "exams/reactions/payments": "integration/exams/test_registrations",
    "exams/reactions/withdrawals": "integration/exams/test_registrations",
    "finance/commands/refunds": "integration/finance/test_withdrawals",
    "finance/commands/reviews": "integration/finance/test_withdrawals",
    "finance/reactions/closing": "integration/finance/test_billing",
    "identity/commands/accounts": "integration/identity/test_sessions",
    "identity/commands/teaching_points": "integration/identity/test_users",
    "identity/reactions": "integration/identity/test_student_accounts",
    # Parts of the chassis that show in what is made of them.
    "chassis/base/blocking": "integration/identity/test_sessions",
    "chassis/base/failures": "chassis/messages/test_inbox",
    "chassis/data/list_places": "chassis/data/test_lists",
    "chassis/data/list_plans": "integration/test_lists",
    "chassis/data/list_totals": "chassis/data/test_lists",
    "chassis/data/list_wanted": "chassis/data/test_lists",
    "chassis/data/whole_lists": "chassis/running/test_exports",
    "chassis/messages/rebuilt": "integration/enrollment/test_jobs",
    "chassis/running/import_lines": "chassis/running/test_imports",
    "chassis/running/import_templates": "chassis/running/test_imports",
    "chassis/base/loading": "chassis/running/test_runner",
    "chassis/base/problems": "launcher/test_problems",
    "chassis/base/rights": "chassis/data/test_unit_of_work",
    "chassis/base/settings": "chassis/running/test_runner",
    "chassis/data/audit_chain": "chassis/work/test_audit_sealing",
    "chassis/data/audit_tables": "chassis/work/test_audit_proof",
    "chassis/data/bulk": "chassis/work/test_rows",
    "chassis/data/columns": "chassis/work/test_rows",
    "chassis/data/message_tables": "chassis/messages/test_inbox",
    "chassis/data/prepared": "chassis/messages/test_state_notes",
    "chassis/data/tables": "chassis/provisioning/test_database",
    "chassis/data/triggers": "chassis/provisioning/test_database",
    "chassis/data/work_tables": "chassis/running/test_tasks",
    "chassis/declaring/entries": "chassis/declaring/test_service",
    "chassis/declaring/guards": "chassis/work/test_public",
    "chassis/declaring/tasks": "chassis/running/test_tasks",
    "chassis/messages/calls": "chassis/running/test_runner",
    "chassis/messages/consumer": "chassis/messages/test_broker",
    "chassis/messages/parking": "chassis/messages/test_inbox",
    "chassis/messages/repair": "chassis/running/test_parked_messages",
    "chassis/messages/publisher": "chassis/messages/test_broker",
    "chassis/messages/relay": "chassis/messages/test_broker",
    "chassis/messages/rpc": "chassis/running/test_runner",
    "chassis/messages/senders": "chassis/messages/test_delivery",
    "chassis/messages/tombstones": "chassis/messages/test_state_notes",
    "chassis/messages/wire": "gateway/test_bus",
    "chassis/papers/cell_texts": "chassis/papers/test_xlsx_stream",
    "chassis/papers/file_kinds": "chassis/papers/test_files",
    "chassis/papers/list_files": "chassis/running/test_exports",
    "chassis/papers/objects": "chassis/papers/test_files",
    "chassis/papers/outcomes": "chassis/running/test_imports",
    "chassis/papers/shown": "chassis/papers/test_spreadsheets",
    "chassis/papers/quota": "chassis/papers/test_files",
    "chassis/papers/sheet_reading": "chassis/papers/reading/test_tables_as_sent",
    "chassis/papers/sheet_writing": "chassis/papers/test_spreadsheets",
    "chassis/papers/store": "chassis/papers/test_files",
    "chassis/provisioning/broker": "chassis/messages/test_broker",
    "chassis/provisioning/catalogue": "chassis/data/test_row_scope",
    "chassis/provisioning/declared": "chassis/provisioning/test_database",
    "chassis/provisioning/differences": "chassis/provisioning/test_database",
    "chassis/provisioning/roles": "chassis/provisioning/test_database",
    "chassis/requests/asking": "chassis/requests/test_reviewed",
    "chassis/requests/handling": "chassis/requests/test_reviewed",
    "chassis/requests/telling": "chassis/requests/test_kinds",
    "chassis/running/background": "chassis/messages/test_broker",
    "chassis/running/dispatch": "chassis/data/test_unit_of_work",
    "chassis/running/green": "launcher/test_forks",
    "chassis/running/hanging": "chassis/running/test_runner",
    "chassis/running/task_queue": "chassis/running/test_tasks",
    "chassis/running/task_worker": "chassis/running/test_tasks",
    "chassis/work/audit_verdict": "launcher/test_trail",
    "chassis/work/proof_of_work": "chassis/work/test_public",
}
"""Module → the file that tries it, where that is not the one of its name."""

OF_NO_MODULE = {
    "integration/exams/test_races": "commands and reactions at the same moment, over all modules",
    "integration/identity/test_races": "signing in while account, point or password are taken away",
    "integration/finance/test_source": "what a bill is for: migration and events, beside older processes",
    "integration/registry/test_spellings": "how people write names, numbers and days: import, lists and views",
    "chassis/papers/reading/test_bombs": "tampered tables of every format, over all modules",
    "chassis/papers/reading/test_tables_as_sent": "every format, and what it means (sheet_reading)",
    "chassis/messages/test_versions": "versions of an event (contracts/versions.py), from the wire to the handler",
}
"""Tests that are named after no module of their service or room."""

AGENT = "device"
"""No service behind the gateway; its tests have a folder of their own."""


def modules(folder: Path) -> set[str]:
    """The names of a folder's modules, or of itself where it is one."""
    if folder.with_suffix(".py").exists():
        return {folder.name}
    return {path.stem for path in folder.glob("*.py")} - {"__init__", "__main__"}


def subjects(service: str) -> set[str]:
    """What a service's tests are to be found for: `courses/domain/plan`, `courses/reactions/bills`, `exams/jobs`."""
    found = set()
    for room in ("domain", "commands", "reactions"):
        folder = ROOT / "services" / service / room
        alone = folder.with_suffix(".py").exists()
        found |= {f"{service}/{room}" if alone else f"{service}/{room}/{name}" for name in modules(folder)}
    return found


def rooms() -> set[str]:
    """The rooms of the chassis."""
    return {path.name for path in (ROOT / "chassis").iterdir() if (path / "__init__.py").exists()}


def parts() -> set[str]:
    """What the chassis's tests are to be found for: `chassis/work/steps`. What tests are made of tests itself."""
    return {f"chassis/{room}/{name}" for room in rooms() - {"testing"} for name in modules(ROOT / "chassis" / room)}


def test_of(subject: str) -> str:
    """Where the tests of a module are."""
    return TESTED_ELSEWHERE.get(subject) or its_own(subject)


def its_own(subject: str) -> str:
    """Where a module's tests are by the rule."""
    service, room, *_ = subject.split("/")
    if service == "chassis":
        return f"chassis/{room}/test_{subject.rpartition('/')[2]}"
    if service == AGENT:
        return f"device/test_{subject.rpartition('/')[2]}"
    return f"{'unit' if room == 'domain' else 'integration'}/{service}/test_{subject.rpartition('/')[2]}"


test_of.__test__ = False  # type: ignore[attr-defined]


@pytest.mark.parametrize("service", [*service_names(), AGENT])
def test_every_rule_command_and_reaction_has_its_tests_where_they_are_looked_for(service: str) -> None:
    missing = [subject for subject in subjects(service) if not (ROOT / "tests" / f"{test_of(subject)}.py").exists()]
    assert sorted(missing) == []


def test_every_part_of_the_chassis_has_its_tests_where_they_are_looked_for() -> None:
    missing = [part for part in parts() if not (ROOT / "tests" / f"{test_of(part)}.py").exists()]
    assert sorted(missing) == []


@pytest.mark.parametrize("service", service_names())
def test_every_test_of_a_service_is_named_after_a_module(service: str) -> None:
    folder = ROOT / "services" / service
    known = {path.stem for path in folder.rglob("*.py")} | {path.name for path in folder.iterdir() if path.is_dir()}
    strange = [
        name
        for kind in ("unit", "integration")
        for path in (ROOT / "tests" / kind / service).glob("test_*.py")
        if path.stem.removeprefix("test_") not in known
        and (name := f"{kind}/{service}/{path.stem}") not in OF_NO_MODULE
    ]
    assert sorted(strange) == []


def test_every_exception_is_one() -> None:
    every = {subject for service in (*service_names(), AGENT) for subject in subjects(service)} | parts()
    needless = {s for s in TESTED_ELSEWHERE if (ROOT / "tests" / f"{its_own(s)}.py").exists()}
    assert (set(TESTED_ELSEWHERE) - every, needless) == (set(), set())
    assert [name for name in OF_NO_MODULE if not (ROOT / "tests" / f"{name}.py").exists()] == []


def test_every_room_of_the_chassis_has_its_tests_each_named_after_a_module_of_the_room() -> None:
    tests = ROOT / "tests" / "chassis"
    named = [path.relative_to(tests).with_suffix("") for path in tests.rglob("test_*.py")]
    assert rooms() == {name.parts[0] for name in named}
    strange = [
        str(name)
        for name in named
        if name.stem.removeprefix("test_") not in modules(ROOT / "chassis" / name.parent)
        and f"chassis/{name}" not in OF_NO_MODULE
    ]
    assert strange == []
