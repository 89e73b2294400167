"""Work that holds its thread: where threads are green it runs beside them, elsewhere where it is."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from chassis.base.blocking import in_real_thread

GREEN = """
import eventlet
eventlet.monkey_patch()
from eventlet.patcher import original
from chassis.base.blocking import in_real_thread

passed, threads = [], original("threading")
others_have_run = threads.Event()

def hold(name):
    # Releases the interpreter as native code does, and ends only when a green thread has run meanwhile.
    return name, others_have_run.wait(30)

def others():
    passed.append("green")
    others_have_run.set()

eventlet.spawn(others)
print(in_real_thread(hold, name="native"), passed)
"""


def test_green_threads_go_on_while_native_code_holds_a_real_one() -> None:
    done = subprocess.run([sys.executable, "-c", GREEN], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "('native', True) ['green']", done.stderr


def test_on_plain_threads_it_just_runs() -> None:
    assert in_real_thread(threading.get_ident) == threading.get_ident()


def test_what_goes_wrong_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        in_real_thread(lambda: 1 // 0)
