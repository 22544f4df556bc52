"""How much one file may hold and cost. More is refused, or said to be left out."""

from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.refusals import TOO_BIG

# What a list may hold.
MAX_SHEETS = 100
MAX_ROWS = 200_200  # rows with content in a sheet: 200,000 of data, room for title and footers
MAX_COLUMNS = 200
MAX_CELLS = 1_700_000  # cells with content in a file
MAX_MERGED = 100_000  # merged ranges in a sheet
MAX_FILLED = 800_000  # cells filled in from merged ranges in a sheet

# What reading may cost.
MAX_INFLATED = 200 * 1024 * 1024  # bytes, all members of an archive together
MAX_RATIO = 200  # a sheet of formatted blank rows reaches about 30, a bomb about 1,000
RATIO_FROM = 8 * 1024 * 1024  # bytes; below this any ratio is harmless
MAX_MEMBERS = 2_000
MAX_ELEMENTS = 5_000_000
MAX_CHARACTERS = 60_000_000  # characters between XML tags, all parts together; bounds the memory
MAX_TOKEN = 4 * 1024 * 1024  # bytes of one XML tag or comment
MAX_DEPTH = 64  # nested XML elements
MAX_TEXT = 40 * 1024 * 1024  # bytes of a text file: CSV, HTML, XML without an archive


class Budget:
    """What is left of the limits while one file is read, over all its parts and sheets."""

    __slots__ = ("cells", "characters", "elements")

    def __init__(self) -> None:
        self.elements = MAX_ELEMENTS
        self.characters = MAX_CHARACTERS
        self.cells = MAX_CELLS

    def spend_characters(self, count: int) -> None:
        """Count characters taken in; raises UnreadableForm when there were too many."""
        self.characters -= count
        if self.characters < 0:
            raise UnreadableForm(TOO_BIG)


def refuse_too_many_sheets(count: int) -> None:
    """Raises UnreadableForm when a file has more sheets than can be meant."""
    if count > MAX_SHEETS:
        raise UnreadableForm(
            f"文件中有 {count} 个工作表或表格，超过 {MAX_SHEETS} 个。请只保留官方表格后重新上传。"
        )
