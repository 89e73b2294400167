"""What the registry can be told to do."""

from services.registry.commands.imports import import_students
from services.registry.commands.records import change_contact, record_degree_intent
from services.registry.commands.status import remove_student, resume_student, suspend_student
from services.registry.commands.transfers import revoke_transfer, transfer_student

__all__ = [
    "change_contact",
    "import_students",
    "record_degree_intent",
    "remove_student",
    "resume_student",
    "revoke_transfer",
    "suspend_student",
    "transfer_student",
]
