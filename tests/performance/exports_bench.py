"""Figures of large lists that go out: 200,000 rows of 12 columns as a workbook and as CSV.

`python -m tests.performance.exports_bench` needs no server. Prints figures, asserts nothing.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import IO, Any

from rich.console import Console

from chassis.papers.csv_stream import write_csv
from chassis.papers.xlsx_stream import Sheet, write_xlsx
from tests.performance.figures import figure
from tests.performance.usage import most_megabytes

ROWS = 200_000
TITLES = ("学号", "姓名", "性别", "证件号码", "教学点", "批次", "专业", "状态", "金额", "日期", "时间", "序号")
_SOME_DAY = datetime(2026, 9, 1, tzinfo=UTC)


def rows() -> Iterator[Sequence[Any]]:
    """Rows as a list of students has them, each different from the others."""
    for number in range(ROWS):
        instant = _SOME_DAY + timedelta(seconds=number)
        yield (
            f"2026{number:09}",
            f"李{number % 977}",
            "女" if number % 2 else "男",
            f"32031119900101{number % 10_000:04}",
            f"第{number % 300}教学点",
            "2026秋",
            "计算机科学与技术",
            "在籍",
            Decimal(number) / 100,
            instant.date(),
            instant,
            number,
        )


def _workbook(file: IO[bytes]) -> None:
    write_xlsx(file, [Sheet("学生", TITLES, [16] * len(TITLES), rows())])


def _csv(file: IO[bytes]) -> None:
    write_csv(file, TITLES, rows())


def main() -> int:
    """Write, print."""
    console = Console()
    console.print(f"{ROWS:,} rows of {len(TITLES)} columns")
    ways: dict[str, Callable[[IO[bytes]], None]] = {"workbook": _workbook, "CSV": _csv}
    for way, write in ways.items():
        with tempfile.TemporaryFile() as file:
            began, used = time.perf_counter(), time.process_time()
            write(file)
            took, used = time.perf_counter() - began, time.process_time() - used
            figure(console, way, f"{took:.1f} s ({used:.1f} s of processor), {file.tell() / 1e6:.1f} MB", "15 s")
    figure(console, "memory at most", f"{most_megabytes():.0f} MB", "150 MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
