"""What the end of a test run says about its time."""

import os
import subprocess
import sys
from pathlib import Path

from _pytest.reports import TestReport

from tests.times import FolderTimes, folder_of

ROOT = Path(__file__).parents[2]


def a_run(**tests: float) -> FolderTimes:
    times = FolderTimes()
    for test, seconds in tests.items():
        for phase, part in (("setup", 0.25), ("call", 0.5), ("teardown", 0.25)):
            times.pytest_runtest_logreport(
                TestReport(test, ("", 0, ""), {}, "passed", None, phase, duration=seconds * part)  # type: ignore[arg-type]
            )
    return times


def test_set_up_call_and_tear_down_of_all_tests_of_a_folder_are_added_up() -> None:
    times = a_run(
        **{
            "tests/unit/courses/test_a.py::test_one": 0.5,
            "tests/unit/exams/test_b.py::test_two": 0.5,
            "tests/sagas/test_c.py::test_three[x/y::z]": 3.0,
        }
    )

    assert list(times.lines(2.5, 2)) == [
        "     3.0 s  75%      1 tests  tests/sagas",
        "     1.0 s  25%      2 tests  tests/unit",
        "     4.0 s           3 tests, on 2 workers in 2.5 s",
        "slowest:",
        "     3.0 s  tests/sagas/test_c.py::test_three[x/y::z]",
    ]


def test_only_the_ten_slowest_are_named() -> None:
    told = list(a_run(**{f"tests/unit/test_a.py::test_{n}": float(n) for n in range(1, 21)}).lines(1, 1))

    assert "one after the other" in told[1]
    assert [line.split("_")[-1] for line in told[3:]] == [str(n) for n in range(20, 10, -1)]


def test_a_test_belongs_to_its_folder_below_tests() -> None:
    assert folder_of("tests/integration/courses/test_x.py::test_y") == "tests/integration"
    assert folder_of("tests/test_x.py::test_y") == "tests"
    assert folder_of("test_x.py::test_y") == "."


def test_the_end_of_a_run_on_two_workers_tells_it(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(
        "from tests.times import FolderTimes\ndef pytest_configure(config):\n"
        "    config.pluginmanager.register(FolderTimes(), 'folder times')\n"
    )
    (tmp_path / "part").mkdir()
    (tmp_path / "part" / "test_part.py").write_text("def test_one(): pass\ndef test_two(): pass\n")
    outer = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    outer |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "xdist", "-n", "2", "--rootdir", "."]
    result = subprocess.run(command, cwd=tmp_path, env=outer, capture_output=True, text=True)

    assert "2 tests  part" in result.stdout, result.stdout
    assert "2 tests, on 2 workers in" in result.stdout
