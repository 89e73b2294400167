"""What every import of a table asks for.

class ImportStudents(Import, answers=TaskView):
    \"\"\"Student records from a table, as a task.\"\"\"
"""

from pydantic import Field

from contracts.base import Command
from contracts.types import FileReference, Flag


class Import(Command):
    """Rows of a table as records: good ones come in, the others come back with every reason."""

    file: FileReference = Field(description="The table, as uploaded: .xlsx, .xls, .ods or CSV.")
    dry_run: Flag = Field(default=False, description="Only tell what would happen.")
