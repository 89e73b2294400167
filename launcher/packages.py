"""Packages of the operating system.

Standard library only: the bootstrap needs it before anything is installed.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from chassis.base.problems import SetUpProblem

POLICY = Path("/usr/sbin/policy-rc.d")


class SetUpError(SetUpProblem):
    """Setting up can't go on; the message says what is missing and how to get it."""


def installation(packages: Sequence[str], purpose: str, log: Path) -> Callable[[], None]:
    """What installs Debian packages when it is called, as root or through sudo, which asks for its password now.

    The package manager's output goes to `log`. Raises SetUpError with the command to run by hand when there
    is no apt-get or no right to use it, and so does the call when it fails.
    """
    by_hand = "sudo apt-get install --no-install-recommends " + " ".join(packages)
    if shutil.which("apt-get") is None:
        raise SetUpError(
            f"{purpose} is missing, and this system has no apt-get to install it with.\n"
            f"Install what Debian calls: {' '.join(packages)} - then run this again."
        )
    failed = f"{purpose}: apt-get failed, see {log}.\nTry: {by_hand}"
    return partial(_install, packages, _privilege(purpose, by_hand), log, failed)


def _install(packages: Sequence[str], prefix: Sequence[str], log: Path, failed: str) -> None:
    command = [*prefix, "apt-get", "-o", "DPkg::Lock::Timeout=300"]
    wanted = ["install", "-y", "--no-install-recommends", *packages]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output, _no_autostart(prefix):

        def run(arguments: Sequence[str]) -> bool:
            whole = [*command, *arguments]
            result = subprocess.run(whole, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment)
            return result.returncode == 0

        # Package lists are only fetched when the ones at hand don't do: that needs the network and time.
        if not run(wanted) and not (run(["update"]) and run(wanted)):
            raise SetUpError(failed)


def _privilege(purpose: str, by_hand: str) -> list[str]:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        raise SetUpError(f"{purpose} is missing, and installing it needs root.\nAs root, run: {by_hand}")
    # sudo asks on the terminal, where somebody sits at it; otherwise it says no at once.
    check = ["sudo", "-v"] if os.isatty(0) else ["sudo", "-n", "true"]
    if subprocess.run(check, stderr=subprocess.DEVNULL).returncode != 0:
        raise SetUpError(f"{purpose} is missing, and sudo gives no root here.\nHave it installed: {by_hand}")
    return ["sudo", "--preserve-env=DEBIAN_FRONTEND"]


@contextmanager
def _no_autostart(prefix: Sequence[str]) -> Iterator[None]:
    """Keep freshly installed packages from starting servers of their own.

    Debian asks policy-rc.d; one that is there already is somebody else's decision and stays as it is.
    """
    if POLICY.exists():
        yield
        return
    script = b"#!/bin/sh\nexit 101\n"
    subprocess.run([*prefix, "tee", str(POLICY)], input=script, stdout=subprocess.DEVNULL, check=True)
    subprocess.run([*prefix, "chmod", "755", str(POLICY)], check=True)
    try:
        yield
    finally:
        subprocess.run([*prefix, "rm", "-f", str(POLICY)], check=True)
