"""Whatever one teaching point, student or course lead tries on another's rows looks as if there were no such rows."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from chassis.base.ids import new_id
from contracts.courses import commands as courses_commands
from contracts.courses import queries as courses
from contracts.enrollment import commands as enrollment_commands
from contracts.enrollment import queries as enrollment
from contracts.enrollment import signups
from contracts.examples import example_of
from contracts.exams import queries as exams
from contracts.finance import commands as finance_commands
from contracts.finance import queries as finance
from contracts.identity import avatar, delegation, notices, second_factor, unified
from contracts.identity import commands as identity
from contracts.identity import queries as identity_queries
from contracts.permissions import ROLE_PERMISSIONS, Role
from contracts.registry import commands as registry_commands
from contracts.registry import queries as registry
from gateway.route import PUBLIC, SIGNED_IN, Route
from gateway.routes import ROUTES
from launcher.story.people import Person
from launcher.story.stage import wait
from tests.end_to_end.asking import ask, code_of, kind_of, renew
from tests.end_to_end.rows import changed, fingerprint
from tests.end_to_end.scenery import Holdings, Scene, people

pytestmark = [pytest.mark.xdist_group("system"), pytest.mark.timeout(400)]

# Operations by which nobody can reach rows of another point, student or lead, and why.
NO_ROWS: Mapping[str, set[type]] = {
    "the catalogue, programmes and rounds belong to the whole school, and all who may read them read all": {
        courses.ListTerms,
        courses.ListCourses,
        courses.GetCourse,
        courses.ListProgrammes,
        courses.GetProgramme,
        courses.ListSelectionRounds,
        courses.GetSelectionRound,
        signups.GetSignupCities,
        signups.GetNearestPoints,
        signups.GetPointsOfCity,
        enrollment.ListAdmissionRounds,
        enrollment.GetAdmissionRound,
        exams.ListExamRounds,
        exams.GetExamRound,
        finance.ListFeeStandards,
        finance.ListRefundRules,
    },
    "they name no row: they act on one's own account, or on what one brings": {
        identity.SignIn,
        identity.RefreshSession,
        identity.SignOut,
        unified.BeginUnifiedSignIn,
        unified.FinishUnifiedSignIn,
        unified.GetBoundProvider,
        identity.ChangePassword,
        identity.UpdateAccount,
        identity_queries.GetAccount,
        avatar.SetAvatar,
        avatar.GetAvatar,
        delegation.ListDelegations,
        delegation.ListColleagues,
        second_factor.EnterCode,
        second_factor.GetSecondFactor,
        second_factor.OfferSecondFactor,
        second_factor.SetUpSecondFactor,
        second_factor.RenewRecoveryCodes,
        second_factor.RemoveSecondFactor,
        notices.MarkAllNoticesRead,
        identity_queries.GetTokenKey,
        registry.GetStudentImportTemplate,
        registry_commands.ImportStudents,
        enrollment.GetApplicationImportTemplate,
        enrollment.GetPriorEducationCheckImportTemplate,
        enrollment_commands.ImportApplications,
        signups.SignUp,
        enrollment_commands.ImportPriorEducationChecks,
    },
    "they begin a task that makes a file of a list, whose rows are those that the list itself finds": {
        courses_commands.ExportSelections,
        finance_commands.ExportBills,
        registry_commands.ExportStudents,
        enrollment_commands.ExportApplications,
        registry_commands.IssueEnrolmentCertificates,
    },
}
WITHOUT_ROWS = set().union(*NO_ROWS.values())

# Whose it is when nothing is found.
NOTHING = {
    "not_found",
    "some_not_found",
    "not_a_colleague",  # neither who is elsewhere nor who is nobody
    "filter_not_supported",  # refused whatever is named, so it tells nothing either
}


@dataclass(frozen=True)
class Walk:
    """Somebody, and the rows of others."""

    actor: Person
    role: Role
    others: Holdings


@pytest.fixture(params=["point", "student", "neighbour", "lead"])
def walk(request: pytest.FixtureRequest, scene: Scene) -> Walk:
    """A point's administrator and another point; a student, another point and another student of the own; a lead."""
    here, there = scene.here, scene.there
    walks = {
        "point": Walk(here.point.administrator, Role.TEACHING_POINT_ADMIN, there.theirs),
        "student": Walk(here.student, Role.STUDENT, there.theirs),
        "neighbour": Walk(here.student, Role.STUDENT, here.one),
        "lead": Walk(scene.lead, Role.COURSE_LEAD, there.theirs),
    }
    return walks[request.param]


