"""The version that ran before: checked out beside this one, and started with the same Python environment."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from launcher.paths import ROOT

VERSION_FILE = Path(__file__).with_name("previous_version")

# Its own launcher starts it, from the same state folder: so it is found, process by process, by this version's.
_UP = """
import json, sys
from pathlib import Path
from launcher.story.people import administrator
from launcher.system import System

options = json.load(sys.stdin)
system = System(Path(options.pop("state")), **options)
system.up()
administrator(system)
"""


class NoPreviousVersion(Exception):
    """It can't be checked out here; the message says why."""


def previous_version() -> str:
    """The commit that is named in the file beside this one."""
    lines = VERSION_FILE.read_text().splitlines()
    (commit,) = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    return commit


@contextmanager
def checked_out(folder: Path) -> Iterator[Path]:
    """The previous version's files, in a new folder that is gone afterwards. Raises NoPreviousVersion."""
    commit = previous_version()
    try:
        _git("cat-file", "-e", f"{commit}^{{commit}}")
        _git("worktree", "prune")  # what a killed run left
        _git("worktree", "add", "--detach", str(folder), commit)
    except FileNotFoundError:
        raise NoPreviousVersion("git is not installed") from None
    except subprocess.CalledProcessError as problem:
        said = problem.stderr.strip() or "the history here is too short for it"
        raise NoPreviousVersion(f"commit {commit} can't be checked out here: {said}") from None
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _git("worktree", "prune")


def start(root: Path, options: Mapping[str, Any]) -> None:
    """Provision and start a system of the version in `root`, ready and with its first administrator.

    `options` are the arguments of its `System`. Its processes outlive this call.
    """
    environment = {**os.environ, "PYTHONPATH": str(root)}
    command = [sys.executable, "-c", _UP]
    started = subprocess.run(
        command, cwd=root, env=environment, input=json.dumps(dict(options)), capture_output=True, text=True
    )
    if started.returncode != 0:
        raise AssertionError(f"the previous version did not come up:\n{started.stdout}\n{started.stderr}")


def _git(*arguments: str) -> None:
    subprocess.run(["git", "-C", str(ROOT), *arguments], check=True, capture_output=True, text=True)
