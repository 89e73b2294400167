"""The to-do list over all services, and the streams that tell of it and of notices."""

import threading
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest

from chassis.base.context import Scope
from contracts.errors import ServiceError
from contracts.identity.events import KeptNotice, NoticesKept
from gateway.notices import tell
from gateway.routes import ROUTES, SERVICES
from tests.gateway.conftest import Gateway, make_gateway
from tests.gateway.live import beside, do, until
from tests.gateway.test_tasks_and_events import USER, Stream, eventually

TO_DO = "/api/v1/to-do"
POINT, ELSEWHERE, STUDENT = (UUID(int=number) for number in (1, 2, 3))
ADMIN = [["teaching_point_admin", "point", [str(POINT)], []]]
REGISTRAR = [["school_registrar", "school", [], []]]


@pytest.fixture
def school(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gateway]:
    """A gateway with the routes that there are, which asks often."""
    monkeypatch.setattr("gateway.to_do.EVERY", 0.02)
    made = make_gateway(services=SERVICES, routes=ROUTES)
    yield made
    do(made.hub.close)


def waiting(count: int, service: str = "courses", **fields: Any) -> dict[str, Any]:
    return {
        "service": service,
        "workflow": "withdrawal",
        "state": "pending_academic",
        "title": "退课申请：待教务审核",
        "actions": ["approve", "reject"],
        "count": count,
        "listed_by": "list_withdrawals",
        "filters": {"state": "pending_academic"},
        **fields,
    }


REVIEWS = {
    "service": "finance",
    "workflow": "withdrawal_review",
    "state": "pending",
    "listed_by": "list_withdrawal_reviews",
    "filters": {"state": "pending"},
}


def answers(gateway: Gateway, **items: list[dict[str, Any]]) -> None:
    gateway.backend.answers["get_to_do"] = lambda service, _: {"items": items.get(service, [])}


def asked(gateway: Gateway) -> list[Any]:
    return [call for call in gateway.backend.calls if call[1] == "get_to_do"]


# --- the list ---


def test_what_waits_in_all_services_is_one_list_with_the_address_of_each(school: Gateway) -> None:
    answers(school, courses=[waiting(3)], finance=[waiting(2, **REVIEWS)])
    answer = school.client.simulate_get(TO_DO, headers=school.bearer(grants=REGISTRAR)).json
    assert [(item["service"], item["count"], item["href"]) for item in answer["items"]] == [
        ("courses", 3, "/api/v1/withdrawals?state=pending_academic"),
        ("finance", 2, "/api/v1/withdrawal-reviews?state=pending"),
    ]
    assert (answer["total"], answer["unanswered"]) == (5, [])
    assert answer["items"][0]["title"] == "退课申请：待教务审核"
    assert answer["items"][0]["actions"] == ["approve", "reject"]


def test_an_address_of_the_list_is_answered(school: Gateway) -> None:
    answers(school, courses=[waiting(3)])
    headers = school.bearer(grants=REGISTRAR)
    (item,) = school.client.simulate_get(TO_DO, headers=headers).json["items"]
    school.client.simulate_get(item["href"], headers=headers)
    assert school.backend.calls[-1][1:3] == ("list_withdrawals", {"state": "pending_academic"})


def test_who_does_not_answer_in_time_or_does_not_know_the_question_is_named(school: Gateway) -> None:
    release = threading.Event()

    async def answer(service: str, _: dict[str, Any]) -> dict[str, Any]:
        if service == "finance":
            await until(release)
        if service == "exams":
            raise ServiceError("route_not_found")  # as one of the version before says
        return {"items": [waiting(3)] if service == "courses" else []}

    school.backend.answers["get_to_do"] = answer
    answered = school.client.simulate_get(TO_DO, headers=school.bearer(grants=REGISTRAR)).json
    release.set()
    assert (answered["total"], sorted(answered["unanswered"])) == (3, ["exams", "finance"])


