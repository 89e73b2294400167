"""docker-compose.yml against the code: nothing is missing, nothing runs as root or without a limit."""

import re
from pathlib import Path

import pytest
import yaml

from chassis.declaring.service import load
from gateway.settings import GatewaySettings
from launcher import compose
from launcher.needs import FONTS
from launcher.paths import declaring, service_names
from launcher.servers.postgres import DISCREET

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
CONTAINERS = yaml.safe_load(TEXT)["services"]
OURS = sorted(set(CONTAINERS) - {"postgres", "rabbitmq"})


@pytest.mark.parametrize("service", service_names())
def test_every_service_has_its_process_its_task_process_and_its_place_in_the_jobs(service):
    for name, role in ((service, "service"), (f"{service}-tasks", "tasks")):
        assert CONTAINERS[name]["command"][-3:] == [f"services.{service}.service", "--role", role]
    for job in ("databases", "queues"):
        assert f"services.{service}.service" in CONTAINERS[job]["command"]


@pytest.mark.parametrize("container", OURS)
def test_our_containers_start_again_have_limits_and_few_rights(container):
    settings = CONTAINERS[container]
    assert settings["restart"] in ("unless-stopped", "on-failure") or "profiles" in settings
    assert settings["deploy"]["resources"]["limits"]["memory"]
    assert settings["read_only"] is True
    assert settings["cap_drop"] == ["ALL"]


def test_there_is_one_build_and_one_image_for_all_of_ours():
    assert {name for name in OURS if "build" in CONTAINERS[name]} == {"databases"}
    assert {CONTAINERS[name]["image"] for name in OURS} == {"jiaowu/app"}


def test_uploads_on_their_way_go_to_a_disk_and_not_to_memory():
    spool = re.search(r"TMPDIR=(\S+)", (ROOT / "Dockerfile").read_text()).group(1)
    writing = [name for name in service_names() for name in (name, f"{name}-tasks")] + ["gateway"]
    for name in writing:
        assert "tmpfs" not in CONTAINERS[name]
        assert f"spool:{spool}" in CONTAINERS[name]["volumes"]


def test_task_processes_and_nobody_else_write_heads_of_audit_trails_where_they_outlive_the_container():
    folder = re.search(r"JIAOWU_HEADS_FOLDER=(\S+)", (ROOT / "Dockerfile").read_text()).group(1)
    writing = {name for name in OURS if f"heads:{folder}" in CONTAINERS[name].get("volumes", [])}
    assert writing == {f"{service}-tasks" for service in service_names()}


def test_every_limit_of_the_gateway_can_be_set_and_the_engine_is_asked_for_no_rights():
    wanted = {f"JIAOWU_GATEWAY_{field.upper()}" for field in GatewaySettings.model_fields}
    given = CONTAINERS["gateway"]["environment"]
    assert {name for name in given if name.startswith("JIAOWU_GATEWAY_")} == wanted
    assert all(given[name] is None for name in wanted), "without a value the default of the code holds"
    assert not any("ulimits" in CONTAINERS[name] for name in OURS), "an engine may be forbidden to raise them"


def test_people_arrive_at_the_entrance_and_gateways_can_be_any_number():
    assert [name for name in OURS if "ports" in CONTAINERS[name]] == ["entrance"]
    arrival = ("JIAOWU_HTTP_ADDRESS", "JIAOWU_HTTP_ENTRANCE")
    entrance, gateway = (CONTAINERS[name] for name in ("entrance", "gateway"))
    assert all(entrance["environment"][name] == gateway["environment"][name] for name in arrival)
    assert "entrance:/entrance" in set(entrance["volumes"]) & set(gateway["volumes"])
    assert gateway["depends_on"]["entrance"] == {"condition": "service_healthy"}
    assert entrance["depends_on"] == {}, "it takes the socket before anything else runs"


def test_images_run_as_an_ordinary_user_and_are_checked_for_health():
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^USER jiaowu$", dockerfile, re.MULTILINE)
    assert "/readyz" in dockerfile
    assert all("healthcheck" in CONTAINERS[server] for server in ("postgres", "rabbitmq"))


def test_the_generated_environment_gives_every_secret_once_and_each_another():
    lines = [line.split("=", 1) for line in compose.environment()]
    names = [name for name, _ in lines]
    used = set(re.findall(r"\$\{(JIAOWU_\w+(?:PASSWORD|KEY))", TEXT))
    assert sorted(names) == sorted(used)
    assert len({value for _, value in lines}) == len(lines)
    assert all("\n" not in value for _, value in lines)


def test_prometheus_finds_every_process_of_every_service():
    [job] = yaml.safe_load((ROOT / "monitoring" / "prometheus.yml").read_text())["scrape_configs"]
    [found] = job["dns_sd_configs"]
    ours = (f"{name}{kind}" for name in service_names() for kind in ("", "-tasks"))
    assert set(found["names"]) == {"entrance", "gateway", *ours}


def test_the_database_server_keeps_people_out_of_its_log_as_the_private_one_does():
    assert set(DISCREET) <= set(CONTAINERS["postgres"]["command"])


def test_only_identity_has_the_key_that_signs_tokens():
    holders = {name for name, each in CONTAINERS.items() if "JIAOWU_TOKEN_PRIVATE_KEY" in each["environment"]}
    assert holders == {"identity", "identity-tasks"}


def test_every_task_process_and_nobody_else_may_look_at_the_bindings():
    watching = {name for name, each in CONTAINERS.items() if "JIAOWU_BROKER_WATCH_URL" in each.get("environment", {})}
    assert watching == {f"{service}-tasks" for service in service_names()}
    for name in watching:
        own = CONTAINERS[name.removesuffix("-tasks")]["environment"]
        assert own.items() <= CONTAINERS[name]["environment"].items()


def test_who_issues_documents_knows_where_people_check_them_and_the_image_has_their_fonts():
    issuing = {name for name in service_names() if "issued_documents" in load(declaring(name)).metadata.tables}
    told = {name for name, each in CONTAINERS.items() if "JIAOWU_PUBLIC_URL" in each.get("environment", {})}
    assert issuing
    assert told == {f"{name}-tasks" for name in issuing}
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert all(need.package in dockerfile for need in FONTS)
