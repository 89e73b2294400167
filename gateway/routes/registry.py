"""Student records and status changes."""

from contracts.registry.commands import (
    AddStatusChangeFiles,
    ApproveStatusChanges,
    ChangeContact,
    ExportStudents,
    ImportStudents,
    IssueEnrolmentCertificate,
    IssueEnrolmentCertificates,
    RecordDegreeIntent,
    RejectStatusChanges,
    RemoveStudent,
    ResumeStudent,
    RevokeStatusChanges,
    SuspendStudent,
    TransferStudent,
)
from contracts.registry.queries import (
    CountStatusChanges,
    GetStatusChange,
    GetStatusChangeFile,
    GetStudent,
    GetStudentImportTemplate,
    GetStudentStatistics,
    ListStatusChanges,
    ListStudents,
)
from gateway.route import get, post, put
from gateway.routes.documents import documents_of
from gateway.routes.trail import trail_of

ABOUT = "导入、联系方式、学籍异动 · import, contacts, status changes"

_READ = "registry.read_students"
_IMPORT = "registry.import_students"
_READ_CHANGES = "registry.read_status_changes"
_CHANGE = "registry.change_status"
_REVIEW_CHANGES = "registry.review_status_changes"
_STUDENT = "/students/{student_id}"
_STATUS_CHANGE = "/status-changes/{status_change_id}"

ROUTES = (
    get("/students", ListStudents, _READ),
    get("/students/statistics", GetStudentStatistics, _READ),
    get(
        "/students/import-template",
        GetStudentImportTemplate,
        _IMPORT,
        downloads="",
    ),
    post("/students/imports", ImportStudents, _IMPORT, status=202),
    post("/students/exports", ExportStudents, _READ, status=202),
    get(_STUDENT, GetStudent, _READ),
    put(f"{_STUDENT}/contact", ChangeContact, "registry.change_contact"),
    put(f"{_STUDENT}/degree-intent", RecordDegreeIntent, "registry.record_degree_intent"),
    post(f"{_STUDENT}/suspend", SuspendStudent, _CHANGE),
    post(f"{_STUDENT}/resume", ResumeStudent, _CHANGE),
    post(f"{_STUDENT}/transfer", TransferStudent, _CHANGE),
    post(f"{_STUDENT}/leave", RemoveStudent, _CHANGE),
    get("/status-changes", ListStatusChanges, _READ_CHANGES),
    get("/status-changes/statistics", CountStatusChanges, _READ_CHANGES),
    post("/status-changes/approve", ApproveStatusChanges, _REVIEW_CHANGES),
    post("/status-changes/reject", RejectStatusChanges, _REVIEW_CHANGES),
    post("/status-changes/revoke", RevokeStatusChanges, _CHANGE),
    get(_STATUS_CHANGE, GetStatusChange, _READ_CHANGES),
    post(f"{_STATUS_CHANGE}/attachments", AddStatusChangeFiles, _CHANGE),
    get(f"{_STATUS_CHANGE}/attachments/{{file_id}}", GetStatusChangeFile, _READ_CHANGES, downloads=""),
    post(f"{_STUDENT}/enrolment-certificates", IssueEnrolmentCertificate, "registry.issue_documents", status=202),
    post("/students/enrolment-certificates", IssueEnrolmentCertificates, "registry.issue_documents", status=202),
    *documents_of("registry"),
    *trail_of("registry", "students", "import"),
)
