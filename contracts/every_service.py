"""What every service answers, and what some do: those with settings of the school, those that issue documents."""

from contracts.base import Operation
from contracts.common import CancelTask, GetTask, ListAuditEntries, ListErasures, ListTasks
from contracts.documents import DOCUMENT_OPERATIONS
from contracts.parked import MESSAGE_OPERATIONS
from contracts.settings import ChangeSetting, ListSettingChanges, ListSettings, RevokeSettingChange
from contracts.to_do import GetToDo

SETTINGS_OPERATIONS = (ListSettings, ListSettingChanges, ChangeSetting, RevokeSettingChange)
_OTHERS = (ListAuditEntries, ListErasures, GetTask, ListTasks, CancelTask, GetToDo)
COMMON_OPERATIONS: tuple[type[Operation], ...] = (
    *_OTHERS,
    *SETTINGS_OPERATIONS,
    *DOCUMENT_OPERATIONS,
    *MESSAGE_OPERATIONS,
)
