"""Many PDFs become one, by a process of its own."""

import io
import subprocess
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter

from chassis.documents.merging import merge


def page(path: Path, width: int) -> Path:
    writer = PdfWriter()
    writer.add_blank_page(width, 100)
    writer.write(path)
    return path


def test_the_pages_stand_in_the_order_of_the_files(tmp_path: Path) -> None:
    paths = [page(tmp_path / f"第{n}个.pdf", 100 + n) for n in (3, 1, 2)]
    merge(paths, tmp_path / "result")
    merged = PdfReader(io.BytesIO((tmp_path / "result").read_bytes()))
    assert [int(each.mediabox.width) for each in merged.pages] == [103, 101, 102]


def test_what_is_no_pdf_makes_none(tmp_path: Path) -> None:
    (tmp_path / "no.pdf").write_bytes(b"no PDF")
    with pytest.raises(subprocess.CalledProcessError):
        merge([tmp_path / "no.pdf"], tmp_path / "result")
