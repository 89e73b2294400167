"""Admission rounds, application forms, and the school's decision about them."""

from contracts.enrollment import commands, queries
from gateway.route import get, post, put
from gateway.routes.settings import settings_of
from gateway.routes.trail import trail_of

ABOUT = "招生批次、报名表、录取 · admission rounds, application forms, admission"

_READ_ROUNDS = "enrollment.read_rounds"
_ROUNDS = "enrollment.manage_rounds"
_READ = "enrollment.read_applications"
_ENTER = "enrollment.enter_applications"
_CHECK = "enrollment.check_prior_education"
_REVIEW = "enrollment.review_applications"
_ROUND = "/admission-rounds/{admission_round_id}"
_APPLICATION = "/applications/{application_id}"

ROUTES = (
    # rounds
    get("/admission-rounds", queries.ListAdmissionRounds, _READ_ROUNDS),
    post("/admission-rounds", commands.CreateAdmissionRound, _ROUNDS, status=201),
    get(_ROUND, queries.GetAdmissionRound, _READ_ROUNDS),
    put(_ROUND, commands.UpdateAdmissionRound, _ROUNDS),
    post(f"{_ROUND}/publish", commands.PublishAdmissionRound, _ROUNDS),
    get(f"{_ROUND}/programme-choices", queries.GetProgrammeChoices, _READ_ROUNDS),
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
    get(_APPLICATION, queries.GetApplication, _READ),
    put(_APPLICATION, commands.UpdateApplication, _ENTER),
    put(f"{_APPLICATION}/prior-education-check", commands.RecordPriorEducationCheck, _CHECK),
    *settings_of("enrollment"),
    *trail_of("enrollment", "applications", "enter"),
)
