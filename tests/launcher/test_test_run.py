"""What `./jiaowu test` rests on."""

import os
import subprocess
import sys


def test_tests_of_one_group_stay_on_one_worker(tmp_path):
    (tmp_path / "test_group.py").write_text(
        "import os, pytest\n"
        "@pytest.mark.xdist_group('one')\n"
        "@pytest.mark.parametrize('number', range(8))\n"
        "def test_one(number):\n"
        "    open(os.environ['PYTEST_XDIST_WORKER'], 'a').close()\n"
    )
    outer = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    outer["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # only what is looked at here
    command = [sys.executable, "-m", "pytest", "-q", "-p", "xdist", "-n", "2", "--dist", "loadgroup", "--rootdir", "."]
    result = subprocess.run(command, cwd=tmp_path, env=outer, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout
    assert len(list(tmp_path.glob("gw*"))) == 1
