"""Processes found again by their pid files, and the supervisor that starts again what ended."""

import json
import os
import signal
import subprocess
import sys
import threading
from itertools import pairwise

import psutil
import pytest

from launcher.paths import ROOT
from launcher.processes import Process, ProcessSpec
from launcher.supervisor import LONGEST_PAUSE, Supervisor, Watch
from launcher.waiting import wait_until


@pytest.fixture
def make(tmp_path):
    made = []

    def make(name="sleeper", code="import time; print('here', flush=True); time.sleep(600)", **variables):
        spec = ProcessSpec(name, "timeit", ("-n1", "-r1", code), variables)
        made.append(Process(spec, tmp_path / "run", tmp_path / "logs"))
        return made[-1]

    yield make
    for process in made:
        process.kill()


def test_a_started_process_is_found_again_by_whoever_opens_the_same_folder(make):
    process = make()
    process.start()
    again = make()
    assert again.pid == process.pid
    again.start()
    assert again.pid == process.pid, "a second start must not start a second one"


def test_a_pid_file_whose_number_belongs_to_another_process_now_names_nobody(make, tmp_path):
    process = make()
    (tmp_path / "run").mkdir()
    started = psutil.Process().create_time()
    (tmp_path / "run" / "sleeper.pid").write_text(f"{os.getpid()} {started}")
    assert process.running()
    (tmp_path / "run" / "sleeper.pid").write_text(f"{os.getpid()} {started - 60}")
    assert not process.running()


def test_stopping_lets_a_process_finish(make):
    code = "\n".join(
        [
            "import signal, sys",
            "signal.signal(signal.SIGTERM, lambda *_: (print('finished'), sys.exit(0)))",
            "print('here', flush=True)",
            "signal.pause()",
        ]
    )
    process = make(code=code)
    process.start()
    assert wait_until(lambda: "here" in process.log.read_text(), 10)
    process.stop()
    assert not process.running()
    assert "finished" in process.log.read_text()


def test_a_process_that_does_not_listen_is_killed_in_the_end(make, monkeypatch):
    monkeypatch.setattr("launcher.processes.GRACE", 0.5)
    deaf = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True)"
    code = f"{deaf}\nwhile True: signal.pause()"
    process = make(code=code)
    process.start()
    assert wait_until(lambda: "here" in process.log.read_text(), 10)
    process.stop()
    assert not process.running()


def test_a_process_gets_its_own_variables_and_none_of_the_launchers(make, monkeypatch):
    monkeypatch.setenv("JIAOWU_POSTGRES_URL", "an administrator's address")
    monkeypatch.setenv("SOMETHING_ELSE", "kept")
    code = "import os; print(sorted(n for n in os.environ if 'JIAOWU' in n or n == 'SOMETHING_ELSE'))"
    process = make(code=code, JIAOWU_BROKER_URL="its own")
    process.start()
    assert wait_until(lambda: not process.running(), 10)
    assert "['JIAOWU_BROKER_URL', 'SOMETHING_ELSE']" in process.log.read_text()


def test_the_supervisor_starts_a_killed_process_again_and_counts_it(make, tmp_path):
    process = make()
    process.start()
    first = process.pid
    stopping = threading.Event()
    record = tmp_path / "run" / "restarts.json"
    supervisor = Supervisor([process], record)
    thread = threading.Thread(target=supervisor.run, args=(stopping,), kwargs={"every": 0.05})
    thread.start()
    try:
        process.kill(signal.SIGKILL)
        assert wait_until(lambda: process.pid not in (None, first), 10)
        assert wait_until(lambda: json.loads(record.read_text()) == {"sleeper": 1}, 10)
    finally:
        stopping.set()
        thread.join()


def test_a_supervisor_that_is_told_to_leave_leaves_all_running(tmp_path):
    code = "\n".join(
        [
            "import sys, types; from pathlib import Path; from launcher import supervisor",
            "class System:",
            "    processes = {}",
            "    def start_all(self, forks): Path(sys.argv[1], 'started').touch()",
            "    def down(self): Path(sys.argv[1], 'stopped').touch()",
            "installation = types.SimpleNamespace(",
            "    system=System, servers=lambda: [], restarts_file=Path(sys.argv[1], 'restarts.json'))",
            "supervisor.Installation = lambda state: installation",
            "supervisor.main(Path(sys.argv[1]))",
        ]
    )
    for number, stopped in ((signal.SIGHUP, False), (signal.SIGTERM, True)):
        process = subprocess.Popen(
            [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE, text=True
        )
        process.stdin.write("begin\n")
        process.stdin.close()
        assert wait_until(lambda: (tmp_path / "restarts.json").exists(), 60)
        process.send_signal(number)
        assert process.wait(60) == 0
        assert (tmp_path / "stopped").exists() == stopped
        (tmp_path / "restarts.json").unlink()


def test_whoever_reads_the_record_of_restarts_reads_a_whole_one(tmp_path):
    record = tmp_path / "restarts.json"
    supervisor = Supervisor([Failing()], record)
    stopping = threading.Event()
    stopping.set()
    supervisor.run(stopping)
    writing = threading.Thread(target=lambda: [supervisor.run(stopping) for _ in range(500)])
    writing.start()
    while writing.is_alive():
        assert json.loads(record.read_text()) == {"failing": 0}
    writing.join()


class Failing:
    """Something that ends as soon as it is started."""

    name = "failing"
    starts = 0

    def running(self):
        return False

    def start(self):
        self.starts += 1


def test_what_keeps_ending_is_started_after_ever_longer_pauses():
    watch = Watch(Failing())
    starts, before = [], 0
    for tenth in range(2000):
        watch.look(tenth / 10)
        if watch.thing.starts > before:
            before = watch.thing.starts
            starts.append(tenth / 10)
    pauses = [round(later - earlier) for earlier, later in pairwise(starts)]
    assert pauses[:4] == [2, 4, 8, 16]
    assert set(pauses[4:]) == {round(LONGEST_PAUSE)}


def test_what_has_run_for_a_while_is_started_again_at_once():
    class Sound(Failing):
        alive = False

        def running(self):
            return self.alive

    watch = Watch(Sound(), pause=LONGEST_PAUSE, started_at=0.0)
    watch.thing.alive = True
    watch.look(100.0)
    watch.thing.alive = False
    assert watch.look(200.0) == "failing has ended; starting it again in 1 s"


def test_a_supervisor_whose_launcher_ended_before_it_let_it_begin_starts_nothing(tmp_path):
    command = [sys.executable, "-m", "launcher.supervisor", str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []
