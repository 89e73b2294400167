"""Every service has the same rooms and its place everywhere, and the pages about services say what the code does."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

from chassis.declaring.service import Service, load
from chassis.requests.kinds import RequestKind
from contracts.base import EVENTS, Event, State
from contracts.schemas.generate import load_all
from gateway.routes import SERVICES
from launcher.paths import service_names
from launcher.rolling import services_in_order

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {"service", "commands", "queries", "tables", "migrations"}
"""What every service has, each a module or, where it grew, a package."""
MORE_ROOMS = {"reactions", "domain", "steps", "jobs", "tasks", "papers", "documents", "bootstrap", "emergency"}
"""What a service has where it needs it (docs/design.md says what belongs where)."""

PLAIN_IN = {
    # Names of kinds, states and statuses that the caller names.
    "chassis/messages/backlog.py: notes.kind.in_(uow.service.publications)",
    "chassis/running/task_queue.py: tasks.c.kind.in_(kinds)",
    "chassis/work/school_settings.py: table.c.name.in_(names)",
    "services/courses/queries/statistics.py: selections.c.state.in_(states)",
    "chassis/work/to_do.py: table.c[step.of.column].in_(step.of.values)",
    "services/exams/steps/registrations.py: _r.state.in_(states)",
    "services/finance/steps/faults.py: bills.c.status.in_(statuses)",
    "services/finance/steps/bills.py: bills.c.status.in_(in_payment)",
    "services/identity/steps/notices.py: _n.service.in_(self.services)",
    # Values of a filter.
    "chassis/data/pages.py: column.in_(values)",
    "services/courses/queries/programmes.py: programmes.c.id.in_(offers)",
    "services/exams/queries.py: tuple_(_r.exam_round_id, _r.course_id).in_(placed)",
    "services/finance/queries/bills.py: bills.c.id.in_(on_slip)",
    # Selects that have a name.
    "chassis/running/tasks.py: tasks.c.id.in_(old)",
    "services/identity/queries/people.py: teaching_points.c.id.in_(former)",
    # No ids: hashes of one page of the object store; what the lines of one step of an import name.
    "chassis/papers/files.py: files.c.sha256.in_(hashes)",
    "services/enrollment/queries/choices.py: _p.level.in_(round_.levels)",
    "services/enrollment/steps/imports.py: programmes.c.major_code.in_(majors)",
    "services/enrollment/steps/imports.py: r.code.in_(codes)",
    "services/enrollment/steps/imports.py: t.code.in_(places)",
    "services/enrollment/steps/prior_checks.py: _a.id_number.in_(numbers)",
    "services/enrollment/steps/prior_checks.py: _a.prior_id_number_then.in_(numbers)",
    "services/enrollment/steps/facts.py: tuple_(*document).in_(documents)",
    "services/enrollment/steps/facts.py: tuple_(*here).in_(documents)",
    "services/enrollment/steps/facts.py: tuple_(*known).in_(documents)",
    "services/registry/reactions/admissions.py: number.in_(wanted)",
    "services/registry/steps/imports.py: t.code.in_(codes)",
    "services/registry/steps/imports.py: p.major_code.in_(majors)",
    "services/registry/steps/imports.py: number.in_(numbers)",
    "services/registry/steps/imports.py: tuple_(*document).in_(documents)",
    # States of a kind of request, which its declaration names.
    "chassis/requests/kinds.py: self.table.c[self.flow.column].in_(self.flow.open)",
    "chassis/requests/kinds.py: state.in_(self.flow.open)",
    "services/courses/steps/withdrawing.py: w.state.in_(WITHDRAWAL.open)",
    "services/registry/steps/ended_admissions.py: c.state.in_(STATUS_CHANGE.open)",
    "chassis/requests/kinds.py: self.table.c[self.flow.column].in_(given_up)",
    # Pairs, of those that somebody else has selected at the same moment.
    "services/courses/commands/selection.py: key.in_(lost)",
}
"""Where the values of an `in_` are neither named in the code nor a select."""

each_service = pytest.mark.parametrize("name", service_names())


def service(name: str) -> type[Service]:
    """A service by its name, all contracts known."""
    load_all()
    return load(f"services.{name}.service")


def publishes(name: str) -> set[type[Event]]:
    """Every event whose owner is this service, in its newest version."""
    load_all()
    own = (event for event in EVENTS.values() if event.owner == name and event.__module__.startswith("contracts."))
    return {event for event in own if event.next is None}


@each_service
def test_a_service_has_the_same_rooms_as_the_others_and_no_unknown_one(name: str) -> None:
    folder = ROOT / "services" / name
    there = {path.stem for path in folder.iterdir()} - {"README", "__init__", "__pycache__"}
    assert sorted(ROOMS - there) == []
    assert sorted(there - ROOMS - MORE_ROOMS) == []
    assert (folder / "README.md").exists()


def test_a_package_says_what_is_in_it_and_names_nothing_again() -> None:
    """Who looks for a name finds it where it is written; contracts' texts and routes are tables of what is inside."""
    files = [
        path for folder in ("chassis", "services", "gateway", "launcher") for path in (ROOT / folder).rglob("*.py")
    ]
    trees = {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8")) for path in files}
    again = [
        name for name, tree in trees.items() if "__all__" in {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    ]
    packages = [name for name in trees if name.startswith(("chassis/", "services/")) and name.endswith("__init__.py")]
    assert again == []
    assert [name for name in packages if len(trees[name].body) > 1] == []


def test_a_request_has_a_state_and_a_thing_a_status_of_an_enum_that_is_called_so() -> None:
    """docs/design.md, Names."""
    sources = [*(ROOT / "services").glob("*/tables*"), *(ROOT / "services").glob("*/tables/*.py")]
    columns = [
        (path.relative_to(ROOT).as_posix(), column, values)
        for path in sources
        if path.suffix == ".py"
        for column, values in re.findall(r'one_of\("(state|status)", ([^)]+)\)', path.read_text("utf-8"))
    ]
    assert len(columns) > 15
    assert [each for each in columns if not each[2].endswith(each[1].capitalize())] == []
    tables = [table for name in service_names() for table in service(name).metadata.tables.values()]
    assert [table.name for table in tables if {"state", "status"} <= set(table.c.keys())] == []


def test_ids_are_looked_for_by_one_parameter() -> None:
    """A list of ids has no end; `in_` makes a parameter of each: it is for what the code itself names, and selects."""
    plain = [
        f"{path.relative_to(ROOT).as_posix()}: {ast.unparse(call)}"
        for folder in ("chassis", "services")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "in_"
        if not _named_in_the_code(call.args[0])
    ]
    assert set(plain) == PLAIN_IN


def _named_in_the_code(values: ast.expr) -> bool:
    """A constant, a tuple of such, or a select."""
    match values:
        case ast.Name(id=name):
            return name.isupper()
        case ast.Tuple(elts=elements):
            return all(isinstance(element, ast.Attribute | ast.Constant) for element in elements)
        case ast.Call():
            return True
    return False


def kinds(name: str) -> dict[str, RequestKind]:
    """The kinds of request that a service declares, by their names in its code."""
    modules = [
        import_module(f"services.{name}.steps.{each.stem}")
        for each in (ROOT / "services" / name / "steps").glob("*.py")
    ]
    return {key: each for module in modules for key, each in vars(module).items() if isinstance(each, RequestKind)}


def test_every_kind_of_request_follows_the_students_who_move() -> None:
    """A request has its student's teaching point as a copy: whoever hears of the move lets the requests follow."""
    following = {
        (name, call.func.value.id)
        for name in service_names()
        for path in (ROOT / "services" / name).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)
        if call.func.attr == "follow"
    }
    of_students = {
        (name, key)
        for name in service_names()
        for key, kind in kinds(name).items()
        if {"teaching_point_id", "student_id"} <= {*kind.table.c.keys()}
    }
    assert ("courses", "WITHDRAWALS") in of_students
    assert of_students == following


def test_the_gateway_knows_every_service() -> None:
    assert sorted(SERVICES) == service_names()


def test_an_upgrade_replaces_every_service() -> None:
    """Who is not in that list goes on with the code of before."""
    assert sorted(services_in_order()) == service_names()


def test_the_table_of_events_says_who_publishes_and_who_hears() -> None:
    page = (ROOT / "docs" / "sagas.md").read_text("utf-8")
    table = page[page.index("## 2.") : page.index("## 3.")]
    said = {
        event: (owner, set(re.findall(r"[a-z]+", heard)) & {*service_names(), "gateways"})
        for events, owner, heard in re.findall(r"^\| (`.+`) \| (\w+) \| ([^|]+) \|", table, re.MULTILINE)
        for event in re.findall(r"`(\w+)`", events)
    }
    services = {name: service(name) for name in service_names()}
    done = {
        event.__name__: (owner, {name for name, declared in services.items() if _hears(declared, event)})
        for owner in services
        for event in publishes(owner)
    }
    for event in ("AccessRevoked", "NoticesKept"):
        done[event][1].add("gateways")
    assert said == done


def test_every_event_has_a_hearer_or_says_that_it_may_have_none() -> None:
    """The relay keeps what no queue takes: an event that nobody hears would stay in its outbox for ever."""
    services = {name: service(name) for name in service_names()}
    unheard = {
        event.__name__
        for owner in services
        for event in publishes(owner)
        if not any(_hears(declared, event) for declared in services.values())
    }
    declared = {event.__name__ for owner in services for event in publishes(owner) if event.unheard}
    assert unheard == declared


def _hears(declared: type[Service], event: type[Event]) -> bool:
    reacts = any(entry.event is event for entry in declared.reactions.values())
    copies = issubclass(event, State) and any(entry.state is event for entry in declared.copies.values())
    return reacts or copies
