"""Student records and status changes."""

from contracts.registry import commands, queries
from gateway.route import get, post, put
from gateway.routes.documents import documents_of
from gateway.routes.trail import trail_of

ABOUT = "导入、联系方式、学籍异动 · import, contacts, status changes"

_READ = "registry.read_students"
_IMPORT = "registry.import_students"
_READ_CHANGES = "registry.read_status_changes"
_CHANGE = "registry.change_status"
_REVIEW_CHANGES = "registry.review_status_changes"
_ISSUE = "registry.issue_documents"
_STUDENT = "/students/{student_id}"
_STATUS_CHANGE = "/status-changes/{status_change_id}"

ROUTES = (
    get("/students", queries.ListStudents, _READ),
    get("/students/statistics", queries.GetStudentStatistics, _READ),
    get("/students/import-template", queries.GetStudentImportTemplate, _IMPORT, downloads=""),
    post("/students/imports", commands.ImportStudents, _IMPORT, status=202),
    post("/students/exports", commands.ExportStudents, _READ, status=202),
    get(_STUDENT, queries.GetStudent, _READ),
    put(f"{_STUDENT}/contact", commands.ChangeContact, "registry.change_contact"),
    put(f"{_STUDENT}/degree-intent", commands.RecordDegreeIntent, "registry.record_degree_intent"),
    post(f"{_STUDENT}/suspend", commands.SuspendStudent, _CHANGE),
    post(f"{_STUDENT}/resume", commands.ResumeStudent, _CHANGE),
    post(f"{_STUDENT}/transfer", commands.TransferStudent, _CHANGE),
    post(f"{_STUDENT}/leave", commands.RemoveStudent, _CHANGE),
    get("/status-changes", queries.ListStatusChanges, _READ_CHANGES),
    get("/status-changes/statistics", queries.CountStatusChanges, _READ_CHANGES),
    post("/status-changes/approve", commands.ApproveStatusChanges, _REVIEW_CHANGES),
    post("/status-changes/reject", commands.RejectStatusChanges, _REVIEW_CHANGES),
    post("/status-changes/revoke", commands.RevokeStatusChanges, _CHANGE),
    get(_STATUS_CHANGE, queries.GetStatusChange, _READ_CHANGES),
    post(f"{_STATUS_CHANGE}/attachments", commands.AddStatusChangeFiles, _CHANGE),
    get(f"{_STATUS_CHANGE}/attachments/{{file_id}}", queries.GetStatusChangeFile, _READ_CHANGES, downloads=""),
    post(f"{_STUDENT}/enrolment-certificates", commands.IssueEnrolmentCertificate, _ISSUE, status=202),
    post("/students/enrolment-certificates", commands.IssueEnrolmentCertificates, _ISSUE, status=202),
    get("/reconciliation/records", queries.ListRecordStatements, "reconciliation.read"),
    get("/reconciliation/cancelled-admissions", queries.ListCancellationStatements, "reconciliation.read"),
    *documents_of("registry"),
    *trail_of("registry", "students", "import"),
)
