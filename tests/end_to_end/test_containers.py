"""`docker compose up --build --wait` comes up for the first time, and the whole story passes through it.

Where a container engine runs. BASE, POSTGRES_IMAGE and RABBITMQ_IMAGE may name images that are there.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from rich.console import Console
from sqlalchemy import select

from chassis.base.context import system_context
from chassis.data.database import Database
from chassis.declaring.service import load
from chassis.provisioning.database import app_url
from launcher import compose
from launcher.paths import ROOT, declaring, service_names
from launcher.reconcile.checking import lasting, reconcile
from launcher.reconcile.copies import compare_copies
from launcher.story.client import Client
from launcher.story.people import Person, complete_profile
from launcher.story.stage import Stage
from launcher.story.telling import play
from services.identity.tables import users as identity
from services.registry import tables as registry
from tests.gateway.test_server import free_port
from tests.waiting import eventually

pytestmark = [pytest.mark.xdist_group("containers"), pytest.mark.timeout(1800)]

PASSWORD = "made-up-horse-42"


def docker(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *arguments], cwd=ROOT, capture_output=True, text=True)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[tuple[tuple[str, ...], str]]:
    """The arguments of `docker compose` for a project that is gone afterwards, and where its API is."""
    for needed in (("info",), ("compose", "version")):
        try:
            answer = docker(*needed)
        except FileNotFoundError:
            pytest.skip("docker is not installed")
        if answer.returncode != 0:
            pytest.skip(f"docker {' '.join(needed)} says: {(answer.stderr or answer.stdout).strip()[:200]}")
    port = free_port()
    settings = tmp_path / "env"
    settings.write_text("\n".join([*compose.environment(), f"JIAOWU_HTTP_PORT={port}"]))
    reached = tmp_path / "reached.yml"  # by who compares the databases
    reached.write_text(json.dumps({"services": {"postgres": {"ports": ["127.0.0.1::5432"]}}}))
    overrides = [os.environ.get("JIAOWU_TEST_COMPOSE_FILE"), str(reached)]
    files = [part for name in ("docker-compose.yml", *filter(None, overrides)) for part in ("-f", name)]
    arguments = ("compose", "--env-file", str(settings), *files, "-p", f"jiaowu-{secrets.token_hex(4)}")
    yield arguments, f"http://127.0.0.1:{port}"
    docker(*arguments, "down", "--volumes", "--timeout", "5")


def come_up(arguments: tuple[str, ...], *options: str) -> None:
    up = docker(*arguments, "up", "--build", "--wait", *options)
    assert up.returncode == 0, up.stderr[-2000:]


def made_administrator(arguments: tuple[str, ...]) -> list[str]:
    """The first administrator's username and one-time password."""
    return docker(*arguments, "run", "--rm", "first-administrator").stdout.split()


def test_the_first_start_comes_up_and_the_whole_story_passes_through_it(
    project: tuple[tuple[str, ...], str],
) -> None:
    arguments, url = project
    come_up(arguments)
    made = made_administrator(arguments)
    assert len(made) == 2

    play(Stage(url, Console(quiet=True)), first_administrator(url, *made), PASSWORD, 20)

    assert started_again_or_out_of_memory(arguments) == []
    with databases(arguments) as opened:
        assert reconcile(opened).disagreements == []
        assert lasting(lambda: compare_copies(opened)) == []
        people = personal_data(opened)
    logs = docker(*arguments, "logs", "--no-color", "--no-log-prefix").stdout
    assert '"event": "started"' in logs
    assert "Traceback" not in logs
    secret = {value for name, value in settings_of(arguments).items() if name.endswith("PASSWORD")}
    assert [each for each in {made[1], PASSWORD, *people, *secret} if each in logs] == []


def test_after_a_power_cut_everything_comes_back_by_itself_in_whatever_order(
    project: tuple[tuple[str, ...], str],
) -> None:
    arguments, url = project
    come_up(arguments)
    made = made_administrator(arguments)
    running = docker(*arguments, "ps", "--quiet").stdout.split()
    assert len(running) == len(service_names()) * 2 + 4

    kill_processes_of(running)

    def back() -> bool:
        told = docker("inspect", "--format", "{{.RestartCount}} {{.State.Health.Status}}", *running).stdout
        return len(re.findall(r"^[1-9]\d* healthy$", told, re.MULTILINE)) == len(running)

    assert eventually(back, "all containers, ready again", seconds=600)
    first_administrator(url, *made)


def test_an_upgrade_leaves_servers_and_entrance_and_keeps_numbers(
    project: tuple[tuple[str, ...], str], tmp_path: Path
) -> None:
    arguments, _ = project
    come_up(arguments, "--scale", "courses=2")

    def containers(name: str) -> set[str]:
        return set(docker(*arguments, "ps", "--quiet", name).stdout.split())

    stay = ("postgres", "rabbitmq", "entrance")
    ours = (*service_names(), *(f"{name}-tasks" for name in service_names()), "gateway")
    before = {name: containers(name) for name in (*stay, *ours)}
    command = ["sh", "launcher/compose-upgrade", *arguments[1:], "-f", str(other_image(tmp_path))]
    upgraded = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert upgraded.returncode == 0, upgraded.stderr[-2000:]
    after = {name: containers(name) for name in before}
    assert {name: after[name] for name in stay} == {name: before[name] for name in stay}
    assert {name: len(each) for name, each in after.items()} == {name: len(each) for name, each in before.items()}
    assert [name for name in ours if after[name] & before[name]] == []
    assert started_again_or_out_of_memory(arguments) == []


