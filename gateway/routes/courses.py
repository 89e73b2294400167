"""Catalogue, programmes, selection rounds, selections and withdrawals."""

from contracts.common import ListAuditEntries, of_service
from contracts.courses.catalogue_commands import (
    AddAssessmentRequirement,
    AddCourseVersion,
    ApproveAssessmentRequirement,
    CreateCourse,
    CreateProgramme,
    CreateProgrammeVersion,
    CreateTerm,
    OfferProgramme,
    PublishCourse,
    PublishProgramme,
    RejectAssessmentRequirement,
    RetireCourse,
    UpdateCourse,
    UpdateProgramme,
    UpdateTerm,
    UseCourseVersion,
)
from contracts.courses.commands import (
    AddCoursesToRound,
    ApproveWithdrawals,
    CancelSelections,
    CreateSelectionRound,
    PublishSelectionRound,
    RejectWithdrawals,
    RemoveCoursesFromRound,
    RequestWithdrawals,
    RevokeWithdrawals,
    SelectCourses,
    SelectCoursesInBatch,
    UpdateSelectionRound,
)
from contracts.courses.queries import (
    GetCourse,
    GetPlan,
    GetProgramme,
    GetSelection,
    GetSelectionRound,
    GetSelectionStatistics,
    GetWithdrawal,
    ListCohort,
    ListCourses,
    ListProgrammes,
    ListSelectionRounds,
    ListSelections,
    ListSelectionStatements,
    ListTerms,
    ListWithdrawals,
)
from gateway.route import get, post, put

ABOUT = "教务管理：课程、培养方案、选课、退课 · Courses, programmes, selections, withdrawals"

_READ = "courses.read_catalogue"
_MANAGE = "courses.manage_catalogue"
_ROUNDS = "courses.manage_rounds"
_READ_SELECTIONS = "courses.read_selections"
_WITHDRAW = "courses.request_withdrawals"
_REVIEW = "courses.review_withdrawals"
_COURSE = "/courses/{course_id}"
_VERSION = "/course-versions/{course_version_id}"
_REQUIREMENT = "/assessment-requirements/{requirement_id}"
_PROGRAMME = "/programmes/{programme_id}"
_ROUND = "/selection-rounds/{selection_round_id}"

ROUTES = (
    # term calendar
    get("/terms", ListTerms, _READ, title="校历学期"),
    post("/terms", CreateTerm, _MANAGE, status=201, title="新增学期"),
    put("/terms/{term_id}", UpdateTerm, _MANAGE, title="修改学期"),
    # catalogue
    get("/courses", ListCourses, _READ, title="课程列表"),
    post("/courses", CreateCourse, _MANAGE, status=201, title="新增课程"),
    get(_COURSE, GetCourse, _READ, title="课程详情"),
    put(_COURSE, UpdateCourse, _MANAGE, title="修改课程"),
    post(f"{_COURSE}/publish", PublishCourse, _MANAGE, title="发布课程"),
    post(f"{_COURSE}/retire", RetireCourse, _MANAGE, title="停用课程"),
    post(f"{_COURSE}/versions", AddCourseVersion, _MANAGE, status=201, title="新增课程版本"),
    post(f"{_VERSION}/use", UseCourseVersion, _MANAGE, title="启用课程版本"),
    post(
        f"{_VERSION}/assessment-requirements",
        AddAssessmentRequirement,
        _MANAGE,
        status=201,
        title="提交考核要求",
    ),
    post(f"{_REQUIREMENT}/approve", ApproveAssessmentRequirement, _MANAGE, title="通过考核要求"),
    post(f"{_REQUIREMENT}/reject", RejectAssessmentRequirement, _MANAGE, title="驳回考核要求"),
    # programmes
    get("/programmes", ListProgrammes, _READ, title="培养方案列表"),
    post("/programmes", CreateProgramme, _MANAGE, status=201, title="新增培养方案"),
    get(_PROGRAMME, GetProgramme, _READ, title="培养方案详情"),
    put(_PROGRAMME, UpdateProgramme, _MANAGE, title="修改培养方案"),
    post(f"{_PROGRAMME}/publish", PublishProgramme, _MANAGE, title="发布培养方案"),
    put(f"{_PROGRAMME}/teaching-points", OfferProgramme, _MANAGE, title="设置开设教学点"),
    post(f"{_PROGRAMME}/versions", CreateProgrammeVersion, _MANAGE, status=201, title="新增培养方案版本"),
    # selection rounds
    get("/selection-rounds", ListSelectionRounds, _READ, title="选课批次列表"),
    post("/selection-rounds", CreateSelectionRound, _ROUNDS, status=201, title="新增选课批次"),
    get(_ROUND, GetSelectionRound, _READ, title="选课批次详情"),
    put(_ROUND, UpdateSelectionRound, _ROUNDS, title="修改选课批次"),
    post(f"{_ROUND}/publish", PublishSelectionRound, _ROUNDS, title="发布选课批次"),
    post(f"{_ROUND}/courses/add", AddCoursesToRound, _ROUNDS, title="批次添加课程"),
    post(f"{_ROUND}/courses/remove", RemoveCoursesFromRound, _ROUNDS, title="批次移除课程"),
    get(f"{_ROUND}/statistics", GetSelectionStatistics, "courses.read_statistics", title="选课统计"),
    # selections
    get("/students/{student_id}/plan", GetPlan, _READ_SELECTIONS, title="学生学习计划"),
    get("/cohorts", ListCohort, "courses.select_in_batch", title="批量选课的学生"),
    get("/selections", ListSelections, _READ_SELECTIONS, title="选课列表"),
    post("/selections", SelectCourses, "courses.select", title="选课"),
    post("/selections/batch", SelectCoursesInBatch, "courses.select_in_batch", timeout=30, title="批量选课"),
    post("/selections/cancel", CancelSelections, "courses.cancel_selections", title="取消选课"),
    get("/selections/{selection_id}", GetSelection, _READ_SELECTIONS, title="选课详情"),
    # withdrawals
    get("/withdrawals", ListWithdrawals, _READ_SELECTIONS, title="退课列表"),
    post("/withdrawals", RequestWithdrawals, _WITHDRAW, title="申请退课"),
    post("/withdrawals/revoke", RevokeWithdrawals, _WITHDRAW, title="撤销退课申请"),
    post("/withdrawals/approve", ApproveWithdrawals, _REVIEW, title="退课教务审核通过"),
    post("/withdrawals/reject", RejectWithdrawals, _REVIEW, title="退课教务审核驳回"),
    get("/withdrawals/{withdrawal_id}", GetWithdrawal, _READ_SELECTIONS, title="退课详情"),
    get("/reconciliation/selections", ListSelectionStatements, "reconciliation.read", title="对账：选课"),
    get("/audit-entries/courses", of_service("courses", ListAuditEntries), "audit.read", title="审计日志：教务"),
)