def test_each_service_is_told_what_the_user_holds_there_with_all_ids(school: Gateway) -> None:
    """Of a course lead the courses too: by them their rows are found."""
    course = uuid4()
    grants = [*ADMIN, ["course_lead", "course", [str(course)], []]]
    school.client.simulate_get(TO_DO, headers=school.bearer(grants=grants))
    held = {call[0]: call[3].held for call in asked(school)}
    assert held.keys() == set(SERVICES)
    assert held["courses"]["courses.request_withdrawals"] == Scope("point", (POINT,))
    assert held["courses"]["courses.read_catalogue"].kind == "point"
    assert all(name.startswith(f"{service}.") for service, names in held.items() for name in names)
    lead = school.bearer(grants=grants[1:])
    school.client.simulate_get(TO_DO, headers=lead)
    latest = next(call[3].held for call in reversed(asked(school)) if call[0] == "courses")
    assert latest["courses.read_selections"] == Scope("course", (course,))


@pytest.mark.parametrize("address", ["/to-do", "/notices", "/notices/unread"])
def test_before_the_first_steps_nothing_is_told(school: Gateway, address: str) -> None:
    answer = school.client.simulate_get(f"/api/v1{address}", headers=school.bearer(first_steps=True))
    assert (answer.status_code, answer.json["code"]) == (403, "first_steps_required")


# --- live: what waits ---


def hint(stream: Stream, event: str) -> Any:
    """What the next hint of a kind says."""
    while (part := stream.next()).get("event") != event:
        pass
    return orjson.loads(part["data"])


def test_a_stream_begins_with_what_waits_and_tells_when_that_changes(school: Gateway) -> None:
    answers(school, courses=[waiting(3)])
    stream = Stream(school)
    assert hint(stream, "to_do")["total"] == 3
    answers(school, courses=[waiting(4)])
    assert hint(stream, "to_do") == {
        "items": [{"service": "courses", "workflow": "withdrawal", "state": "pending_academic", "count": 4}],
        "total": 4,
    }
    stream.body.close()
    eventually(lambda: not beside("to_do"))


def test_only_services_in_which_something_can_wait_are_asked_again(school: Gateway) -> None:
    answers(school, courses=[waiting(0)])
    stream = Stream(school)
    first = len(asked(school))
    eventually(lambda: len(asked(school)) > first + 2)
    assert {call[0] for call in asked(school)[first:]} == {"courses"}
    stream.body.close()


def test_who_was_away_at_the_beginning_is_asked_until_it_is_known_that_nothing_can_wait_there(school: Gateway) -> None:
    away = threading.Event()
    away.set()

    def answer(service: str, _: dict[str, Any]) -> dict[str, Any]:
        if service == "finance" and away.is_set():
            raise ServiceError("service_unavailable", service=service)
        return {"items": []}

    school.backend.answers["get_to_do"] = answer
    stream = Stream(school)
    first = len(asked(school))
    eventually(lambda: len(asked(school)) > first + 1)
    assert {call[0] for call in asked(school)[first:]} == {"finance"}
    away.clear()
    eventually(lambda: not beside("to_do"))
    stream.body.close()


def test_nobody_is_asked_for_whom_nothing_can_wait(school: Gateway) -> None:
    stream = Stream(school)
    assert stream.next() == {"retry": "2000"}
    assert len(asked(school)) == len(SERVICES)
    assert not beside("to_do")
    stream.body.close()


def test_a_service_that_is_away_for_a_moment_changes_nothing(school: Gateway) -> None:
    answers(school, courses=[waiting(3)], finance=[waiting(2, **REVIEWS)])
    stream = Stream(school)
    assert hint(stream, "to_do")["total"] == 5

    def away(service: str, _: dict[str, Any]) -> dict[str, Any]:
        if service == "finance":
            raise ServiceError("service_unavailable", service=service)
        return {"items": [waiting(4)]}

    school.backend.answers["get_to_do"] = away
    assert hint(stream, "to_do")["total"] == 6
    stream.body.close()


