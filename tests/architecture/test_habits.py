"""What nobody does in what runs, so that the security page can say so: patterns made of what was sent, redirects, other
ciphers than the known ones, logs beside the log, temporary files that a killed process would leave for ever."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache

import pytest

from tests.architecture.test_dangerous_calls import ROOT, RUNNING

MADE_FROM_OUR_TABLES = {"contracts/text/cleaning.py", "chassis/messages/senders.py"}
"""Patterns put together inside functions, of constants of the code (tables of characters, the names of stations)."""
CIPHERS = {"cryptography", "argon2", "hashlib", "hmac", "secrets", "jwt", "ssl", "random"}
"""Libraries of the ciphers, hashes and numbers by chance that are used."""
OTHER_CIPHERS = {"Crypto", "Cryptodome", "nacl", "rsa", "ecdsa", "bcrypt", "passlib", "crypt", "OpenSSL", "jose"}
WRITES_THE_LOG = {"chassis/running/logging.py"}
NAMES_TEMPORARY_FILES = {"chassis/papers/leftovers.py"}
"""Which sees to those that are left."""


@cache
def sources() -> tuple[tuple[str, ast.Module], ...]:
    """Every file that runs, parsed once."""
    paths = [path for top in RUNNING for path in sorted((ROOT / top).rglob("*.py"))]
    return tuple((str(path.relative_to(ROOT)), ast.parse(path.read_text("utf-8"))) for path in paths)


def patterns_made_late(tree: ast.Module) -> Iterator[str]:
    """Regular expressions that a function makes of something else than a constant."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    functions = [node for node in ast.walk(tree) if isinstance(node, kinds)]
    for call in (node for function in functions for node in ast.walk(function) if isinstance(node, ast.Call)):
        name = ast.unparse(call.func)
        if name.startswith("re.") and name != "re.escape" and not isinstance(call.args[0], ast.Constant):
            yield ast.unparse(call)


def redirects(tree: ast.Module) -> Iterator[str]:
    """Where an answer names another address."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr.startswith(
            ("HTTP_30", "HTTPMoved", "HTTPFound", "HTTPSeeOther")
        ):
            yield node.attr
        elif isinstance(node, ast.Call) and [ast.unparse(arg) for arg in node.args[:1]] == ["'Location'"]:
            yield ast.unparse(node.args[1])


def imported(tree: ast.Module) -> set[str]:
    """The packages that a module imports."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").partition(".")[0])
    return found


def log_handlers(tree: ast.Module) -> Iterator[str]:
    """What would write a log of its own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(
            ("StreamHandler", "FileHandler", "basicConfig")
        ):
            yield ast.unparse(node.func)
        elif isinstance(node, ast.Import | ast.ImportFrom) and "logging.handlers" in ast.unparse(node):
            yield "logging.handlers"


def temporary_names(tree: ast.Module) -> Iterator[str]:
    """Temporary files and folders that have a name, by which they outlive their process."""
    named = {"NamedTemporaryFile", "TemporaryDirectory", "mkdtemp", "mkstemp", "mktemp"}
    for node in ast.walk(tree):
        name = node.attr if isinstance(node, ast.Attribute) else node.name if isinstance(node, ast.alias) else ""
        if name in named:
            yield name


def test_no_pattern_is_made_of_what_was_sent() -> None:
    assert {name for name, tree in sources() if list(patterns_made_late(tree))} == MADE_FROM_OUR_TABLES


def test_the_only_redirect_is_to_the_page_of_the_api() -> None:
    found = {(name, each) for name, tree in sources() for each in redirects(tree)}
    assert found == {("gateway/docs.py", "HTTP_308"), ("gateway/docs.py", "'/docs/'")}


def test_ciphers_hashes_and_secrets_are_those_of_the_known_libraries() -> None:
    used = {(name, each) for name, tree in sources() for each in imported(tree)}
    assert {each for each in used if each[1] in OTHER_CIPHERS} == set()
    assert {each for _, each in used} >= CIPHERS, "so that the list stays the true one"


def test_logs_are_written_in_one_place() -> None:
    assert {name for name, tree in sources() if list(log_handlers(tree))} == WRITES_THE_LOG


def test_temporary_files_with_a_name_are_made_where_those_that_are_left_are_found() -> None:
    assert {name for name, tree in sources() if list(temporary_names(tree))} == NAMES_TEMPORARY_FILES


@pytest.mark.parametrize(
    ("finds", "text"),
    [
        (patterns_made_late, "def f(text):\n    re.search(text, 'x')"),
        (patterns_made_late, "async def f(text):\n    re.compile(text)"),
        (redirects, "resp.set_header('Location', address)"),
        (redirects, "raise falcon.HTTPFound(address)"),
        (imported, "import nacl.secret"),
        (log_handlers, "logging.FileHandler('x')"),
        (log_handlers, "import logging.handlers"),
        (temporary_names, "with tempfile.TemporaryDirectory() as folder:\n    pass"),
        (temporary_names, "from tempfile import mkdtemp as folder"),
    ],
)
def test_what_somebody_would_do_is_found(finds, text: str) -> None:  # type: ignore[no-untyped-def]
    assert list(finds(ast.parse(text)))
