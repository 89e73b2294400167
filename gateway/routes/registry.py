"""Student records and status changes."""

from contracts.common import ListAuditEntries, of_service
from contracts.registry.commands import (
    ChangeContact,
    ImportStudents,
    RecordDegreeIntent,
    RemoveStudent,
    ResumeStudent,
    RevokeTransfer,
    SuspendStudent,
    TransferStudent,
)
from contracts.registry.queries import (
    GetStatusChange,
    GetStudent,
    GetStudentImportTemplate,
    GetStudentStatistics,
    ListStatusChanges,
    ListStudents,
)
from gateway.route import get, post, put

ABOUT = "学籍管理 · Student records"

_READ = "registry.read_students"
_IMPORT = "registry.import_students"
_READ_CHANGES = "registry.read_status_changes"
_CHANGE = "registry.change_status"
_STUDENT = "/students/{student_id}"

ROUTES = (
    get("/students", ListStudents, _READ, title="学生列表"),
    get("/students/statistics", GetStudentStatistics, _READ, title="学生统计"),
    get(
        "/students/import-template",
        GetStudentImportTemplate,
        _IMPORT,
        downloads="",
        title="下载学生导入模板",
    ),
    post("/students/imports", ImportStudents, _IMPORT, status=202, title="导入学生"),
    get(_STUDENT, GetStudent, _READ, title="学籍详情"),
    put(f"{_STUDENT}/contact", ChangeContact, "registry.change_contact", title="修改联系方式"),
    put(f"{_STUDENT}/degree-intent", RecordDegreeIntent, "registry.record_degree_intent", title="登记学位意向"),
    post(f"{_STUDENT}/suspend", SuspendStudent, _CHANGE, title="休学"),
    post(f"{_STUDENT}/resume", ResumeStudent, _CHANGE, title="复学"),
    post(f"{_STUDENT}/transfer", TransferStudent, _CHANGE, title="转教学点"),
    post(f"{_STUDENT}/leave", RemoveStudent, _CHANGE, title="退学"),
    get("/status-changes", ListStatusChanges, _READ_CHANGES, title="学籍异动列表"),
    get("/status-changes/{status_change_id}", GetStatusChange, _READ_CHANGES, title="学籍异动详情"),
    post("/status-changes/{status_change_id}/revoke", RevokeTransfer, _CHANGE, title="撤销转教学点"),
    get("/audit-entries/registry", of_service("registry", ListAuditEntries), "audit.read", title="审计日志：学籍"),
)
