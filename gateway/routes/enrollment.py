"""Admission rounds, quick signups, application forms, and the school's decision about them."""

from contracts.enrollment import commands, queries, signups
from gateway.route import PUBLIC, get, post, put
from gateway.routes.settings import settings_of
from gateway.routes.trail import trail_of

ABOUT = "招生批次、在线报名、报名表、录取 · admission rounds, quick signups, application forms, admission"

_READ_ROUNDS = "enrollment.read_rounds"
_ROUNDS = "enrollment.manage_rounds"
_READ = "enrollment.read_applications"
_ENTER = "enrollment.enter_applications"
_CHECK = "enrollment.check_prior_education"
_REVIEW = "enrollment.review_applications"
_ROUND = "/admission-rounds/{admission_round_id}"
_APPLICATION = "/applications/{application_id}"

TELLS_NOTHING_BEFORE = 0.3
"""Seconds in which a signup is answered, whether it is new or not."""

ROUTES = (
    # rounds
    get("/admission-rounds", queries.ListAdmissionRounds, _READ_ROUNDS),
    post("/admission-rounds", commands.CreateAdmissionRound, _ROUNDS, status=201),
    get(_ROUND, queries.GetAdmissionRound, _READ_ROUNDS),
    put(_ROUND, commands.UpdateAdmissionRound, _ROUNDS),
    post(f"{_ROUND}/publish", commands.PublishAdmissionRound, _ROUNDS),
    get(f"{_ROUND}/programme-choices", queries.GetProgrammeChoices, _READ_ROUNDS),
    # quick signups
    post("/signup/cities", signups.GetSignupCities, PUBLIC),
    post("/signup/nearest-points", signups.GetNearestPoints, PUBLIC),
    post("/signup/points-of-city", signups.GetPointsOfCity, PUBLIC),
    post("/signup", signups.SignUp, PUBLIC, status=201, never_before=TELLS_NOTHING_BEFORE),
    get("/signups", signups.ListSignups, _READ),
    post("/signups/discard", signups.DiscardSignups, _ENTER),
    get("/signups/{signup_id}", signups.GetSignup, _READ),
    # forms
    get("/applications", queries.ListApplications, _READ),
    post("/applications", commands.EnterApplication, _ENTER, status=201),
    get("/applications/statistics", queries.GetApplicationStatistics, _READ),
    get("/applications/import-template", queries.GetApplicationImportTemplate, _ENTER, downloads=""),
    post("/applications/imports", commands.ImportApplications, _ENTER, status=202),
    post("/applications/exports", commands.ExportApplications, _READ, status=202),
    post("/applications/resend", commands.ResendApplications, _ENTER),
    post("/applications/withdraw", commands.WithdrawApplications, _ENTER),
    post("/applications/admit", commands.AdmitApplications, _REVIEW, asks_again=True),
    post("/applications/reject", commands.RejectApplications, _REVIEW),
    post("/applications/cancel-admission", commands.CancelAdmissions, _REVIEW, asks_again=True),
    get(
        "/applications/prior-education-checks/import-template",
        queries.GetPriorEducationCheckImportTemplate,
        _CHECK,
        downloads="",
    ),
    post(
        "/applications/prior-education-checks/imports",
        commands.ImportPriorEducationChecks,
        _CHECK,
        status=202,
        asks_again=True,
    ),
    get(_APPLICATION, queries.GetApplication, _READ),
    put(_APPLICATION, commands.UpdateApplication, _ENTER),
    put(f"{_APPLICATION}/prior-education-check", commands.RecordPriorEducationCheck, _CHECK, asks_again=True),
    get("/reconciliation/admissions", queries.ListAdmissionStatements, "reconciliation.read"),
    *settings_of("enrollment"),
    *trail_of("enrollment", "applications", "enter"),
)
