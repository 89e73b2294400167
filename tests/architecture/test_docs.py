"""What the documentation names is there, and the tree stands alone: no machine and no registry is named in it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import typer.main

from launcher.cli import app

ROOT = Path(__file__).resolve().parents[2]

_FENCED = re.compile(r"^( *)```.*?^ *```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")
# A path inside the tree, without anything that stands for something else (`…`, `<name>`, `*`).
_PATH = re.compile(
    r"(?:contracts|chassis|services|gateway|launcher|tests|docs|\.ci)/[\w./-]*"
    r"|[\w.-]+\.(?:md|toml|yml|lock|in)|Dockerfile"
)
_COMMAND = re.compile(r"\./jiaowu ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?")
_MODULE = re.compile(r"python3? -m ((?:contracts|chassis|services|gateway|launcher|tests)[\w.]*)")

# Files that come into being elsewhere, or that a page tells to make.
MADE_ELSEWHERE = {"device.toml", "tests/integration/exams/test_notes.py"}

FORBIDDEN = {
    "a machine's path": re.compile(r"(?<![\w.)}/-])/(?:home|root|mnt|work|Users)/"),
    # Hosts of the reserved domain `.example` are nobody's.
    "a package registry": re.compile(
        r"(?:index-url|trusted-host)[\s=]+(?!\S*\.example(?![.\w]))\S*\w\.\w|https?://(?![^\s/]+\.example/)[^\s/]+/simple\b"
    ),
}
_BINARY = {".png", ".jpg", ".xlsx", ".ico"}

Find = Callable[[str, Path], Iterator[str]]


@cache
def tree() -> tuple[Path, ...]:
    """Every file that belongs to the tree: those that git has or would take, or in an export all there are."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True
    )
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.splitlines()]
    else:
        visible = [path for path in ROOT.iterdir() if not path.name.startswith(".")]
        paths = [path for top in visible for path in (top, *top.rglob("*"))]
    return tuple(path for path in paths if path.is_file() and "__pycache__" not in path.parts)


def pages() -> list[Path]:
    """Every page of documentation."""
    return [path for path in tree() if path.suffix == ".md"]


def dead_links(text: str, page: Path) -> Iterator[str]:
    """Relative links that lead nowhere, or to a heading that the other page does not have."""
    for target in _LINK.findall(_FENCED.sub("", text)):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, heading = target.partition("#")
        leads_to = (page.parent / file) if file else page
        if not leads_to.exists() or (heading and heading not in anchors(leads_to.read_text("utf-8"))):
            yield target


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as forges make them."""
    titles = re.findall(r"^#+ (.+)$", _FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def missing_files(text: str, page: Path) -> Iterator[str]:
    """Files and folders named in `code` that are not there, seen from the root, the page, or the page's service."""
    for code in _CODE.findall(_FENCED.sub("", text)):
        if code in MADE_ELSEWHERE or not _PATH.fullmatch(code):
            continue
        if not any((place / code).exists() for place in (ROOT, page.parent)):
            yield code


def unknown_commands(text: str, page: Path) -> Iterator[str]:
    """`./jiaowu …` that the launcher does not know, and modules to be run that are not there."""
    known = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for name, second in _COMMAND.findall(text):
        if name not in known or (second and second not in getattr(known[name], "commands", {second: None})):
            yield f"./jiaowu {name} {second}".strip()
    for module in _MODULE.findall(text):
        path = ROOT / module.rstrip(".").replace(".", "/")
        if not (path.with_suffix(".py").exists() or (path / "__main__.py").exists()):
            yield f"python -m {module}"


FINDERS: dict[str, Find] = {
    "links": dead_links,
    "files": missing_files,
    "commands": unknown_commands,
}


@pytest.mark.parametrize("what", FINDERS)
def test_what_the_pages_name_is_there(what: str) -> None:
    found = {
        str(page.relative_to(ROOT)): faults
        for page in pages()
        if (faults := sorted(set(FINDERS[what](page.read_text("utf-8"), page))))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("links", "see [design](no-such-page.md)"),
        ("links", "see [design](docs/design.md#no-such-heading)"),
        ("files", "it is in `chassis/no_such_file.py`"),
        ("files", "it is in `no-such-page.md`"),
        ("commands", "run `./jiaowu nosuchcommand`"),
        ("commands", "```\n./jiaowu dead nosuchcommand\n```"),
        ("commands", "run `python -m chassis.no_such_module`"),
    ],
)
def test_a_name_that_leads_nowhere_is_found(what: str, text: str) -> None:
    assert list(FINDERS[what](text, ROOT / "README.md"))


def test_good_names_are_not_faults() -> None:
    text = "[design](docs/design.md#1-the-picture) `chassis/messages/relay.py` `./jiaowu dead list` [far](https://example.org)"
    assert [fault for find in FINDERS.values() for fault in find(text, ROOT / "README.md")] == []


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_tree_stands_alone(what: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tree()
        if path.suffix not in _BINARY and path != Path(__file__)
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), start=1)
        if FORBIDDEN[what].search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("what", "line"),
    [
        ("a machine's path", "open('/mnt/somebody/x')"),
        ("a machine's path", "cd /home/somebody/jiaowu"),
        ("a package registry", "--index-url https://example.org/simple"),
        ("a package registry", "https://packages.example.org/simple/nameko"),
        ("a package registry", "trusted-host = packages.example.org"),
    ],
)
def test_a_forbidden_word_is_found(what: str, line: str) -> None:
    assert FORBIDDEN[what].search(line)


def test_every_decision_record_has_its_form_and_its_place_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    records = sorted(folder.glob("[0-9]*.md"))
    index = (folder / "README.md").read_text("utf-8")
    assert [int(record.name[:4]) for record in records] == list(range(1, len(records) + 1))
    for number, record in enumerate(records, start=1):
        text = record.read_text("utf-8")
        title = text.partition("\n")[0]
        assert title.startswith(f"# {number}. ")
        assert f"| [{number}]({record.name}) | {title.removeprefix(f'# {number}. ')} |" in index
        assert [part for part in ("Decided", "Why", "Cost") if f"**{part}.**" not in text] == []


def test_every_service_and_every_page_is_on_the_map() -> None:
    on_the_map = set(_LINK.findall((ROOT / "docs" / "README.md").read_text("utf-8")))
    wanted = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    wanted |= {f"../services/{path.parent.name}/README.md" for path in ROOT.glob("services/*/__init__.py")}
    assert wanted - on_the_map == set()
