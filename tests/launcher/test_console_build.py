"""When the console is built, what its build is like, and what its packages may do."""

import gzip
import json
import re
from pathlib import Path

import pytest

from launcher import console_build
from launcher.packages import SetUpError

ROOT = Path(__file__).parents[2]
CONSOLE = ROOT / "console"
of_npm = pytest.mark.parametrize("folder", [CONSOLE, ROOT / "tests" / "providers"], ids=lambda folder: folder.name)
"""Where packages of npm are used."""
FIRST_VIEW = 150_000
"""Bytes of compressed script that a browser needs to show the page on which people sign in."""


class Builder:
    """The build with everything that takes long replaced: what is generated is `says`, what is built is a page."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.says, self.did, self.fails = "one", [], ""
        self.folder = folder / "console"
        self.page = folder / "local" / "console" / "site" / "index.html"
        for name in ("console/src", "console/node_modules", "contracts", "gateway/static"):
            (folder / name).mkdir(parents=True)
        for name in ("console/package.json", "console/package-lock.json", "gateway/static/work.js", "contracts/a.py"):
            (folder / name).write_text("")
        places = {"ROOT": "", "FOLDER": "console", "GENERATED": "console/generated", "DIST": "console/dist"}
        places |= {"PACKAGES": "console/node_modules", "SITE": "local/console/site", "LOG": "local/console.log"}
        for name, path in {**places, "_STAMP": "local/console/made-from.json"}.items():
            monkeypatch.setattr(console_build, name, folder / path)
        monkeypatch.setattr(console_build, "_generate", self._generate)
        monkeypatch.setattr(console_build.node, "run", self._run)

    def build(self) -> list[str]:
        """Build, and what had to be done for it."""
        self.did.clear()
        console_build.ensure_built()
        return list(self.did)

    def _generate(self, _log: object) -> None:
        self.did.append("generate")
        (self.folder / "generated").mkdir(exist_ok=True)
        (self.folder / "generated" / "words.json").write_text(self.says)

    def _run(self, _folder: Path, log: object, *arguments: str) -> bool:
        self.did.append(arguments[-1])
        print("said by", arguments[-1], file=log, flush=True)  # type: ignore[call-overload]
        if arguments[-1] == "build" != self.fails:
            (self.folder / "dist").mkdir(exist_ok=True)
            (self.folder / "dist" / "index.html").write_text(self.says)
        return arguments[-1] != self.fails


@pytest.fixture
def builder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Builder:
    return Builder(tmp_path, monkeypatch)


def test_it_is_built_once_and_then_only_when_what_it_is_made_from_has_changed(builder: Builder) -> None:
    assert builder.build() == ["generate", "ci", "types", "build"]
    assert builder.build() == []
    (builder.folder / "src" / "page.vue").write_text("new")
    assert builder.build() == ["generate", "types", "build"]
    (builder.folder / "src" / "page.vue").unlink()
    assert builder.build() == ["generate", "types", "build"]
    assert builder.build() == []


def test_a_change_of_the_code_that_changes_nothing_in_what_is_generated_builds_nothing(builder: Builder) -> None:
    builder.build()
    contract = builder.folder.parent / "contracts" / "a.py"
    contract.write_text("# a comment")
    assert builder.build() == ["generate"]
    assert builder.build() == []
    contract.write_text("NAME = 'other'")
    builder.says = "two"
    assert builder.build() == ["generate", "types", "build"]
    assert builder.page.read_text() == "two"


def test_packages_are_installed_when_the_lock_has_changed(builder: Builder) -> None:
    builder.build()
    (builder.folder / "package-lock.json").write_text("{}")
    assert builder.build() == ["generate", "ci", "types", "build"]


def test_what_was_deleted_is_built_again(builder: Builder) -> None:
    builder.build()
    builder.page.unlink()
    assert builder.build() == ["generate", "types", "build"]


@pytest.mark.parametrize("step", ["ci", "types", "build"])
def test_what_fails_says_why_leaves_the_build_before_and_is_tried_again(builder: Builder, step: str) -> None:
    builder.build()
    (builder.folder / "package-lock.json").write_text("{}")
    builder.fails, builder.says = step, "two"
    with pytest.raises(SetUpError, match=f"said by {step}"):
        builder.build()
    assert builder.page.read_text() == "one"
    builder.fails = ""
    assert "build" in builder.build()
    assert builder.page.read_text() == "two"


@of_npm
def test_the_lock_names_no_address_and_has_a_hash_for_every_package(folder: Path) -> None:
    lock = json.loads((folder / "package-lock.json").read_text())
    packages = {path: each for path, each in lock["packages"].items() if path}
    assert packages
    assert [path for path, each in packages.items() if "resolved" in each] == []
    assert [path for path, each in packages.items() if not each["integrity"].startswith("sha512-")] == []
    assert lock["lockfileVersion"] == 3


@of_npm
def test_packages_are_pinned_and_run_nothing_when_they_are_installed(folder: Path) -> None:
    settings = (folder / ".npmrc").read_text().splitlines()
    assert {"ignore-scripts=true", "omit-lockfile-registry-resolved=true"} <= set(settings)
    assert not [line for line in settings if "registry=" in line and "resolved" not in line]
    declared = json.loads((folder / "package.json").read_text())
    versions = [*declared.get("dependencies", {}).values(), *declared["devDependencies"].values()]
    assert [version for version in versions if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


def test_what_is_built_and_what_is_checked_are_for_the_same_browsers() -> None:
    [targets] = re.findall(r"target: (\[.*\])", (CONSOLE / "vite.config.ts").read_text())
    asked_for = [line.replace(" ", "") for line in (CONSOLE / ".browserslistrc").read_text().splitlines()]
    assert json.loads(targets) == asked_for == ["chrome109", "firefox115"]


@pytest.fixture(scope="module")
def built() -> Path:
    """The real build."""
    console_build.ensure_built()
    return console_build.DIST


@pytest.mark.timeout(300)  # builds it where that was not done
def test_the_page_on_which_people_sign_in_is_there_with_little_script(built: Path) -> None:
    manifest = json.loads((built / ".vite" / "manifest.json").read_text())
    needed = set(files(manifest, "index.html")) | set(files(manifest, "src/pages/account/SignInPage.vue"))
    scripts = {name for name in needed if name.endswith(".js")}
    compressed = sum((built / f"{name}.br").stat().st_size for name in scripts if (built / f"{name}.br").exists())
    assert 20_000 < compressed <= FIRST_VIEW


def files(manifest: dict[str, dict], key: str) -> set[str]:  # type: ignore[type-arg]
    """The files that a page of the build needs at once."""
    part = manifest[key]
    return {part["file"]}.union(*(files(manifest, each) for each in part.get("imports", ())))


@pytest.mark.timeout(300)
def test_every_text_of_the_build_is_there_compressed_and_the_page_knows_its_version(built: Path) -> None:
    texts = [path for path in built.rglob("*.js") if path.stat().st_size >= 512]
    assert texts
    for path in texts:
        assert gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes()) == path.read_bytes()
        assert path.with_name(f"{path.name}.br").stat().st_size < path.stat().st_size
    version = json.loads((built / "console.json").read_text())["version"]
    assert f'<meta name="version" content="{version}"' in (built / "index.html").read_text()


@pytest.mark.timeout(300)
def test_nothing_is_loaded_from_elsewhere_and_no_page_has_script_or_styles_in_it(built: Path) -> None:
    page = (built / "index.html").read_text()
    assert re.findall(r"<script(?![^>]* src=)", page) == []
    assert "<style" not in page
    assert " style=" not in page
    assert [each for each in re.findall(r'(?:src|href)="([^"]+)"', page) if not each.startswith("/")] == []
