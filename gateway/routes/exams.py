"""Exam rounds, sessions and registrations."""

from contracts.exams.commands import (
    AddSession,
    CancelResits,
    CreateExamRound,
    PlaceCourses,
    PublishArrangement,
    PublishExamRound,
    RecordAttendance,
    RegisterResits,
    RemoveCourses,
    RemoveSession,
    UpdateExamRound,
    UpdateSession,
)
from contracts.exams.queries import (
    GetExamRound,
    GetRegistration,
    ListExamRounds,
    ListRegistrations,
    ListRegistrationStatements,
)
from gateway.route import delete, get, post, put
from gateway.routes.trail import trail_of

ABOUT = "考试批次、考场编排、报考 · exam rounds, arrangements, registrations"

_READ = "exams.read_rounds"
_MANAGE = "exams.manage_rounds"
_READ_REGISTRATIONS = "exams.read_registrations"
_RESITS = "exams.register_resits"
_ROUND = "/exam-rounds/{exam_round_id}"

ROUTES = (
    get("/exam-rounds", ListExamRounds, _READ),
    post("/exam-rounds", CreateExamRound, _MANAGE, status=201),
    get(_ROUND, GetExamRound, _READ),
    put(_ROUND, UpdateExamRound, _MANAGE),
    post(f"{_ROUND}/publish", PublishExamRound, _MANAGE),
    post(f"{_ROUND}/sessions", AddSession, _MANAGE, status=201),
    put(f"{_ROUND}/courses", PlaceCourses, _MANAGE),
    post(f"{_ROUND}/courses/remove", RemoveCourses, _MANAGE),
    post(
        f"{_ROUND}/arrangement/publish",
        PublishArrangement,
        "exams.publish_arrangement",
        timeout=30,
    ),
    put("/exam-sessions/{session_id}", UpdateSession, _MANAGE),
    delete("/exam-sessions/{session_id}", RemoveSession, _MANAGE),
    post(
        "/exam-sessions/{session_id}/attendance",
        RecordAttendance,
        "exams.record_attendance",
    ),
    get("/registrations", ListRegistrations, _READ_REGISTRATIONS),
    post("/registrations/resits", RegisterResits, _RESITS),
    post("/registrations/resits/cancel", CancelResits, _RESITS),
    get("/registrations/{registration_id}", GetRegistration, _READ_REGISTRATIONS),
    get("/reconciliation/registrations", ListRegistrationStatements, "reconciliation.read"),
    *trail_of("exams", "exam_registrations", "register"),
)
