"""Every rule of import-linter can fail: a small tree that breaks just one is found out."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from launcher.paths import service_names

ROOT = Path(__file__).parents[2]
SOUND = {
    "contracts/base.py": "import pydantic, uuid",
    **{f"contracts/{name}/events.py": "import uuid" for name in service_names()},
    "chassis/base/ids.py": "import uuid",
    "chassis/declaring/service.py": "import chassis.base.ids",
    "chassis/data/database.py": "import sqlalchemy, contracts.base, chassis.declaring.service",
    "chassis/messages/relay.py": "import chassis.data.database",
    "chassis/papers/files.py": "import chassis.data.database",
    "chassis/work/rows.py": "import chassis.data.database",
    "chassis/rules/days.py": "import chassis.work.rows",
    "chassis/requests/kinds.py": "import chassis.work.rows, chassis.papers.files",
    "chassis/provisioning/roles.py": "import chassis.messages.relay",
    "chassis/documents/issuing.py": "import chassis.data.database",
    "chassis/running/runner.py": "import chassis.provisioning.roles",
    "chassis/testing/harness.py": "import chassis.running.runner",
    "services/courses/service.py": "import services.courses.domain.rules, chassis.data.database",
    "services/courses/domain/rules.py": "import decimal, contracts.base",
    "services/finance/service.py": "import chassis.data.database",
    "gateway/app.py": "import falcon, chassis.data.database",
}
BREAKING = {
    "A service owns its data: no service imports another": (
        "services/courses/service.py",
        "import services.finance.service",
    ),
    "Contracts know nothing of who uses them": ("contracts/base.py", "import chassis.data.database"),
    "Contracts are pydantic and nothing else": ("contracts/base.py", "import orjson"),
    "Rooms of the chassis: imports run one way, and every room has its place": (
        "chassis/data/database.py",
        "import chassis.messages.relay",
    ),
    "The chassis knows no service": ("chassis/data/database.py", "import services.courses.service"),
    "The chassis knows no contract of one service's": ("chassis/work/rows.py", "import contracts.courses.events"),
    "The gateway reaches services over the bus only": ("gateway/app.py", "import services.courses.service"),
    "A service knows neither the gateway nor how it is started": (
        "services/courses/service.py",
        "import gateway.app",
    ),
    "Rules are pure: no database, bus, HTTP or file format in domain/": (
        "services/courses/domain/rules.py",
        "import sqlalchemy",
    ),
    "Only the chassis knows nameko and its green threads": ("gateway/app.py", "import nameko"),
}


@pytest.fixture
def tree(tmp_path):
    for name in ("pyproject.toml", "launcher"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    for path, text in SOUND.items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        for folder in file.relative_to(tmp_path).parents[:-1]:
            (tmp_path / folder / "__init__.py").touch()
        file.write_text(text + "\n")
    return tmp_path


def lint(tree):
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run([program, "--no-cache"], cwd=tree, capture_output=True, text=True)


def test_a_sound_tree_passes(tree):
    result = lint(tree)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("rule", BREAKING)
def test_breaking_a_rule_is_found(tree, rule):
    path, line = BREAKING[rule]
    with (tree / path).open("a") as file:
        file.write(line + "\n")
    result = lint(tree)
    assert result.returncode == 1
    assert f"{rule} BROKEN" in result.stdout


def test_every_rule_of_the_project_has_an_example_that_breaks_it():
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {rule["name"] for rule in rules} == set(BREAKING)


def test_the_chassis_is_kept_from_the_contracts_of_every_service():
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    [rule] = [rule for rule in rules if rule["name"] == "The chassis knows no contract of one service's"]
    assert sorted(rule["forbidden_modules"]) == [f"contracts.{name}" for name in service_names()]
