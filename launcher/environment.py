"""The Python environment: made from the lock by uv, or by pip where uv can't be had.

Standard library only: the bootstrap needs it before anything is installed.
"""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from launcher import uv_settings
from launcher.packages import SetUpError

HASHED = ("--require-hashes", "--no-deps")


def make(venv: Path, lock: Path, uv_lock: Path, log: Path) -> None:
    """Make the environment, where none is there that runs under this Python, and fill it from the lock.

    What the installers say goes to `log`. Raises SetUpError with its end when it can't be done.
    """
    python = venv / "bin" / "python"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a+") as output:
        start = output.seek(0, os.SEEK_END)
        # A link to a Python that is gone, or that of another version, is no environment: make it anew.
        usable = python.exists() and version_of(python) == sys.version
        made = usable or _run([sys.executable, "-m", "venv", "--clear", str(venv)], output)
        if not (made and (_by_uv(python, lock, uv_lock, output) or _by_pip(python, lock, output))):
            output.seek(start)
            tail = "".join(output.readlines()[-15:])
            raise SetUpError(f"{tail}\nThe Python environment could not be made; all of it is in {log}.")


def _by_uv(python: Path, lock: Path, uv_lock: Path, output: IO[str]) -> bool:
    """Fill it by uv, which takes a tenth of the time; False where there is no uv for this system, or it failed."""
    if not _by_pip(python, uv_lock, output):
        return False
    said = subprocess.run([str(python), "-m", "pip", "config", "list"], capture_output=True, text=True).stdout
    # What is built from source is built with what the lock names, by its hashes. Bytecode is made now, as pip makes it:
    # a process that compiles its packages itself keeps 7 MB more.
    files = ["--build-constraints", str(lock), "-r", str(lock)]
    flags = ["--python", str(python), *HASHED, "--compile-bytecode", *files, *uv_settings.flags_from_pip(said)]
    return _run([str(python.with_name("uv")), "pip", "install", *flags], output, uv_settings.from_pip(said, os.environ))


def _by_pip(python: Path, lock: Path, output: IO[str]) -> bool:
    return _run([str(python), "-m", "pip", "install", *HASHED, "-r", str(lock)], output)


def _run(command: Sequence[str], output: IO[str], variables: dict[str, str] | None = None) -> bool:
    """Whether the command ended well."""
    print(f"\n$ {' '.join(command)}", file=output, flush=True)
    environment = {**os.environ, **(variables or {})}
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment)
    return ended.returncode == 0


def version_of(python: Path) -> str:
    """The full version line of a Python, empty when it doesn't run."""
    command = [str(python), "-c", "import sys; sys.stdout.write(sys.version)"]
    return subprocess.run(command, capture_output=True, text=True).stdout
