"""Catalogue, programmes, selection rounds, selections and withdrawals."""

from contracts.courses import catalogue_commands as catalogue
from contracts.courses import commands, queries
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
    get("/terms", queries.ListTerms, _READ),
    post("/terms", catalogue.CreateTerm, _MANAGE, status=201),
    put("/terms/{term_id}", catalogue.UpdateTerm, _MANAGE),
    # catalogue
    get("/courses", queries.ListCourses, _READ),
    post("/courses", catalogue.CreateCourse, _MANAGE, status=201),
    get(_COURSE, queries.GetCourse, _READ),
    put(_COURSE, catalogue.UpdateCourse, _MANAGE),
    post(f"{_COURSE}/publish", catalogue.PublishCourse, _MANAGE),
    post(f"{_COURSE}/retire", catalogue.RetireCourse, _MANAGE),
    post(f"{_COURSE}/versions", catalogue.AddCourseVersion, _MANAGE, status=201),
    post(f"{_VERSION}/use", catalogue.UseCourseVersion, _MANAGE),
    post(f"{_VERSION}/assessment-requirements", catalogue.AddAssessmentRequirement, _MANAGE, status=201),
    post(f"{_REQUIREMENT}/approve", catalogue.ApproveAssessmentRequirement, _MANAGE),
    post(f"{_REQUIREMENT}/reject", catalogue.RejectAssessmentRequirement, _MANAGE),
    # programmes
    get("/programmes", queries.ListProgrammes, _READ),
    post("/programmes", catalogue.CreateProgramme, _MANAGE, status=201),
    get(_PROGRAMME, queries.GetProgramme, _READ),
    put(_PROGRAMME, catalogue.UpdateProgramme, _MANAGE),
    post(f"{_PROGRAMME}/publish", catalogue.PublishProgramme, _MANAGE),
    put(f"{_PROGRAMME}/teaching-points", catalogue.OfferProgramme, _MANAGE),
    post(f"{_PROGRAMME}/versions", catalogue.CreateProgrammeVersion, _MANAGE, status=201),
    # selection rounds
    get("/selection-rounds", queries.ListSelectionRounds, _READ),
    post("/selection-rounds", commands.CreateSelectionRound, _ROUNDS, status=201),
    get(_ROUND, queries.GetSelectionRound, _READ),
    put(_ROUND, commands.UpdateSelectionRound, _ROUNDS),
    post(f"{_ROUND}/publish", commands.PublishSelectionRound, _ROUNDS),
    post(f"{_ROUND}/courses/add", commands.AddCoursesToRound, _ROUNDS),
    post(f"{_ROUND}/courses/remove", commands.RemoveCoursesFromRound, _ROUNDS),
    get(f"{_ROUND}/statistics", queries.GetSelectionStatistics, "courses.read_statistics"),
    # selections
    get("/students/{student_id}/plan", queries.GetPlan, _READ_SELECTIONS),
    get("/cohorts", queries.ListCohort, "courses.select_in_batch"),
    get("/selections", queries.ListSelections, _READ_SELECTIONS),
    post("/selections/exports", commands.ExportSelections, _READ_SELECTIONS, status=202),
    post("/selections", commands.SelectCourses, "courses.select"),
    post("/selections/batch", commands.SelectCoursesInBatch, "courses.select_in_batch", timeout=30),
    post("/selections/cancel", commands.CancelSelections, "courses.cancel_selections"),
    get("/selections/{selection_id}", queries.GetSelection, _READ_SELECTIONS),
    # withdrawals
    get("/withdrawals", queries.ListWithdrawals, _READ_SELECTIONS),
    get("/withdrawals/statistics", queries.CountWithdrawals, _READ_SELECTIONS),
    post("/withdrawals", commands.RequestWithdrawals, _WITHDRAW),
    post("/withdrawals/revoke", commands.RevokeWithdrawals, _WITHDRAW),
    post("/withdrawals/approve", commands.ApproveWithdrawals, _REVIEW),
    post("/withdrawals/reject", commands.RejectWithdrawals, _REVIEW),
    get("/withdrawals/{withdrawal_id}", queries.GetWithdrawal, _READ_SELECTIONS),
    get("/reconciliation/selections", queries.ListSelectionStatements, "reconciliation.read"),
    *trail_of("courses", "selections", "select"),
)
