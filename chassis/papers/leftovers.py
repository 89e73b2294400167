"""Named files that a killed process leaves on the disk. They hold what people sent or are to get, so they go."""

import re
import tempfile
import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

KEPT = timedelta(hours=1)
"""Since it was last written to. No workbook takes so long to write, no object to store."""

_WORKBOOK = "openpyxl.*"
"""The sheets of a workbook that openpyxl writes row by row; the library removes them only where its process ends well.
Other temporary files of ours have no name and go with their process."""
_STAGED = re.compile(r".+#[0-9]+")
"""What obstore writes before it gives an object its name. It lists them nowhere."""


def erase_workbooks() -> int:
    """Erase sheets that nobody writes any more from this process's folder for temporary files; how many."""
    return _erase(Path(tempfile.gettempdir()).glob(_WORKBOOK))


def erase_staged(area: Path) -> int:
    """Erase what never became an object from a folder of the store; how many."""
    return _erase(path for path in area.rglob("*#*") if _STAGED.fullmatch(path.name))


def _erase(paths: Iterable[Path]) -> int:
    before = time.time() - KEPT.total_seconds()
    return sum(_erase_one(path, before) for path in paths)


def _erase_one(path: Path, before: float) -> bool:
    try:
        if not path.is_file() or path.stat().st_mtime >= before:
            return False
        path.unlink()
    except (FileNotFoundError, PermissionError):  # somebody else did, or it is somebody else's
        return False
    return True
