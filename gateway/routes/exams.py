"""Exam rounds, sessions and registrations."""

from contracts.exams import commands, queries
from gateway.route import delete, get, post, put
from gateway.routes.trail import trail_of

ABOUT = "考试批次、考场编排、报考 · exam rounds, arrangements, registrations"

_READ = "exams.read_rounds"
_MANAGE = "exams.manage_rounds"
_READ_REGISTRATIONS = "exams.read_registrations"
_RESITS = "exams.register_resits"
_ROUND = "/exam-rounds/{exam_round_id}"

ROUTES = (
    get("/exam-rounds", queries.ListExamRounds, _READ),
    post("/exam-rounds", commands.CreateExamRound, _MANAGE, status=201),
    get(_ROUND, queries.GetExamRound, _READ),
    put(_ROUND, commands.UpdateExamRound, _MANAGE),
    post(f"{_ROUND}/publish", commands.PublishExamRound, _MANAGE),
    post(f"{_ROUND}/sessions", commands.AddSession, _MANAGE, status=201),
    put(f"{_ROUND}/courses", commands.PlaceCourses, _MANAGE),
    post(f"{_ROUND}/courses/remove", commands.RemoveCourses, _MANAGE),
    post(f"{_ROUND}/arrangement/publish", commands.PublishArrangement, "exams.publish_arrangement", timeout=30),
    put("/exam-sessions/{session_id}", commands.UpdateSession, _MANAGE),
    delete("/exam-sessions/{session_id}", commands.RemoveSession, _MANAGE),
    post("/exam-sessions/{session_id}/attendance", commands.RecordAttendance, "exams.record_attendance"),
    get("/registrations", queries.ListRegistrations, _READ_REGISTRATIONS),
    post("/registrations/resits", commands.RegisterResits, _RESITS),
    post("/registrations/resits/cancel", commands.CancelResits, _RESITS),
    get("/registrations/{registration_id}", queries.GetRegistration, _READ_REGISTRATIONS),
    get("/reconciliation/registrations", queries.ListRegistrationStatements, "reconciliation.read"),
    *trail_of("exams", "exam_registrations", "register"),
)
