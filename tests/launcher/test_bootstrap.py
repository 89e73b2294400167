"""The root script: when the environment is made, and what is said when it can't be."""

import hashlib
import importlib.machinery
import importlib.util
import os
import re
import subprocess
import sys
import threading
import zipfile
from pathlib import Path

import pytest

from launcher import console_build, environment, needs, packages
from launcher.progress import Work

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
    places = {"LOCAL": tmp_path, "LOGS": tmp_path / "logs", "VENV": venv, "STAMP": venv / ".requirements", "LOCK": lock}
    for name, value in places.items():
        monkeypatch.setattr(module, name, value)
    monkeypatch.setattr(sys, "argv", ["jiaowu", "lint"])
    return module


@pytest.fixture
def package(tmp_path):
    """A folder with one small package as a wheel, and the line of a lock that names it."""
    folder = tmp_path / "packages"
    folder.mkdir()
    wheel = folder / "tiny-1.0-py3-none-any.whl"
    about = "tiny-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny.py", "")
        archive.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", f"tiny.py,,\n{about}/METADATA,,\n{about}/WHEEL,,\n{about}/RECORD,,\n")
    return folder, f"tiny==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


def installers_of(script, package):
    records = script.VENV.glob(f"lib/python3.11/site-packages/{package}-*.dist-info/INSTALLER")
    return [record.read_text().strip() for record in records]


@pytest.mark.timeout(300)  # makes an environment and fetches uv
def test_uv_makes_an_environment_from_where_pip_is_told_to_look_and_again_when_the_lock_changes(
    script, package, monkeypatch
):
    folder, line = package
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    script.LOCK.write_text("# nothing yet\n")
    script.prepare_environment(script.fingerprint())
    assert script.environment_is(script.fingerprint())
    script.LOCK.write_text(line[:-65] + "0" * 64 + "\n")
    assert not script.environment_is(script.fingerprint())

    with pytest.raises(SystemExit, match="could not be made"):
        script.prepare_environment(script.fingerprint())
    assert not script.environment_is(script.fingerprint()), "the package is not the one that the lock means"
    assert installers_of(script, "tiny") == []

    script.LOCK.write_text(line)
    script.prepare_environment(script.fingerprint())
    assert script.environment_is(script.fingerprint())
    assert installers_of(script, "tiny") == ["uv"]


@pytest.mark.timeout(300)
def test_pip_installs_it_where_there_is_no_uv(script, package, monkeypatch):
    folder, line = package
    script.LOCK.write_text(line)
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    script.prepare_environment(script.fingerprint())
    assert installers_of(script, "tiny") == ["pip"]
    assert not (script.VENV / "bin" / "uv").exists()


def test_the_servers_are_installed_while_the_python_packages_come_and_the_console_is_built_after_these(
    script, monkeypatch, capfd
):
    both = threading.Barrier(2, timeout=60)
    builders = []
    monkeypatch.setattr(sys, "argv", ["jiaowu", "up"])
    monkeypatch.setattr(needs, "of_command", lambda command, variables: [command])
    monkeypatch.setattr(needs, "installing", lambda wanted, log: [Work(f"Installing for {wanted}", both.wait, log)])
    monkeypatch.setattr(needs, "install", lambda wanted, log: None)
    monkeypatch.setattr(environment, "make", lambda venv, *_: (venv.mkdir(), both.wait()))
    monkeypatch.setattr(console_build, "build_by", lambda python: builders.append((python, script.STAMP.exists())))
    script.prepare_environment(script.fingerprint())
    assert builders == [(script.VENV / "bin" / "python", True)]
    told = capfd.readouterr().err
    assert "✓ Installing for ['up']" in told
    assert "✓ Installing the Python packages" in told


def test_where_a_newer_build_of_python_came_with_what_was_installed_it_goes_on_under_that(script, monkeypatch):
    class BegunAgain(Exception):
        pass

    def begin_again(program, arguments):
        raise BegunAgain(program, *arguments)

    monkeypatch.setattr(needs, "install", lambda wanted, log: None)
    monkeypatch.setattr(environment, "version_of", lambda python: "3.11.99")
    monkeypatch.setattr(os, "execv", begin_again)
    with pytest.raises(BegunAgain) as begun:
        script.prepare_environment(script.fingerprint())
    assert begun.value.args == (sys.executable, sys.executable, str(ROOT / "jiaowu"), "lint")


def test_asking_for_help_sets_nothing_up(tmp_path):
    (tmp_path / "jiaowu").write_text((ROOT / "jiaowu").read_text())
    (tmp_path / "requirements.lock").write_text("")
    result = subprocess.run([sys.executable, tmp_path / "jiaowu", "--help"], capture_output=True, text=True)
    assert result.returncode == 0
    assert "./jiaowu up" in result.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["jiaowu", "requirements.lock"]


def test_what_runs_before_the_environment_is_there_needs_no_package():
    modules = ("console_build", "environment", "needs", "packages", "progress", "uv_settings", "servers.programs")
    imports = "; ".join(f"import launcher.{module}" for module in modules)
    # -S: without site-packages.
    result = subprocess.run([sys.executable, "-S", "-c", imports], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("name", ["requirements", "requirements.run", "requirements.node", "requirements.uv"])
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
        packages.installation(["rabbitmq-server"], "RabbitMQ", tmp_path / "log")


def test_on_a_system_without_apt_it_names_the_packages(tmp_path, monkeypatch):
    monkeypatch.setattr(packages.shutil, "which", lambda name: None)
    with pytest.raises(packages.SetUpError, match=r"no apt-get.*\n.*postgresql"):
        packages.installation(["postgresql"], "PostgreSQL", tmp_path / "log")


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


def test_bytecode_is_kept_whatever_is_wanted_elsewhere_since_every_process_would_make_it_anew(script, monkeypatch):
    became = []
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    monkeypatch.setattr(script, "environment_is", lambda wanted: True)
    monkeypatch.setattr(os, "execve", lambda python, arguments, environment: became.append(environment))
    monkeypatch.setattr(os, "chdir", lambda folder: None)
    monkeypatch.setattr(sys, "path", list(sys.path))
    script.main()
    assert "PYTHONDONTWRITEBYTECODE" not in became[0]
