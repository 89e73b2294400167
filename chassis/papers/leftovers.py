"""Named files that a killed process leaves on the disk. They hold what people sent or are to get, so they go."""

import re
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

KEPT = timedelta(hours=1)
"""Since it was last written to. No workbook takes so long to write, no object to store, no folder's file to be next."""

_WORKBOOK = "openpyxl.*"
"""The sheets of a workbook that openpyxl writes row by row; the library removes them only where its process ends well.
Other temporary files of ours lie in a `folder`, or have no name and go with their process."""
_FOLDER = "jiaowu-papers."
_STAGED = re.compile(r".+#[0-9]+")
"""What obstore writes before it gives an object its name. It lists them nowhere."""


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for files that other programs are to find by their names; gone at the end."""
    with tempfile.TemporaryDirectory(prefix=_FOLDER) as path:
        yield Path(path)


def erase_temporary() -> int:
    """Erase sheets and folders that nobody writes any more from this process's place for temporary files; how many."""
    place = Path(tempfile.gettempdir())
    return _erase(place.glob(_WORKBOOK)) + sum(map(_erase_folder, place.glob(f"{_FOLDER}*")))


def erase_staged(area: Path) -> int:
    """Erase what never became an object from a folder of the store; how many."""
    return _erase(path for path in area.rglob("*#*") if _STAGED.fullmatch(path.name))


def _erase(paths: Iterable[Path]) -> int:
    return sum(map(_erase_one, paths))


def _erase_one(path: Path) -> bool:
    try:
        if not path.is_file() or not _is_left(path):
            return False
        path.unlink()
    except (FileNotFoundError, PermissionError):  # somebody else did, or it is somebody else's
        return False
    return True


def _erase_folder(path: Path) -> bool:
    try:
        if not all(map(_is_left, (path, *path.iterdir()))):
            return False
        shutil.rmtree(path)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return False
    return True


def _is_left(path: Path) -> bool:
    return path.stat().st_mtime < time.time() - KEPT.total_seconds()
