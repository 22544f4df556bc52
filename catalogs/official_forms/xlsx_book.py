"""The parts of a workbook around its sheets: list of sheets, number formats, shared strings."""

import posixpath

from openpyxl.styles.numbers import BUILTIN_FORMATS

from catalogs.official_forms.cells import Grid, Sheet
from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.text import unescape_ooxml
from catalogs.official_forms.xlsx_package import DAMAGED, Package
from catalogs.official_forms.xlsx_sheet import SheetPart
from catalogs.official_forms.xlsx_xml import Attributes, Part

MAX_SHEETS = 100
# Formats that Chinese versions of Excel and WPS know by number without writing them out.
_CHINESE_FORMATS = {
    **dict.fromkeys((27, 36, 50, 52, 57), "yyyy年m月"),
    **dict.fromkeys((28, 29, 30, 31, 51, 53, 54, 58), "yyyy年m月d日"),
    **dict.fromkeys((32, 33, 34, 35, 55, 56), "h:mm"),
}


def read_workbook(data: bytes) -> Grid:
    """Return the sheets of an .xlsx file; raises UnreadableForm when it is not a sound one."""
    package = Package(data)
    path = _workbook_path(package)
    links = _read_links(package, path)
    book = _BookPart()
    book.read(package, path)
    if len(book.sheets) > MAX_SHEETS:
        raise UnreadableForm(
            f"工作簿有 {len(book.sheets)} 个工作表，超过 {MAX_SHEETS} 个。请只保留附件3后重新上传。"
        )
    styles, strings = _StylesPart(), _StringsPart()
    for ending, part in (("/styles", styles), ("/sharedStrings", strings)):
        target = next((to for kind, to in links.values() if kind.endswith(ending)), "")
        if target in package:
            part.read(package, target)
    sheets = []
    for attributes in book.sheets:
        link = next((value for key, value in attributes.items() if key.endswith(":id")), "")
        kind, target = links.get(link, ("", ""))
        if not kind.endswith("/worksheet"):  # a chart sheet holds no table
            continue
        if target not in package:
            raise UnreadableForm(DAMAGED)
        sheet = SheetPart(strings.strings, styles.formats(), book.is_1904)
        sheet.read(package, target)
        hidden = attributes.get("state", "visible") != "visible"
        sheets.append(_named(sheet, attributes.get("name", ""), hidden))
    return Grid(tuple(sheets))


def _named(part: SheetPart, name: str, hidden: bool) -> Sheet:
    rows = part.finish(name)
    return Sheet(name, rows, hidden, frozenset(part.hidden_columns), part.is_cut)


def _workbook_path(package: Package) -> str:
    links = _read_links(package, "")
    return next(
        (to for kind, to in links.values() if kind.endswith("/officeDocument") and to in package),
        "xl/workbook.xml",
    )


def _read_links(package: Package, path: str) -> dict[str, tuple[str, str]]:
    """The relationships of a part: id → (type, path in the archive)."""
    folder, name = posixpath.split(path)
    part = _LinksPart()
    links = posixpath.join(folder, "_rels", f"{name}.rels")
    if links in package:
        part.read(package, links)
    return {
        one.get("Id", ""): (
            one.get("Type", ""),
            posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/"),
        )
        for one in part.links
    }


class _LinksPart(Part):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[Attributes] = []
        self.opens["Relationship"] = self.links.append


class _BookPart(Part):
    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[Attributes] = []
        self.is_1904 = False
        self.opens |= {"sheet": self.sheets.append, "workbookPr": self._properties}

    def _properties(self, attributes: Attributes) -> None:
        self.is_1904 = attributes.get("date1904") in ("1", "true", "on")


class _StylesPart(Part):
    """Number formats only: fonts, fills and borders say nothing about content."""

    def __init__(self) -> None:
        super().__init__()
        self._codes: dict[str, str] = {}
        self._styles: list[str] = []
        self._in_cell_styles = False
        self.opens |= {
            "numFmt": self._code,
            "cellXfs": lambda _: self._within(True),
            "xf": self._style,
        }
        self.closes["cellXfs"] = lambda: self._within(False)

    def formats(self) -> list[str]:
        """The format code of each cell style, by its index."""
        known = {str(number): code for number, code in BUILTIN_FORMATS.items()}
        known |= {str(number): code for number, code in _CHINESE_FORMATS.items()}
        known |= self._codes
        return [known.get(number, "General") for number in self._styles]

    def _within(self, inside: bool) -> None:
        self._in_cell_styles = inside

    def _code(self, attributes: Attributes) -> None:
        self._codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "General")

    def _style(self, attributes: Attributes) -> None:
        if self._in_cell_styles:
            self._styles.append(attributes.get("numFmtId", "0"))


class _StringsPart(Part):
    """The shared strings, runs of a rich text joined, phonetic guides left out."""

    def __init__(self) -> None:
        super().__init__()
        self.strings: list[str] = []
        self._pieces: list[str] = []
        self._listening = False
        self._in_guide = False
        self.opens |= {"t": self._begin, "rPh": lambda _: self._guide(True)}
        self.closes |= {"t": self._end, "si": self._string, "rPh": lambda: self._guide(False)}

    def text(self, data: str) -> None:
        if self._listening:
            self._pieces.append(data)

    def _begin(self, _: Attributes) -> None:
        self._listening = not self._in_guide

    def _end(self) -> None:
        self._listening = False

    def _guide(self, inside: bool) -> None:
        self._in_guide = inside

    def _string(self) -> None:
        self.strings.append(unescape_ooxml("".join(self._pieces)))
        self._pieces.clear()
