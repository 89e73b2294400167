"""Writes ZIPs of many files while they come: names right on every system, no two alike, never all in memory."""

from __future__ import annotations

import shutil
import unicodedata
import zipfile
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import IO, Final

MAX_NAME_BYTES: Final = 180
"""Of a name within a folder: file systems bear 255, and Windows 260 characters of the whole path."""
_NOT_ON_WINDOWS = str.maketrans({**dict.fromkeys(map(chr, range(32)), "_"), **dict.fromkeys('<>:"|?*\\\x7f', "_")})
_DEVICES = frozenset({"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10))})
"""What Windows takes for a device, whatever its ending."""
_PACKED_ALREADY = frozenset({".jpg", ".jpeg", ".png", ".pdf", ".zip", ".xlsx"})


def write_zip(file: IO[bytes], entries: Iterable[tuple[str, IO[bytes]]]) -> list[str]:
    """Write a ZIP of files, each under the name it should have (folders by `/`), and close each of them; the names that
    they got. Names are UTF-8 and flagged so, and what systems don't bear in them is replaced."""
    taken: set[str] = set()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for wanted, content in entries:
            with content:
                info = zipfile.ZipInfo(_free(_sound(wanted), taken))
                packed = PurePosixPath(info.filename).suffix.lower() in _PACKED_ALREADY
                info.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
                with archive.open(info, "w", force_zip64=True) as part:
                    shutil.copyfileobj(content, part)
        return archive.namelist()


def _sound(name: str) -> str:
    """A path that every system bears and that stays in the folder it is unpacked in."""
    parts = [_sound_part(part) for part in unicodedata.normalize("NFC", name).split("/")]
    return "/".join(part for part in parts if part) or "file"


def _sound_part(part: str) -> str:
    part = part.encode("utf-8", "replace").decode("utf-8").translate(_NOT_ON_WINDOWS).strip(" ").rstrip(". ")
    if part.partition(".")[0].upper() in _DEVICES:
        part = f"_{part}"
    path = PurePosixPath(part)
    return _shortened(path.stem, MAX_NAME_BYTES - len(path.suffix.encode())) + path.suffix if part else ""


def _shortened(stem: str, most: int) -> str:
    return stem.encode("utf-8")[: max(most, 1)].decode("utf-8", "ignore")


def _free(name: str, taken: set[str]) -> str:
    """The name, or with a number where there is one like it; Windows and macOS know no upper and lower case."""
    path, free, number = PurePosixPath(name), name, 1
    while free.casefold() in taken:
        number += 1
        free = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
    taken.add(free.casefold())
    return free
