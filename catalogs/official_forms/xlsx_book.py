"""The parts of a workbook around its sheets: list of sheets, number formats, shared strings."""

from catalogs.official_forms.cells import Grid
from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.limits import refuse_too_many_sheets
from catalogs.official_forms.refusals import DAMAGED
from catalogs.official_forms.relationships import main_part, read_links
from catalogs.official_forms.sheet_builder import CellMaker, SheetBuilder
from catalogs.official_forms.text import unescape_ooxml
from catalogs.official_forms.xlsx_numbers import BUILT_IN_FORMATS
from catalogs.official_forms.xlsx_sheet import SheetPart
from catalogs.official_forms.xml_part import Attributes, Part
from catalogs.official_forms.zip_package import Package


def read_workbook(package: Package) -> Grid:
    """Return the sheets of an .xlsx file; raises UnreadableForm when it is not a sound one."""
    path = main_part(package, "xl/workbook.xml")
    links = read_links(package, path)
    book = _BookPart()
    book.read(package, path)
    refuse_too_many_sheets(len(book.sheets))
    styles, strings = _StylesPart(), _StringsPart()
    for ending, part in (("/styles", styles), ("/sharedStrings", strings)):
        target = next((to for kind, to in links.values() if kind.endswith(ending)), "")
        if target in package:
            part.read(package, target)
    maker = CellMaker(package.budget)
    sheets = []
    for attributes in book.sheets:
        link = next((value for key, value in attributes.items() if key.endswith(":id")), "")
        kind, target = links.get(link, ("", ""))
        if not kind.endswith("/worksheet"):  # a chart sheet holds no table
            continue
        if target not in package:
            raise UnreadableForm(DAMAGED)
        builder = SheetBuilder(maker)
        SheetPart(builder, strings.strings, styles.formats(), book.is_1904).read(package, target)
        hidden = attributes.get("state", "visible") != "visible"
        sheets.append(builder.sheet(attributes.get("name", ""), hidden=hidden))
    return Grid(tuple(sheets))


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
        known = {str(number): code for number, code in BUILT_IN_FORMATS.items()} | self._codes
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
        self._is_listening = False
        self.skips("rPh")
        self.opens["t"] = self._begin
        self.closes |= {"t": self._end, "si": self._string}

    def text(self, data: str) -> None:
        if self._is_listening:
            self._pieces.append(data)

    def _begin(self, _: Attributes) -> None:
        self._is_listening = True

    def _end(self) -> None:
        self._is_listening = False

    def _string(self) -> None:
        self.strings.append(unescape_ooxml("".join(self._pieces)))
        self._pieces.clear()
