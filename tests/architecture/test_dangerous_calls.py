"""What turns text into code, commands or objects, and what speaks to the world outside, stands nowhere in what runs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUNNING = ("contracts", "chassis", "gateway", "services")
"""What runs on servers and at counters; the launcher starts processes, and is not among them."""

MODULES = {
    "subprocess", "pty", "pickle", "marshal", "shelve", "dill", "yaml", "xml", "lxml", "ctypes", "code", "codeop",
    "ftplib", "smtplib", "ldap3", "jinja2", "markdown", "memcache", "pymemcache", "httpx", "aiohttp", "http", "urllib3",
}  # fmt: skip
CALLS = {"eval", "exec", "compile", "__import__", "os.system", "os.popen"}
ALSO = re.compile(r"os\.(exec|spawn|posix_spawn)\w*|(.+\.)?((create_)?subprocess_(exec|shell)|urlopen)")
"""Calls that start a command, an event loop's too, or ask somebody by HTTP."""
READING = {
    ("chassis/documents/merging.py", "subprocess"),
    ("chassis/papers/reading/apart.py", "subprocess"),
    ("chassis/papers/reading/packages.py", "xml.parsers"),
}
"""Our own program, with nothing of what is in a file in its command; and expat, which is told to refuse doctypes."""
SPEAKS_HTTP = {
    "chassis/messages/topology_check.py",
    "chassis/provisioning/broker.py",
    "services/identity/steps/outside.py",
}
"""Who asks somebody by HTTP: the broker's management interface, at the address of the settings, and the providers of
unified sign-in that the system's administrators have entered."""
HTTP = re.compile(r"(requests|urllib3)(\..+)?")
"""`requests`, and what it is built on, of which connections are made that end in time."""


def dangers(text: str) -> Iterator[str]:
    """Modules imported and functions called that are not to be used."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.partition(".")[0] in {*MODULES, "requests"})
        elif isinstance(node, ast.ImportFrom) and not node.level:
            module = node.module or ""
            yield from (module for _ in [0] if module.partition(".")[0] in {*MODULES, "requests"})
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            yield from (called for _ in [0] if called in CALLS or ALSO.fullmatch(called))
        elif isinstance(node, ast.keyword) and node.arg == "shell":
            yield "shell="


@cache
def found() -> frozenset[tuple[str, str]]:
    """File and danger, over all that runs."""
    paths = [path for top in RUNNING for path in (ROOT / top).rglob("*.py")]
    return frozenset(
        (str(path.relative_to(ROOT)), danger) for path in paths for danger in dangers(path.read_text("utf-8"))
    )


def test_nothing_that_runs_makes_code_commands_or_objects_of_text() -> None:
    assert {(name, danger) for name, danger in found() if not HTTP.fullmatch(danger)} == READING


def test_only_the_brokers_management_interface_and_sign_in_providers_are_asked_by_http() -> None:
    assert {name for name, danger in found() if HTTP.fullmatch(danger)} == SPEAKS_HTTP


@pytest.mark.parametrize(
    "text",
    [
        *("import pickle", "from xml.etree import ElementTree", "eval('1')", "os.system('ls')", "f(shell=True)"),
        *("os.execvp('ls', [])", "await asyncio.create_subprocess_exec('ls')", "await loop.subprocess_shell(f, 'ls')"),
        *("urllib.request.urlopen(address)", "f(shell=True, check=g())"),
    ],
)
def test_a_danger_is_found(text: str) -> None:
    assert list(dangers(text))


def test_the_page_puts_text_into_its_document_as_text() -> None:
    scripts = {path.name: path.read_text("utf-8") for path in (ROOT / "gateway" / "static").glob("*.js")}
    unsafe = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|postMessage")
    assert {name for name, script in scripts.items() if unsafe.search(script)} == set()


def test_an_image_holds_neither_history_nor_tests() -> None:
    rules = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    let_in = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert next(rule for rule in rules if rule and not rule.startswith("#")) == "*"
    locks = {"requirements.run.lock", "requirements.node.lock"}
    assert let_in == {*locks, "console", "contracts", "chassis", "gateway", "services"}
    assert {"chassis/testing", "services/device", "console/node_modules"} <= set(rules)