# --- what is tried ---


def schema_of(route: Route) -> dict[str, Any]:
    return route.operation.model_json_schema()


def naming(route: Route, kinds: Mapping[str, Any]) -> list[str]:
    """The fields by which a route's operation names rows of these kinds."""
    return [field for field in schema_of(route).get("properties", {}) if kind_of(field) in kinds]


def any_filling(route: Route, scene: Scene, ids: Mapping[str, tuple[Any, ...]]) -> dict[str, Any]:
    """What a request must say: names of these rows where it must name any."""
    schema = schema_of(route)
    filling = {}
    for field in schema.get("required", ()):
        if found := {**shared_ids(scene), **ids}.get(kind_of(field)):
            filling[field] = named(field, found)
        else:
            filling[field] = example_of(schema["properties"][field], schema.get("$defs", {}))
    return filling


def fillings(route: Route, scene: Scene, ids: Mapping[str, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    """All ways to name rows in a request: what is required always, each optional field by itself; and none of them."""
    least, fields = any_filling(route, scene, ids), naming(route, ids)
    if set(least).intersection(fields) or not route.is_command:
        yield least
    for field in fields:
        if field not in least:
            yield {**least, field: named(field, ids[kind_of(field)])}


def named(field: str, found: tuple[Any, ...]) -> Any:
    """Rows as a field names them: one, or a list."""
    return [str(each) for each in found[:50]] if field.endswith("_ids") else str(found[0])


def shared_ids(scene: Scene) -> dict[str, tuple[Any, ...]]:
    """Rows that are everybody's."""
    return {
        "course_id": (scene.school.courses[0].details.id,),
        "selection_round_id": (scene.school.selection_round.id,),
        "exam_round_id": (scene.school.exam_round.id,),
        "session_id": (scene.school.exam_round.sessions[0].id,),
    }


def never_there(ids: Mapping[str, tuple[Any, ...]]) -> dict[str, tuple[Any, ...]]:
    """As many ids of rows that never were."""
    return {
        kind: tuple(re.sub("[0-9a-f-]{36}$", str(new_id()), str(each)) for each in found) for kind, found in ids.items()
    }


# --- what comes back ---


def told(answer: requests.Response, fields: Mapping[str, Any]) -> Any:
    """What an answer tells, without what is of this one request: its number, and the ids that were asked for."""
    text = answer.text
    for field, value in fields.items():
        for number, each in enumerate(value if isinstance(value, list) else [value]):
            text = text.replace(str(each), f"{field} {number}") if field.endswith(("_id", "_ids")) else text
    text = re.sub('"(instance|correlation_id)":"[^"]*"', "", text)
    return answer.status_code, text


def shows_nothing(answer: requests.Response) -> bool:
    """Whether an answer says that there is nothing: a problem, an empty list or counts of none, days without money, or
    no row in which anything was done."""
    if not answer.ok:
        return code_of(answer) in NOTHING
    body = answer.json()
    codes = set(re.findall('"code":"([a-z_]+)"', answer.text))
    lists = [[row for row in value if not _is_idle_day(row)] for value in body.values() if isinstance(value, list)]
    return not body.get("done") and (codes == {"not_found"} or body.get("total") == 0 or not any(lists))


def _is_idle_day(row: Any) -> bool:
    """Figures by day have every day, also those on which nothing was."""
    return isinstance(row, dict) and "day" in row and {*row.values()} - {row["day"]} == {"0.00"}


def test_every_route_is_walked_or_listed_as_having_no_rows(scene: Scene) -> None:
    ids = scene.there.theirs.ids
    assert all(ids.values())
    unknown = [
        f"{route.method} {route.path}"
        for route in ROUTES
        if route.operation not in WITHOUT_ROWS
        and any(may(role, route) for role in (Role.TEACHING_POINT_ADMIN, Role.STUDENT, Role.COURSE_LEAD))
        and route.is_command
        and not naming(route, ids)
    ]
    assert unknown == [], "say in NO_ROWS why nobody's rows can be reached by them, or give the scenery such rows"
    assert {route.operation for route in ROUTES} >= WITHOUT_ROWS


def test_nobody_finds_reads_or_changes_what_is_anothers(scene: Scene, walk: Walk) -> None:
    renew(people(scene).values())
    before = fingerprint(scene.system)
    complaints = [complaint for route in ROUTES for complaint in _try(route, scene, walk)]
    assert not complaints, "\n".join(complaints)
    assert changed(before, fingerprint(scene.system)) == {}


def _asked(base: str, actor: Person, route: Route, fields: Mapping[str, Any]) -> requests.Response:
    """The answer; who has too many tasks already waits until there is room for one more."""
    return wait(
        "room for a task",
        lambda: ask(base, actor, route, fields),
        lambda answer: code_of(answer) != "too_many_own_tasks",
    )


def _try(route: Route, scene: Scene, walk: Walk) -> Iterator[str]:
    """Try a route with all that is others'; what is wrong with its answers."""
    base, others = scene.system.gateway_url, walk.others
    if not may(walk.role, route):
        answer = ask(base, walk.actor, route, any_filling(route, scene, others.ids))
        if code_of(answer) != "forbidden":
            yield f"{route.method} {route.path} needs {route.permission}: {answer.text[:300]}"
        return
    if route.operation in WITHOUT_ROWS:
        return
    theirs = fillings(route, scene, others.ids)
    nobodys = fillings(route, scene, never_there(others.ids))
    for fields, fresh in zip(theirs, nobodys, strict=True):
        named = sorted(set(fields).intersection(naming(route, others.ids)))
        address = f"{route.method} {route.path} {named}"
        answer = _asked(base, walk.actor, route, fields)
        if named and not shows_nothing(answer):
            yield f"{address} finds something: {answer.status_code} {answer.text[:300]}"
        if named and told(answer, fields) != told(_asked(base, walk.actor, route, fresh), fresh):
            yield f"{address} is not answered as for a row that never was: {answer.text[:300]}"
        asked_for = str(fields)
        if shown := [word for word in others.words | others.known if word in answer.text and word not in asked_for]:
            yield f"{address} shows {shown[:3]}"


def may(role: Role, route: Route) -> bool:
    """Whether a role lets one use a route at all."""
    return route.permission in (PUBLIC, SIGNED_IN) or route.permission in ROLE_PERMISSIONS[role]


# --- that there was something to be found ---


def test_whoever_owns_the_rows_is_answered_otherwise(scene: Scene) -> None:
    """So that the walk is about rows that are there: their owner gets other answers to the same requests.

    It runs last: what the owner may do is done.
    """
    owner, stranger = scene.there.point.administrator, scene.here.point.administrator
    ids = {kind: found[:1] for kind, found in scene.there.theirs.ids.items()}
    base, alike = scene.system.gateway_url, []
    for route in ROUTES:
        if route.operation in WITHOUT_ROWS or not may(Role.TEACHING_POINT_ADMIN, route):
            continue
        for fields in fillings(route, scene, ids):
            named = sorted(set(fields).intersection(naming(route, ids)))
            asked = [told(ask(base, person, route, fields), fields) for person in (stranger, owner)]
            if named and asked[0] == asked[1]:
                alike.append(f"{route.method} {route.path} {named}: {asked[1]}")
    assert not alike, "\n".join(alike)