# --- live: notices ---


def notice(**fields: Any) -> KeptNotice:
    return KeptNotice(
        **{
            "id": uuid4(),
            "service": "courses",
            "workflow": "withdrawal",
            "action": "approve",
            "state": "pending_finance",
            "subject_id": uuid4(),
            "student_id": STUDENT,
            "tells_student": True,
            "teaching_point_id": POINT,
            "applicant_id": None,
            "actor_id": None,
            **fields,
        }
    )


def at_point(gateway: Gateway, point: UUID = POINT, **claims: Any) -> Stream:
    """A stream of somebody of a teaching point."""
    fields = {"sub": str(uuid4()), "teaching_point_id": str(point), "grants": ADMIN, **claims}
    return Stream(gateway, **gateway.bearer(**fields))


def hears(gateway: Gateway, stream: Stream, *notices: KeptNotice) -> int:
    """How many of these notices a stream is told of; a last one for everybody shows that there come no more."""
    do(tell, gateway.hub, NoticesKept(notices=notices))
    reader = next(each.reader for each in gateway.hub.all())
    assert reader is not None
    last = notice(teaching_point_id=None, tells_student=False, applicant_id=reader.user_id)
    do(tell, gateway.hub, NoticesKept(notices=(last,)))
    told = hint(stream, "notices")
    return 0 if told["items"][0]["id"] == str(last.id) else int(told["new"])


def test_a_stream_begins_with_how_many_notices_are_unread(school: Gateway) -> None:
    school.backend.answers["count_unread_notices"] = lambda *_: {"unread": 7}
    stream = Stream(school)
    assert hint(stream, "unread_notices") == {"unread": 7}
    (call,) = [call for call in school.backend.calls if call[1] == "count_unread_notices"]
    assert call[3].actor.user_id == UUID(USER)
    stream.body.close()


def test_a_notice_is_hinted_to_student_point_and_applicant_and_to_nobody_else(school: Gateway) -> None:
    applicant = uuid4()
    one = notice(applicant_id=applicant)
    student = [["student", "student", [str(STUDENT)], []]]
    for claims, told in (
        ({}, 1),
        ({"point": ELSEWHERE}, 0),
        ({"point": ELSEWHERE, "sub": str(applicant)}, 1),
        ({"student_id": str(STUDENT), "grants": student}, 1),
        ({"student_id": str(uuid4()), "grants": student}, 0),
    ):
        stream = at_point(school, **claims)
        assert hears(school, stream, one) == told
        stream.body.close()


def test_who_did_it_and_who_has_nothing_to_do_with_the_service_are_not_hinted(school: Gateway) -> None:
    actor = uuid4()
    stream = at_point(school, sub=str(actor))
    assert hears(school, stream, notice(actor_id=actor)) == 0
    stream.body.close()
    for modules, told in ((["finance"], 0), (["courses"], 1)):
        stream = at_point(school, grants=[["teaching_point_staff", "point", [str(POINT)], modules]])
        assert hears(school, stream, notice()) == told
        stream.body.close()


def test_who_is_told_in_two_ways_is_hinted_once(school: Gateway) -> None:
    applicant = uuid4()
    stream = at_point(school, sub=str(applicant))
    assert hears(school, stream, notice(applicant_id=applicant)) == 1
    stream.body.close()


def test_of_many_notices_one_hint_tells_the_number_and_names_some(school: Gateway) -> None:
    stream = at_point(school)
    do(tell, school.hub, NoticesKept(notices=tuple(notice() for _ in range(500))))
    told = hint(stream, "notices")
    assert (told["new"], len(told["items"])) == (500, 20)
    assert told["items"][0].keys() == {"id", "service", "workflow", "action", "state", "subject_id"}
    stream.body.close()
