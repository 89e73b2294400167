"""What the sheets of a workbook of Excel refer to: texts that cells share, number formats, which parts are sheets."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from chassis.papers.reading.cells import UnreadableError
from chassis.papers.reading.numbers_shown import BUILT_IN, DAY_IDS, shows_a_day
from chassis.papers.reading.packages import Elements, Package, parse_whole

YES = ("1", "true")
_MACROS = "vbaproject.bin"
_MOST_TEXTS = 1_048_576 * 4


class Workbook:
    """What the cells of all sheets refer to."""

    def __init__(self, package: Package) -> None:
        macros = any(name.endswith(_MACROS) for name in package.names())
        if macros or b"macroEnabled" in package.read("[Content_Types].xml"):
            raise UnreadableError("workbook_has_macros")
        main = _Relations(package, "_rels/.rels", "").of_kind("officeDocument")
        if main is None:
            raise UnreadableError("workbook_unreadable")
        if main.endswith(".bin"):
            raise UnreadableError("workbook_is_binary")
        folder = posixpath.dirname(main)
        relations = f"{folder}/_rels/{posixpath.basename(main)}.rels".lstrip("/")
        parts = _Relations(package, relations, folder)
        book = _Book()
        parse_whole(package.chunks(main), book)
        self.from_1904 = book.from_1904
        self.visible = [parts.sheets[id_] for id_ in book.visible if id_ in parts.sheets]
        styles = _Styles()
        if (name := parts.of_kind("styles")) is not None:
            parse_whole(package.chunks(name), styles)
        self.formats = styles.formats()
        texts = _Texts()
        if (name := parts.of_kind("sharedStrings")) is not None:
            parse_whole(package.chunks(name), texts)
        self.texts = texts.texts


class _Relations(Elements):
    """Which part stands for what: sheets by their id, others by the end of their type."""

    def __init__(self, package: Package, name: str, folder: str) -> None:
        self.sheets: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        self._folder = folder
        self.begins = {"Relationship": self._relationship}
        parse_whole(package.chunks(name), self)

    def _relationship(self, attributes: Mapping[str, str]) -> None:
        if attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "").replace("\\", "/")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"{self._folder}/{target}")
            kind = attributes.get("Type", "").rpartition("/")[2]
            self._kinds[kind] = path.lstrip("/")
            if kind == "worksheet":  # a chart may have a sheet to itself
                self.sheets[attributes.get("Id", "")] = path.lstrip("/")

    def of_kind(self, kind: str) -> str | None:
        return self._kinds.get(kind)


class _Book(Elements):
    """The sheets in their order, and from when days are counted."""

    def __init__(self) -> None:
        self.visible: list[str] = []
        self.from_1904 = False
        self.begins = {"workbookPr": self._properties, "sheet": self._sheet}

    def _properties(self, attributes: Mapping[str, str]) -> None:
        self.from_1904 = attributes.get("date1904") in YES

    def _sheet(self, attributes: Mapping[str, str]) -> None:
        if attributes.get("state", "visible") == "visible":
            self.visible.append(next((value for key, value in attributes.items() if key.endswith(":id")), ""))


class _Styles(Elements):
    """How cells show numbers, by the number of their style."""

    def __init__(self) -> None:
        self._codes: dict[int, str] = {}
        self._ids: list[int] = []
        self._inside = False
        self.begins = {"numFmt": self._format_begun, "cellXfs": self._styles_begun, "xf": self._style}
        self.ends = {"cellXfs": self._styles_ended}

    def _format_begun(self, attributes: Mapping[str, str]) -> None:
        if "numFmtId" in attributes:
            self._codes[int(attributes["numFmtId"])] = attributes.get("formatCode", "")

    def _styles_begun(self, _: Mapping[str, str]) -> None:
        self._inside = True

    def _styles_ended(self) -> None:
        self._inside = False

    def _style(self, attributes: Mapping[str, str]) -> None:
        if self._inside:
            self._ids.append(int(attributes.get("numFmtId", "0")))

    def formats(self) -> list[tuple[str, bool]]:
        """For each style the format and whether it shows days."""
        known = {id_: self._format(id_) for id_ in set(self._ids)}
        return [known[id_] for id_ in self._ids]

    def _format(self, id_: int) -> tuple[str, bool]:
        code = self._codes.get(id_)
        if code is None:
            return BUILT_IN.get(id_, ""), id_ in DAY_IDS
        return code, shows_a_day(code)


class Runs(Elements):
    """Hears the runs of a text, which are joined; phonetic guides are none of it."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._heard = False
        self._phonetic = False
        self.begins = {"t": self._text_begun, "rPh": self._guide_begun}
        self.ends = {"t": self._text_ended, "rPh": self._guide_ended}

    def said(self, text: str) -> None:
        if self._heard:
            self._parts.append(text)

    def _text_begun(self, _: Mapping[str, str]) -> None:
        self._heard = not self._phonetic

    def _text_ended(self) -> None:
        self._heard = False

    def _guide_begun(self, _: Mapping[str, str]) -> None:
        self._phonetic = True

    def _guide_ended(self) -> None:
        self._phonetic = False


class _Texts(Runs):
    """The texts that cells share."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.begins = {**self.begins, "si": self._item_begun}
        self.ends = {**self.ends, "si": self._item_ended}

    def _item_begun(self, _: Mapping[str, str]) -> None:
        self._parts = []

    def _item_ended(self) -> None:
        self.texts.append("".join(self._parts))
        if len(self.texts) > _MOST_TEXTS:
            raise UnreadableError("workbook_too_large_to_read")


def index(text: str) -> int:
    """A place in a list, which is never counted from its end."""
    if not (text.isascii() and text.isdigit()):
        raise UnreadableError("workbook_unreadable")
    return int(text)
