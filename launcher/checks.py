"""Checks of the code that run no test of the system: style, types, architecture; of the console its own tests, too."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from launcher import console_build, node
from launcher.paths import ROOT
from launcher.steps import console, step

PROGRAMS = Path(sys.executable).parent
STRICTLY_TYPED = ("chassis", "contracts", "gateway", "launcher", "services", "tests/performance")


@dataclass(frozen=True)
class Check:
    """A program that ends well when it finds nothing."""

    title: str
    command: Sequence[str]
    folder: Path = ROOT
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)


def typed_folders() -> Iterator[str]:
    """The folders that are checked with mypy --strict, as far as they are there."""
    for pattern in STRICTLY_TYPED:
        yield from sorted(str(path.relative_to(ROOT)) for path in ROOT.glob(pattern) if path.is_dir())


def of_python() -> Iterator[Check]:
    """The checks of what is written in Python."""
    yield Check("Style (ruff check)", [str(PROGRAMS / "ruff"), "check", "--quiet"])
    yield Check("Style (ruff format)", [str(PROGRAMS / "ruff"), "format", "--check", "--quiet"])
    yield Check("Types (mypy)", [str(PROGRAMS / "mypy"), *typed_folders()])
    yield Check("Architecture (import-linter)", [str(PROGRAMS / "lint-imports")])


def of_console() -> Iterator[Check]:
    """Those of the console, which has to be built before."""
    scripts = {
        "check:format": "style (prettier)",
        "check:lint": "style (eslint)",
        "check:styles": "styles (stylelint)",
        "check:types": "types (vue-tsc)",
        "check:built": "what old browsers know (eslint)",
        "test": "tests (vitest)",
    }
    for script, what in scripts.items():
        command = node.npm("run", "--silent", script)
        yield Check(f"Console: {what}", command, console_build.FOLDER, node.environment())


def run() -> bool:
    """Run every check, show what the failing ones say, and return whether all passed. Raises SetUpError where the
    console can't be built."""
    passed = [_passes(check) for check in of_python()]
    with step("Console: build"):
        console_build.ensure_built()
        console_build.ensure_prepared()
    return all([*passed, *(_passes(check) for check in of_console())])


def _passes(check: Check) -> bool:
    try:
        with step(check.title):
            place, own = check.folder, check.environment
            subprocess.run(check.command, cwd=place, env=own, capture_output=True, text=True, check=True)
    except subprocess.CalledProcessError as failure:
        console.print(failure.stdout + failure.stderr, markup=False, soft_wrap=True)
        return False
    return True
