"""The agent's own package holds all it needs: built, unpacked, and run where nothing else can be imported."""

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "services" / "device"

# Lets only the standard library, the unpacked wheel and the distributions in `allowed` be imported.
GUARD = """
import sys
from importlib.metadata import packages_distributions
allowed, wheel = set(sys.argv[1].split(",")), sys.argv[2]
owners = packages_distributions()
sys.path[:] = [wheel, *(p for p in sys.path if p not in ("", {root!r}))]
class Guard:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        names = {{o.lower().replace("_", "-") for o in owners.get(top, [])}}
        if names and not names & allowed:
            raise ImportError(f"{{name}} is not among the agent's dependencies")
sys.meta_path.insert(0, Guard())
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = "from hatchling.build import build_wheel; import sys; print(build_wheel(sys.argv[1]))"
    made = subprocess.run(
        [sys.executable, "-c", build, str(folder)], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    unpacked = folder / "unpacked"
    with zipfile.ZipFile(folder / made.stdout.split()[-1]) as archive:
        archive.extractall(unpacked)
    return unpacked


def declared() -> set[str]:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    return {Requirement(text).name for text in project["dependencies"]}


def with_what_they_need(names: set[str]) -> set[str]:
    """The packages and everything that they themselves depend on here."""
    found: set[str] = set()
    waiting = [name.lower() for name in names]
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        found.add(name)
        try:
            needs = [Requirement(text) for text in requires(name) or []]
        except PackageNotFoundError:
            continue
        waiting += [n.name for n in needs if n.marker is None or n.marker.evaluate({"extra": ""})]
    return found


def run_alone(wheel: Path, code: str) -> subprocess.CompletedProcess[str]:
    guard = GUARD.format(root=str(ROOT))
    return subprocess.run(
        [sys.executable, "-c", guard + code, ",".join(with_what_they_need(declared())), str(wheel)],
        cwd=wheel.parent, capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_it_depends_on_what_it_needs_and_nothing_else() -> None:
    assert declared() == {"pyscard", "pyserial", "kombu", "pydantic", "cryptography", "typer", "rich", "tzdata"}


def test_the_package_holds_the_agent_the_contract_and_nothing_else_of_the_system(wheel: Path) -> None:
    holds = {path.relative_to(wheel).as_posix() for path in wheel.rglob("*.py")}

    assert {path.split("/")[1] for path in holds if path.startswith("services/")} == {"device"}
    assert {path.split("/")[1] for path in holds if path.startswith("contracts/")} == {
        "__init__.py", "base.py", "field_problem.py", "naming.py", "device",
    }  # fmt: skip
    assert (wheel / "services/device/packaging/jiaowu-device.service").exists()


def test_every_module_of_the_package_can_be_imported_without_the_rest(wheel: Path) -> None:
    code = """
import pathlib, importlib
names = [".".join(p.relative_to(wheel).with_suffix("").parts) for p in pathlib.Path(wheel).rglob("*.py")]
for name in names:
    if not name.endswith("__main__"):
        assert importlib.import_module(name).__file__.startswith(wheel), name
print(len(names))
"""
    answer = run_alone(wheel, code)

    assert answer.returncode == 0, answer.stderr
    assert int(answer.stdout) > 30


def test_the_installed_program_reads_a_card(wheel: Path) -> None:
    code = """
sys.argv = ["jiaowu-device", "simulate", "--dry-run", "--interval", "0"]
from services.device.cli import main
main()
"""
    answer = run_alone(wheel, code)

    assert answer.returncode == 0, answer.stderr
    assert "证件号码" in answer.stdout


def test_the_guard_would_notice_a_forgotten_dependency(wheel: Path) -> None:
    answer = run_alone(wheel, "import sqlalchemy")

    assert "not among the agent's dependencies" in answer.stderr
