"""Checks of the code that run no test: style, types, architecture."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from launcher.paths import ROOT
from launcher.steps import console, step

PROGRAMS = Path(sys.executable).parent
STRICTLY_TYPED = ("chassis", "contracts", "gateway", "launcher", "services", "tests/performance")


def typed_folders() -> Iterator[str]:
    """The folders that are checked with mypy --strict, as far as they are there."""
    for pattern in STRICTLY_TYPED:
        yield from sorted(str(path.relative_to(ROOT)) for path in ROOT.glob(pattern) if path.is_dir())


def commands() -> dict[str, list[str]]:
    """What is run, by the title it is shown under."""
    return {
        "Style (ruff check)": ["ruff", "check", "--quiet"],
        "Style (ruff format)": ["ruff", "format", "--check", "--quiet"],
        "Types (mypy)": ["mypy", *typed_folders()],
        "Architecture (import-linter)": ["lint-imports"],
    }


def run() -> bool:
    """Run every check, show what the failing ones say, and return whether all passed."""
    passed = True
    for title, (program, *arguments) in commands().items():
        try:
            with step(title):
                command = [str(PROGRAMS / program), *arguments]
                subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        except subprocess.CalledProcessError as failure:
            passed = False
            console.print(failure.stdout + failure.stderr, markup=False, soft_wrap=True)
    return passed
