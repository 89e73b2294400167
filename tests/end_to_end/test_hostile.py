"""Whatever comes in over HTTP, a clear problem document goes back, never a 500, and nothing changes."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from chassis.base.ids import new_id
from contracts.base import Operation
from contracts.courses.catalogue_commands import UpdateCourse
from contracts.courses.commands import SelectCourses
from contracts.courses.queries import GetCourse, ListSelections
from contracts.finance.commands import CreateRemittance
from contracts.identity.commands import SignIn
from contracts.identity.queries import GetAccount
from gateway.route import Route
from gateway.routes import ROUTES
from tests.end_to_end.asking import TIMEOUT, ask, bearer, code_of, renew
from tests.end_to_end.made_up import Crowd, described
from tests.end_to_end.rows import Fingerprint, changed, fingerprint
from tests.end_to_end.scenery import Scene, people

pytestmark = [pytest.mark.xdist_group("system"), pytest.mark.timeout(400)]

EXAMPLES = 5
"""Requests that are made up for each operation."""


def route_of(operation: type[Operation]) -> Route:
    return next(route for route in ROUTES if route.operation is operation)


@pytest.fixture(scope="module")
def crowd(scene: Scene) -> Crowd:
    return Crowd(scene.system.gateway_url, people(scene))


@described.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_made_up_requests_are_answered_as_described(case: schemathesis.Case, crowd: Crowd) -> None:
    assert crowd.ask(case) is None


# --- chosen mischief ---


@pytest.fixture
def before(scene: Scene) -> Fingerprint:
    renew(people(scene).values())
    return fingerprint(scene.system)


def expect_unchanged(scene: Scene, before: Fingerprint) -> None:
    assert changed(before, fingerprint(scene.system)) == {}


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        (b"\xff\x00\xfe", {}, "malformed_json"),
        (b'{"student_id": ', {}, "malformed_json"),
        (b'{"student_id": 1, "student_id": 2}', {}, "malformed_json"),
        (b"[" * 100_000, {}, "malformed_json"),
        (b'{"student_id": "\\u0000"}', {}, "malformed_json"),
        (b"[]", {}, "validation_failed"),
        (b"null", {}, "validation_failed"),
        (b'{"student_id": [], "selection_round_id": 1.5, "course_ids": "x"}', {}, "validation_failed"),
        (b"{}", {}, "validation_failed"),
        (b"<a/>", {"Content-Type": "text/xml"}, "unsupported_media_type"),
        (b" " * 300_000, {}, "body_too_large"),
        (b"{}", {"Idempotency-Key": "short"}, "bad_idempotency_key"),
        (b"{}", {"Idempotency-Key": "'; DROP TABLE selections; --"}, "bad_idempotency_key"),
    ],
)
def test_rubbish_is_refused_with_its_reason(
    scene: Scene, before: Fingerprint, body: bytes, headers: dict[str, str], code: str
) -> None:
    answer = requests.post(
        f"{scene.system.gateway_url}{route_of(SelectCourses).template}",
        data=body,
        headers={"Content-Type": "application/json", **bearer(scene.here.point.registrar), **headers},
        timeout=TIMEOUT,
    )
    assert code_of(answer) == code
    expect_unchanged(scene, before)


def selection(scene: Scene) -> dict[str, Any]:
    """A selection that could be made: of the course that nobody has taken yet."""
    return {
        "student_id": str(scene.here.students[1].id),
        "selection_round_id": str(scene.school.selection_round.id),
        "course_ids": [str(scene.school.courses[4].details.id)],
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": "red"},
        {"course_ids": []},
        {"course_ids": None},
        {"student_id": "1 OR 1=1"},
        {"student_id": {"$ne": None}},
        {"course_ids": ["x" * 200_000]},
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_done(scene: Scene, before: Fingerprint, wrong: dict[str, Any]) -> None:
    fields = selection(scene) | wrong
    answer = ask(scene.system.gateway_url, scene.here.point.registrar, route_of(SelectCourses), fields)
    assert code_of(answer) == "validation_failed"
    assert answer.json()["errors"]
    expect_unchanged(scene, before)


def token(header: dict[str, Any], claims: dict[str, Any], signature: bytes = b"") -> str:
    parts = (json.dumps(header).encode(), json.dumps(claims).encode(), signature)
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def test_a_forged_token_opens_nothing(scene: Scene, before: Fingerprint) -> None:
    genuine = bearer(scene.here.student)["Authorization"].removeprefix("Bearer ")
    head, claims, signature = genuine.split(".")
    padded = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    admin = bearer(scene.school.administrator)["Authorization"].removeprefix("Bearer ").split(".")[1]
    forged = [
        "",
        "x",
        "..",
        f"{head}.{claims}.",
        f"{head}.{claims}.{'A' * len(signature)}",
        f"{head}.{admin}.{signature}",
        token({"alg": "none"}, padded),
        token({"alg": "HS256"}, padded, b"x" * 32),
        f"{head}.{'A' * 3_000}.{signature}",
    ]
    for each in forged:
        answer = ask(
            scene.system.gateway_url, None, route_of(GetAccount), {}, headers={"Authorization": f"Bearer {each}"}
        )
        assert code_of(answer) in ("token_invalid", "unauthenticated"), each[:60]
    expect_unchanged(scene, before)


def test_a_key_that_is_used_again_with_another_body_is_refused(scene: Scene) -> None:
    key, base, registrar = {"Idempotency-Key": str(new_id())}, scene.system.gateway_url, scene.here.point.registrar
    missing = selection(scene) | {"course_ids": [str(new_id())]}
    first = ask(base, registrar, route_of(SelectCourses), missing, headers=key)
    renew([registrar])
    before = fingerprint(scene.system)
    again = ask(base, registrar, route_of(SelectCourses), missing, headers=key)
    assert (again.status_code, again.json().get("results")) == (first.status_code, first.json().get("results"))
    other = ask(base, registrar, route_of(SelectCourses), selection(scene), headers=key)
    assert code_of(other) == "idempotency_key_reused"
    expect_unchanged(scene, before)


def test_a_stale_version_is_refused(scene: Scene, before: Fingerprint) -> None:
    registrar, base = scene.school.staff.registrar, scene.system.gateway_url
    course = registrar.send(GetCourse(course_id=scene.school.courses[0].details.id))
    fields = UpdateCourse(
        course_id=course.id,
        version=course.version + 1,
        name="另一个名称",
        credits=course.credits,
        education_levels=course.education_levels,
    )
    answer = ask(base, registrar, route_of(UpdateCourse), fields.model_dump(mode="json"))
    assert code_of(answer) == "stale_version"
    expect_unchanged(scene, before)


def test_too_many_fields_and_endless_texts_are_refused(scene: Scene, before: Fingerprint) -> None:
    base, registrar = scene.system.gateway_url, scene.here.point.registrar
    assert code_of(ask(base, registrar, route_of(ListSelections), {"search": "x" * 5_000})) == "validation_failed"
    assert code_of(ask(base, registrar, route_of(ListSelections), {f"f{n}": n for n in range(400)})) == "bad_request"
    assert code_of(ask(base, registrar, route_of(ListSelections), {"sort": "password"})) is not None
    fields = {"bill_ids": [str(new_id())] * 2, "payer_name": "x", "remitted_on": "2026-02-30"}
    assert code_of(ask(base, scene.here.point.cashier, route_of(CreateRemittance), fields)) == "validation_failed"
    sign_in = ask(base, None, route_of(SignIn), {"username": "admin", "password": "x" * 100_000})
    assert code_of(sign_in) == "validation_failed"
    expect_unchanged(scene, before)
