"""Exam rounds, sessions and registrations."""

from contracts.common import ListAuditEntries, of_service
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

ABOUT = "考务管理：考试批次、报考 · Exam rounds and registrations"

_READ = "exams.read_rounds"
_MANAGE = "exams.manage_rounds"
_READ_REGISTRATIONS = "exams.read_registrations"
_RESITS = "exams.register_resits"
_ROUND = "/exam-rounds/{exam_round_id}"

ROUTES = (
    get("/exam-rounds", ListExamRounds, _READ, title="考试批次列表"),
    post("/exam-rounds", CreateExamRound, _MANAGE, status=201, title="新增考试批次"),
    get(_ROUND, GetExamRound, _READ, title="考试批次详情"),
    put(_ROUND, UpdateExamRound, _MANAGE, title="修改考试批次"),
    post(f"{_ROUND}/publish", PublishExamRound, _MANAGE, title="发布考试批次"),
    post(f"{_ROUND}/sessions", AddSession, _MANAGE, status=201, title="新增场次"),
    put(f"{_ROUND}/courses", PlaceCourses, _MANAGE, title="安排考试科目"),
    post(f"{_ROUND}/courses/remove", RemoveCourses, _MANAGE, title="移除考试科目"),
    post(
        f"{_ROUND}/arrangement/publish",
        PublishArrangement,
        "exams.publish_arrangement",
        timeout=30,
        title="发布考场编排",
    ),
    put("/exam-sessions/{session_id}", UpdateSession, _MANAGE, title="修改场次"),
    delete("/exam-sessions/{session_id}", RemoveSession, _MANAGE, title="删除场次"),
    post(
        "/exam-sessions/{session_id}/attendance",
        RecordAttendance,
        "exams.record_attendance",
        title="登记考试出勤",
    ),
    get("/registrations", ListRegistrations, _READ_REGISTRATIONS, title="报考列表"),
    post("/registrations/resits", RegisterResits, _RESITS, title="补考报名"),
    post("/registrations/resits/cancel", CancelResits, _RESITS, title="取消补考报名"),
    get("/registrations/{registration_id}", GetRegistration, _READ_REGISTRATIONS, title="报考详情"),
    get("/reconciliation/registrations", ListRegistrationStatements, "reconciliation.read", title="对账：报考"),
    get("/audit-entries/exams", of_service("exams", ListAuditEntries), "audit.read", title="审计日志：考务"),
)
