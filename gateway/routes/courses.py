"""Catalogue, programmes, selection rounds, selections and withdrawals."""

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
    ExportSelections,
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
    CountWithdrawals,
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
from gateway.routes.trail import trail_of

ABOUT = "课程、培养方案、选课、退课 · catalogue, programmes, selections, withdrawals"

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
    get("/terms", ListTerms, _READ),
    post("/terms", CreateTerm, _MANAGE, status=201),
    put("/terms/{term_id}", UpdateTerm, _MANAGE),
    # catalogue
    get("/courses", ListCourses, _READ),
    post("/courses", CreateCourse, _MANAGE, status=201),
    get(_COURSE, GetCourse, _READ),
    put(_COURSE, UpdateCourse, _MANAGE),
    post(f"{_COURSE}/publish", PublishCourse, _MANAGE),
    post(f"{_COURSE}/retire", RetireCourse, _MANAGE),
    post(f"{_COURSE}/versions", AddCourseVersion, _MANAGE, status=201),
    post(f"{_VERSION}/use", UseCourseVersion, _MANAGE),
    post(
        f"{_VERSION}/assessment-requirements",
        AddAssessmentRequirement,
        _MANAGE,
        status=201,
    ),
    post(f"{_REQUIREMENT}/approve", ApproveAssessmentRequirement, _MANAGE),
    post(f"{_REQUIREMENT}/reject", RejectAssessmentRequirement, _MANAGE),
    # programmes
    get("/programmes", ListProgrammes, _READ),
    post("/programmes", CreateProgramme, _MANAGE, status=201),
    get(_PROGRAMME, GetProgramme, _READ),
    put(_PROGRAMME, UpdateProgramme, _MANAGE),
    post(f"{_PROGRAMME}/publish", PublishProgramme, _MANAGE),
    put(f"{_PROGRAMME}/teaching-points", OfferProgramme, _MANAGE),
    post(f"{_PROGRAMME}/versions", CreateProgrammeVersion, _MANAGE, status=201),
    # selection rounds
    get("/selection-rounds", ListSelectionRounds, _READ),
    post("/selection-rounds", CreateSelectionRound, _ROUNDS, status=201),
    get(_ROUND, GetSelectionRound, _READ),
    put(_ROUND, UpdateSelectionRound, _ROUNDS),
    post(f"{_ROUND}/publish", PublishSelectionRound, _ROUNDS),
    post(f"{_ROUND}/courses/add", AddCoursesToRound, _ROUNDS),
    post(f"{_ROUND}/courses/remove", RemoveCoursesFromRound, _ROUNDS),
    get(f"{_ROUND}/statistics", GetSelectionStatistics, "courses.read_statistics"),
    # selections
    get("/students/{student_id}/plan", GetPlan, _READ_SELECTIONS),
    get("/cohorts", ListCohort, "courses.select_in_batch"),
    get("/selections", ListSelections, _READ_SELECTIONS),
    post("/selections/exports", ExportSelections, _READ_SELECTIONS, status=202),
    post("/selections", SelectCourses, "courses.select"),
    post("/selections/batch", SelectCoursesInBatch, "courses.select_in_batch", timeout=30),
    post("/selections/cancel", CancelSelections, "courses.cancel_selections"),
    get("/selections/{selection_id}", GetSelection, _READ_SELECTIONS),
    # withdrawals
    get("/withdrawals", ListWithdrawals, _READ_SELECTIONS),
    get("/withdrawals/statistics", CountWithdrawals, _READ_SELECTIONS),
    post("/withdrawals", RequestWithdrawals, _WITHDRAW),
    post("/withdrawals/revoke", RevokeWithdrawals, _WITHDRAW),
    post("/withdrawals/approve", ApproveWithdrawals, _REVIEW),
    post("/withdrawals/reject", RejectWithdrawals, _REVIEW),
    get("/withdrawals/{withdrawal_id}", GetWithdrawal, _READ_SELECTIONS),
    get("/reconciliation/selections", ListSelectionStatements, "reconciliation.read"),
    *trail_of("courses", "selections", "select"),
)
