"""The previous version is checked out beside this one and gone afterwards; where it can't be, the reason is said."""

import subprocess
from pathlib import Path

import pytest

from launcher.paths import ROOT
from tests.upgrade import previous


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "previous"


def worktrees() -> str:
    return subprocess.run(["git", "-C", ROOT, "worktree", "list"], capture_output=True, text=True).stdout


def test_it_is_gone_after_a_failure_too(root: Path) -> None:
    def fail() -> None:
        with previous.checked_out(root) as files:
            assert (files / "launcher" / "system.py").exists()
            raise ZeroDivisionError

    try:
        fail()
    except previous.NoPreviousVersion as problem:
        pytest.skip(str(problem))
    except ZeroDivisionError:
        pass
    assert not root.exists()
    assert str(root) not in worktrees()


def test_a_history_that_is_too_short_is_said(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previous, "previous_version", lambda: "0" * 40)
    with pytest.raises(previous.NoPreviousVersion, match=f"commit {'0' * 40} can't be checked out here"):
        previous.checked_out(root).__enter__()


def test_a_tree_without_a_history_is_said(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previous, "ROOT", tmp_path)
    with pytest.raises(previous.NoPreviousVersion, match="not a git repository"):
        previous.checked_out(root).__enter__()
