"""The root script: when the environment is made, and what is said when it can't be."""

import importlib.machinery
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from launcher import packages

ROOT = Path(__file__).parents[2]


@pytest.fixture
def script(tmp_path, monkeypatch):
    """The root script as a module, working on an empty folder."""
    loader = importlib.machinery.SourceFileLoader("jiaowu_script", str(ROOT / "jiaowu"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("jiaowu_script", loader))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader.exec_module(module)
    lock = tmp_path / "requirements.lock"
    lock.write_text("")
    venv = tmp_path / "venv"
    places = {"LOCAL": tmp_path, "VENV": venv, "STAMP": venv / ".requirements", "LOCK": lock}
    for name, value in places.items():
        monkeypatch.setattr(module, name, value)
    return module


def test_an_environment_is_made_once_and_again_when_the_lock_changes(script):
    wanted = script.fingerprint()
    assert not script.environment_is(wanted)
    script.prepare_environment(wanted)
    assert script.environment_is(wanted)
    script.LOCK.write_text("# something else\n")
    assert not script.environment_is(script.fingerprint())


def test_an_environment_that_could_not_be_filled_is_not_taken_for_one(script, capsys):
    script.LOCK.write_text("surely-not-a-package @ file:///nowhere/at/all --hash=sha256:" + "0" * 64 + "\n")
    with pytest.raises(SystemExit) as ended:
        script.prepare_environment(script.fingerprint())
    assert "could not be made" in str(ended.value)
    assert not script.environment_is(script.fingerprint())


def test_asking_for_help_sets_nothing_up(tmp_path):
    (tmp_path / "jiaowu").write_text((ROOT / "jiaowu").read_text())
    (tmp_path / "requirements.lock").write_text("")
    result = subprocess.run([sys.executable, tmp_path / "jiaowu", "--help"], capture_output=True, text=True)
    assert result.returncode == 0
    assert "./jiaowu up" in result.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["jiaowu", "requirements.lock"]


@pytest.mark.parametrize("name", ["requirements", "requirements.run"])
def test_a_lock_pins_every_package_with_hashes_and_names_no_index(name):
    lock = (ROOT / f"{name}.lock").read_text()
    pin = r"^([a-z0-9][a-z0-9._-]*)==\S+ \\\n    --hash=sha256:[0-9a-f]{64}"
    pinned = re.findall(pin, lock, re.MULTILINE)
    lines = re.findall(r"^[a-z0-9].*", lock, re.MULTILINE)
    assert len(pinned) == len(lines)
    wanted = re.findall(r"^[a-z0-9][a-z0-9._-]*", (ROOT / f"{name}.in").read_text(), re.MULTILINE)
    assert set(wanted) <= set(pinned)
    assert "://" not in lock
    assert not re.search(r"^--(?!hash)", lock, re.MULTILINE)


def test_without_root_and_sudo_it_says_what_to_have_installed(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(packages.shutil, "which", lambda name: None if name == "sudo" else f"/usr/bin/{name}")
    with pytest.raises(packages.SetUpError, match="apt-get install --no-install-recommends rabbitmq-server"):
        packages.install(["rabbitmq-server"], "RabbitMQ", tmp_path / "log")


def test_on_a_system_without_apt_it_names_the_packages(tmp_path, monkeypatch):
    monkeypatch.setattr(packages.shutil, "which", lambda name: None)
    with pytest.raises(packages.SetUpError, match=r"no apt-get.*\n.*postgresql"):
        packages.install(["postgresql"], "PostgreSQL", tmp_path / "log")


def test_new_packages_start_no_server_and_leave_no_policy_behind(tmp_path, monkeypatch):
    policy = tmp_path / "policy-rc.d"
    monkeypatch.setattr(packages, "POLICY", policy)
    with packages._no_autostart([]):
        assert subprocess.run([policy]).returncode == 101
    assert not policy.exists()
    policy.write_text("somebody else's")
    with packages._no_autostart([]):
        assert policy.read_text() == "somebody else's"
    assert policy.read_text() == "somebody else's"
