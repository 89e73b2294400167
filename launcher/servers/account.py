"""The system account a server runs as, and a folder that this account can reach."""

import hashlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

# Where data goes when the checkout lies below a folder that the server's account may not enter
# (a private home).
ELSEWHERE = Path("/var/lib/jiaowu")


class Account:
    """Who runs a server: ourselves, or (when we are root) the account that the server's package made."""

    def __init__(self, name: str) -> None:
        self._entry: pwd.struct_passwd | None = None
        if os.geteuid() == 0:
            try:
                self._entry = pwd.getpwnam(name)
            except KeyError:
                raise LookupError(f"the system account {name!r} is missing; its package makes it") from None

    def command(self, arguments: Sequence[str | Path]) -> list[str]:
        """The command line that runs `arguments` as this account."""
        plain = [str(argument) for argument in arguments]
        if self._entry is None:
            return plain
        return ["runuser", "-u", self._entry.pw_name, "--", *plain]

    def run(self, arguments: Sequence[str | Path], **options: Any) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end as this account, its output captured as text."""
        # From "/": the present folder may be one that the account can't enter.
        return subprocess.run(self.command(arguments), capture_output=True, text=True, cwd="/", **options)

    def make_folder(self, folder: Path) -> Path:
        """Make `folder` as this account's own (0700) and return it."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.give(folder)
        return folder

    def give(self, path: Path) -> None:
        """Make the account the owner of a file or folder that we made."""
        if self._entry is not None:
            os.chown(path, self._entry.pw_uid, self._entry.pw_gid)

    def home(self, wanted: Path) -> Path:
        """`wanted` where the account can reach it, else a folder of its own below /var/lib/jiaowu."""
        if self._entry is None or self._can_enter(wanted.parent):
            return wanted
        digest = hashlib.sha256(str(wanted).encode()).hexdigest()[:16]
        ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
        return ELSEWHERE / digest

    def _can_enter(self, folder: Path) -> bool:
        existing = next(path for path in [folder, *folder.parents] if path.exists())
        return self.run(["test", "-x", existing]).returncode == 0


def remove(folder: Path) -> None:
    """Delete a server's folder, wherever `Account.home` put it."""
    shutil.rmtree(folder, ignore_errors=True)
