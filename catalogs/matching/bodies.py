"""Which public body a text names (索要单位), whatever place or office stands around its name."""

import re
from collections.abc import Iterable, Sequence
from enum import Enum

from catalogs.matching.document_numbers import fold

# Short names (公安, 教育) are words too: inside a longer name they count only before 主管部门 and the like.
MIN_INSIDE = 3
_ORGAN = re.compile("(?:行政)?(?:主管)?(?:部门|机关)|系统")
_SEPARATORS = re.compile(r"[、，,；;/\\|\n]")
_AND = re.compile("[和及或与]")  # between bodies, and inside the names of some (人力资源和社会保障局)
_BRACKETS = re.compile(r"[()\[\]]")
# Bodies that every place has beside the departments.
_EVERYWHERE = re.compile(
    r"(?:人民政府|[省市县区乡镇旗]政府|人民代表大会|人大常委会|人大|政协|纪委|纪检监察机关|监察委员会|监委|党委"
    r"|组织部|统战部|宣传部|政法委|编办|管委会)(?:办公室|及其(?:工作|所属|有关)?部门|(?:工作|有关)部门)?$"
)
_ENTERPRISE = re.compile(r"(?:公司|集团|银行|企业|工厂|厂|商店|超市|商场|事务所|门店|店)$")


class Asker(Enum):
    """What a cell says of who asks for a certificate."""

    PUBLIC = "公共机构"
    ENTERPRISE = "企业"
    UNKNOWN = "未收录"


class PublicBodies:
    """An immutable index of the bodies that ask for certificates, by every name they go by.

    The first name of a body is the one it is called by.
    """

    def __init__(self, bodies: Iterable[tuple[Asker, Sequence[str]]]) -> None:
        self._bodies = {fold(name): (kind, names[0]) for kind, names in bodies for name in names if name}
        self._lengths: Sequence[int] = sorted({len(name) for name in self._bodies}, reverse=True)

    def asker(self, text: str) -> Asker:
        """What ``text`` names: one public body among several is enough.

        Otherwise an enterprise counts before what is not known at all.
        """
        kinds = {self._body(part)[0] for part in _parts(text)}
        for kind in (Asker.PUBLIC, Asker.ENTERPRISE):
            if kind in kinds:
                return kind
        return Asker.UNKNOWN

    def body(self, text: str) -> str:
        """The one body that ``text`` names, as it is called; "" where it names none or several."""
        names = self.bodies(text)
        return names[0] if len(names) == 1 else ""

    def bodies(self, text: str) -> tuple[str, ...]:
        """All bodies that ``text`` names, as they are called, each once.

        A text that is itself a body's name names that one alone (街道（乡镇）社区戒毒社区康复机构).
        """
        parts = list(_parts(text))
        if found := self._bodies.get(parts[0]):
            return (found[1],)
        return tuple(dict.fromkeys(name for _, name in map(self._body, parts) if name))

    def _body(self, part: str) -> tuple[Asker, str]:
        """What a part names, and what that is called where it is on record."""
        for length in self._lengths:
            if found := self._bodies.get(part[-length:] if length <= len(part) else ""):
                return found
        if _ENTERPRISE.search(part):
            return Asker.ENTERPRISE, ""
        if _EVERYWHERE.search(part):
            return Asker.PUBLIC, ""
        for length in self._lengths:
            for start in range(len(part) - length + 1):
                found = self._bodies.get(part[start : start + length])
                if found and (length >= MIN_INSIDE or _ORGAN.match(part, start + length)):
                    return found
        return Asker.UNKNOWN, ""


def _parts(text: str) -> Iterable[str]:
    folded = re.sub(r"[ \t]+", "", fold(text))
    yield _trimmed(folded)
    for piece in _BRACKETS.split(folded):
        for listed in _SEPARATORS.split(piece):
            for part in dict.fromkeys([listed, *_AND.split(listed)]):
                if trimmed := _trimmed(part):
                    yield trimmed


def _trimmed(part: str) -> str:
    return re.sub(r"(?:等(?:部门|单位|有关部门)?|。)+$", "", part.strip())
