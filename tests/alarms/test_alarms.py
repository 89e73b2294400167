"""Every alarm is made to fire by a real Prometheus that looks at the real metrics; and none fires without cause."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from launcher import prometheus
from launcher.paths import ROOT, service_names
from launcher.ports import any_free
from tests.alarms.exporter import CONDITIONS
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("alarms"), pytest.mark.timeout(180)]

RULES = ROOT / "monitoring" / "alarms.yml"
ALARMS = {rule["alert"]: rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]}
RAISED = {condition: alarm for condition, (alarm, _) in CONDITIONS.items() if alarm}
Firing = set[tuple[str, str]]
"""Service and alarm."""


@pytest.fixture(scope="module")
def programs() -> dict[str, Path]:
    found = prometheus.programs()
    if found is None:
        pytest.fail("Prometheus is missing: ./jiaowu test fetches it, or: sudo apt-get install prometheus")
    return found


@pytest.fixture(scope="module")
def watched(programs: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a Prometheus answers that watches a process in every condition."""
    folder = tmp_path_factory.mktemp("prometheus")
    with ExitStack() as running:
        ports: dict[str, int] = {}
        for condition in CONDITIONS:
            ports[condition] = any_free(set(ports.values()))
            if condition != "away":
                arguments = ["-m", "tests.alarms.exporter", str(ports[condition]), condition]
                running.enter_context(process(folder, sys.executable, *arguments))
        address = f"127.0.0.1:{any_free(set(ports.values()))}"
        config = configuration(folder, ports)
        arguments = [f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}"]
        running.enter_context(process(folder, programs["prometheus"], *arguments, f"--web.listen-address={address}"))
        eventually(lambda: answers(f"http://{address}/-/ready"), "Prometheus is ready", 60)
        yield f"http://{address}"


@contextmanager
def process(log_folder: Path, program: Path | str, *arguments: str) -> Iterator[None]:
    with (log_folder / "log").open("ab") as log:
        started = subprocess.Popen([str(program), *arguments], cwd=ROOT, stdout=log, stderr=log)
    try:
        yield
    finally:
        started.kill()
        started.wait()


def configuration(folder: Path, ports: dict[str, int]) -> Path:
    """Look every second, and at rules whose patience is a second."""
    hasty = re.sub(r"(?m)^(\s+for:) .*$", r"\1 1s", RULES.read_text())
    (folder / "alarms.yml").write_text(hasty)
    targets = [{"targets": [f"127.0.0.1:{port}"], "labels": {"service": name}} for name, port in ports.items()]
    config = folder / "prometheus.yml"
    config.write_text(
        yaml.safe_dump(
            {
                "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
                "rule_files": ["alarms.yml"],
                "scrape_configs": [{"job_name": "jiaowu", "static_configs": targets}],
            }
        )
    )
    return config


def answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=2).ok
    except requests.RequestException:
        return False


def firing(address: str) -> Firing:
    alerts: list[dict[str, Any]] = requests.get(f"{address}/api/v1/alerts", timeout=5).json()["data"]["alerts"]
    return {(each["labels"]["service"], each["labels"]["alertname"]) for each in alerts if each["state"] == "firing"}


@pytest.mark.parametrize("condition", RAISED)
def test_the_alarm_fires(watched: str, condition: str) -> None:
    eventually(lambda: (condition, RAISED[condition]) in firing(watched), f"{RAISED[condition]} fires", 60)


def test_each_condition_raises_its_own_alarm_and_one_that_is_well_none(watched: str) -> None:
    expected = set(RAISED.items())
    eventually(lambda: firing(watched) >= expected, "all alarms fire", 60)
    assert firing(watched) == expected


def test_no_alarm_is_without_a_condition_that_raises_it() -> None:
    assert set(ALARMS) == set(RAISED.values())


def test_every_alarm_says_what_is_wrong_and_what_to_do() -> None:
    for name, rule in ALARMS.items():
        assert set(rule["annotations"]) == {"summary", "do"}, name
        assert rule["labels"]["severity"] in ("critical", "warning"), name


def test_prometheus_own_check_finds_nothing_wrong(programs: dict[str, Path]) -> None:
    for what, file in (("rules", RULES), ("config", RULES.with_name("prometheus.yml"))):
        checked = subprocess.run([programs["promtool"], "check", what, file], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stderr


def test_the_example_configuration_finds_every_process_of_every_service() -> None:
    (job,) = yaml.safe_load(RULES.with_name("prometheus.yml").read_text())["scrape_configs"]
    names = {"entrance", "gateway", *service_names(), *(f"{service}-tasks" for service in service_names())}
    assert set(job["dns_sd_configs"][0]["names"]) == names
    (relabel,) = job["relabel_configs"]
    for name in names:
        found = re.fullmatch(relabel["regex"], name)
        assert found is not None
        assert found[1] == name.removesuffix("-tasks")
