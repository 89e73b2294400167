"""Many PDFs become one, in a process of its own: pikepdf keeps every object in memory until it has written, and gives
none of it back. `python -m chassis.documents.merging <result>`, the files' paths as lines of standard input."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).parents[2]
_LONGEST: Final = 300
"""Seconds; five thousand pages take two."""


def merge(paths: Sequence[Path], result: Path) -> None:
    """Write the pages of these files, in their order, as one. Raises CalledProcessError, TimeoutExpired."""
    subprocess.run(
        [sys.executable, "-X", "utf8", "-m", "chassis.documents.merging", str(result)],
        cwd=_ROOT,
        env={"PYTHONPATH": str(_ROOT)},
        input="\n".join(map(str, paths)),
        text=True,
        encoding="utf-8",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=_LONGEST,
        check=True,
    )


def _merge_here(paths: Sequence[str], result: str) -> None:
    import pikepdf

    with ExitStack() as opened:
        whole = opened.enter_context(pikepdf.Pdf.new())
        for path in paths:
            whole.pages.extend(opened.enter_context(pikepdf.Pdf.open(path)).pages)
        whole.save(result)


if __name__ == "__main__":
    _merge_here(sys.stdin.read().splitlines(), sys.argv[1])