def test_a_child_that_was_killed_for_memory_is_counted_while_its_container_goes_on(
    project: tuple[tuple[str, ...], str],
) -> None:
    arguments, _ = project
    built = docker(*arguments, "build")
    assert built.returncode == 0, built.stderr[-2000:]
    limits = ("--memory=64m", "--memory-swap=64m")
    child = "python3 -c 'bytearray([1]) * (200 << 20)'"
    container = docker("run", "--detach", *limits, "jiaowu/app", "sh", "-c", f"{child}; sleep 600").stdout.strip()
    try:
        assert eventually(lambda: processes_taken(container) == 1, "the child's end")
    finally:
        docker("rm", "--force", container)


def settings_of(arguments: tuple[str, ...]) -> dict[str, str]:
    """The passwords and keys that the project's containers were given."""
    lines = Path(arguments[arguments.index("--env-file") + 1]).read_text().splitlines()
    return {name: value.strip('"') for name, value in (line.split("=", 1) for line in lines)}


@contextmanager
def databases(arguments: tuple[str, ...]) -> Iterator[dict[str, Database]]:
    """Every service's database, opened with the rights of its processes."""
    settings = settings_of(arguments)
    address = docker(*arguments, "port", "postgres", "5432").stdout.strip()
    with ExitStack() as closing:
        opened = {}
        for name in service_names():
            password = settings[f"JIAOWU_{name.upper()}_APP_PASSWORD"]
            url = app_url(f"postgresql+psycopg2://postgres@{address}/postgres", f"jiaowu_{name}", password)
            opened[name] = Database(url, load(declaring(name)), pool_size=1)
            closing.callback(opened[name].close)
        yield opened


def personal_data(opened: Mapping[str, Database]) -> set[str]:
    """What people of the system are called and known by."""
    students, users = registry.students, identity.users
    of_students = select(students.c.name, students.c.id_number, students.c.mobile)
    rows = opened["registry"].run(system_context(), lambda uow: uow.rows(of_students))
    rows += opened["identity"].run(system_context(), lambda uow: uow.rows(select(users.c.name, users.c.mobile)))
    return {value for row in rows for value in row if value}


def kill_processes_of(containers: Sequence[str]) -> None:
    """What a power cut does; after `docker kill` an engine takes them for stopped by hand, and leaves them so."""
    found = docker("inspect", "--format", "{{.State.Pid}}", *containers).stdout.split()
    on_host = ("--pid=host", "--user=0", "--cap-add=KILL")
    killed = docker("run", "--rm", *on_host, "jiaowu/app", "sh", "-c", f"kill -9 {' '.join(found)}")
    assert killed.returncode == 0, killed.stderr


def other_image(folder: Path) -> Path:
    """A compose file that gives the image another label: what it makes is a new image, as that of new code is."""
    path = folder / "other-image.yml"
    path.write_text(json.dumps({"services": {"databases": {"build": {"labels": {"trial": secrets.token_hex(4)}}}}}))
    return path


def started_again_or_out_of_memory(arguments: tuple[str, ...]) -> list[str]:
    """Containers of the project that ended at least once, or that the system took a process from for its memory."""
    every = docker(*arguments, "ps", "--all", "--quiet").stdout.split()
    told = docker("inspect", "--format", "{{.Name}} {{.RestartCount}} {{.State.OOMKilled}}", *every)
    assert told.returncode == 0, told.stderr
    lines = told.stdout.splitlines()
    assert len(lines) == len(every) >= len(service_names()) * 2 + 4
    short = [each for each in docker(*arguments, "ps", "--quiet").stdout.split() if processes_taken(each)]
    return [line for line in lines if not line.endswith(" 0 false")] + short


def processes_taken(container: str) -> int:
    """How many processes of a running container the system took for its memory.

    The kernel's count: an engine may say `OOMKilled` only when the container ends, and it need not end with a child.
    """
    groups = "/sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control"  # version 2, version 1
    told = docker("exec", container, "sh", "-c", f"cat {groups} 2>/dev/null")
    count = re.search(r"^oom_kill (\d+)$", told.stdout, re.MULTILINE)
    assert count, f"{container}: {told.stdout}{told.stderr}"
    return int(count[1])


def first_administrator(url: str, username: str, one_time: str) -> Person:
    """Comes in with the password that the job printed."""
    client = Client(url)
    client.sign_in(username, one_time)
    client.change_password(one_time, PASSWORD)
    complete_profile(client)
    return Person("system administrator", username, client)
