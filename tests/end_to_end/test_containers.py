"""`docker compose up --build --wait` comes up for the first time, and the whole story passes through it.

Where a container engine runs. BASE, POSTGRES_IMAGE and RABBITMQ_IMAGE may name images that are there.
"""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from launcher import compose
from launcher.paths import ROOT
from launcher.story.client import Client
from launcher.story.people import Person, complete_profile
from launcher.story.stage import Stage
from launcher.story.telling import play
from tests.gateway.test_server import free_port

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
    overrides = [part for name in filter(None, [os.environ.get("JIAOWU_TEST_COMPOSE_FILE")]) for part in ("-f", name)]
    files = ("-f", "docker-compose.yml", *overrides)
    arguments = ("compose", "--env-file", str(settings), *files, "-p", f"jiaowu-{secrets.token_hex(4)}")
    yield arguments, f"http://127.0.0.1:{port}"
    docker(*arguments, "down", "--volumes", "--timeout", "5")


def test_the_first_start_comes_up_and_the_whole_story_passes_through_it(
    project: tuple[tuple[str, ...], str],
) -> None:
    arguments, url = project
    up = docker(*arguments, "up", "--build", "--wait")
    assert up.returncode == 0, up.stderr[-2000:]
    made = docker(*arguments, "run", "--rm", "first-administrator").stdout.split()
    assert len(made) == 2

    play(Stage(url, Console(quiet=True)), first_administrator(url, *made), PASSWORD, 20)

    killed = docker(*arguments, "ps", "--all", "--format", "{{.Service}} {{.State}}").stdout.splitlines()
    assert [line for line in killed if line.endswith("restarting")] == []


def first_administrator(url: str, username: str, one_time: str) -> Person:
    """Comes in with the password that the job printed."""
    client = Client(url)
    client.sign_in(username, one_time)
    client.change_password(one_time, PASSWORD)
    complete_profile(client)
    return Person("system administrator", username, client)
