"""The console's build: made when something has changed that it is made from, and never otherwise.

`python -m launcher.console_build` makes it. What it is made from are the files of console/, and what is generated from
the code of contracts and gateway. Standard library only but for Node: the bootstrap names it before anything is there.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from launcher import node
from launcher.packages import SetUpError
from launcher.paths import LOCAL, LOGS, ROOT

FOLDER = ROOT / "console"
GENERATED = FOLDER / "generated"
PACKAGES = FOLDER / "node_modules"
DIST = FOLDER / "dist"
SITE = LOCAL / "console" / "site"
"""The build as the gateway serves it."""
LOG = LOGS / "console.log"
WANTED_BY = ("up", "upgrade", "test")
"""The commands for which it is built as soon as that can be done."""
_STAMP = LOCAL / "console" / "made-from.json"
_NOT_SOURCES = {"node_modules", "generated", "dist"}
_GENERATED_BY = ("contracts", "gateway")


def site() -> Path | None:
    """The build, if there is one."""
    return SITE if all((folder / "index.html").exists() for folder in (SITE, DIST)) else None


def ensure_built() -> None:
    """Build it, unless there is a build of exactly what is here. Raises SetUpError."""
    with _alone():
        code, stamp = _of_code(), _stamp()
        if site() and stamp.get("code") == code:
            return
        with _logged() as log:
            _generate(log)
            content = _digest([*_sources(), *sorted(GENERATED.glob("*.json"))])
            if not (site() and stamp.get("content") == content):
                _install_packages(log)
                _do(node.run(FOLDER, log, "run", "types"), "Its client could not be generated")
                _do(node.run(FOLDER, log, "run", "build"), "It could not be built")
                _put_in_place()
        _STAMP.write_text(json.dumps({"code": code, "content": content}))


def ensure_prepared() -> None:
    """Have what its checks and Vite's server need: packages and what is generated, as of now. Raises SetUpError."""
    with _alone(), _logged() as log:
        _generate(log)
        _install_packages(log)
        _do(node.run(FOLDER, log, "run", "types"), "Its client could not be generated")


def build_by(python: Path) -> None:
    """Have an environment's Python build it, where we are the bootstrap's. Raises SetUpError."""
    made = subprocess.run([python, "-m", __name__], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if made.returncode != 0:
        raise SetUpError(made.stderr)


def _generate(log: IO[str]) -> None:
    command = [sys.executable, "-m", "gateway.console", str(GENERATED)]
    made = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    _do(made.returncode == 0, "What it is made from could not be generated")


def _install_packages(log: IO[str]) -> None:
    _do(node.have_packages(FOLDER, log), "Its packages could not be installed")


def _put_in_place() -> None:
    new = SITE.with_name("new")
    shutil.rmtree(new, ignore_errors=True)
    shutil.copytree(DIST, new)
    shutil.rmtree(SITE, ignore_errors=True)
    new.rename(SITE)


def _do(done: bool, failed: str) -> None:
    if not done:
        tail = "".join(LOG.read_text(errors="replace").splitlines(keepends=True)[-15:])
        raise SetUpError(f"{tail}\nThe console: {failed[0].lower()}{failed[1:]}; all of it is in {LOG}.")


def _of_code() -> str:
    """What decides, at a glance, whether anything may have changed."""
    code = (path for part in _GENERATED_BY for path in sorted((ROOT / part).rglob("*.py")))
    return _digest([*_sources(), *code])


def _sources() -> Sequence[Path]:
    """The files of console/ that people write, and the one of the gateway's that it shares."""
    found = [ROOT / "gateway" / "static" / "work.js"]
    for folder, folders, files in os.walk(FOLDER):
        folders[:] = sorted(set(folders) - _NOT_SOURCES)
        found += [Path(folder, file) for file in sorted(files)]
    return found


def _digest(files: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(ROOT)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _stamp() -> dict[str, str]:
    try:
        stamp: dict[str, str] = json.loads(_STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp


@contextmanager
def _alone() -> Iterator[None]:
    """Of runs that start together one builds and the others wait."""
    SITE.parent.mkdir(parents=True, exist_ok=True)
    with (SITE.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _logged() -> Iterator[IO[str]]:
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with LOG.open("w") as log:
        yield log


if __name__ == "__main__":
    try:
        ensure_built()
    except SetUpError as problem:
        sys.exit(str(problem))
