"""What `./jiaowu logs` makes of the lines that processes write."""

import json

from launcher.log_view import render, show
from launcher.steps import console


class Folder:
    """An installation that has only logs."""

    def __init__(self, state):
        self.state = state
        (state / "logs").mkdir()

    def write(self, process, *lines):
        (self.state / "logs" / f"{process}.log").write_text("".join(line + "\n" for line in lines))


def line(second, event, **fields):
    instant = f"2026-09-01T08:00:{second:02}.000000Z"
    return json.dumps({"timestamp": instant, "event": event, "level": "info", **fields})


def test_lines_of_several_processes_are_in_order_of_time(tmp_path):
    folder = Folder(tmp_path)
    folder.write("courses", line(1, "first"), line(3, "third"))
    folder.write("finance", line(2, "second"))
    with console.capture() as printed:
        assert show(folder, None, lines=10, follow=False)
    events = ["first", "second", "third"]
    assert [word for word in printed.get().split() if word in events] == events


def test_a_name_shows_the_service_with_its_other_processes(tmp_path):
    folder = Folder(tmp_path)
    for process in ("courses", "courses-2", "courses-tasks", "finance"):
        folder.write(process, line(1, f"from_{process}"))
    with console.capture() as printed:
        show(folder, "courses", lines=10, follow=False)
    shown = printed.get()
    assert all(f"from_{process}" in shown for process in ("courses", "courses-2", "courses-tasks"))
    assert "from_finance" not in shown


def test_a_log_that_is_not_there_is_told(tmp_path):
    assert not show(Folder(tmp_path), "library", lines=10, follow=False)


def test_brackets_in_a_line_are_shown_as_they_are():
    for text in ("[bold]not ours[/]", line(1, "[red]", path="[/x]")):
        with console.capture() as printed:
            console.print(render("courses", text))
        assert "[" in printed.get()
