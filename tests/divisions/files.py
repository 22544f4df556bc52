"""A small division file, of a province that the reference data does not have."""

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from audit.records import SYSTEM
from divisions.loading import LoadReport, load_divisions

HEADER = "code,name,level,parent_code,kind"
PROVINCE = "46,海南省,province,,"
CITY = "4602,三亚市,city,46,"
COUNTY = "460203,吉阳区,county,4602,"
TOWNSHIP = "460203001,月川街道,township,460203,"
VILLAGE = "460203001201,那𡌶村委会,village,460203001,villagers_committee"
NEIGHBOURS = "460203001001,榆亚社区居委会,village,460203001,residents_committee"
TREE = (PROVINCE, CITY, COUNTY, TOWNSHIP, VILLAGE, NEIGHBOURS)
CODES = [row.split(",")[0] for row in TREE]


def text(*rows: str, header: str = HEADER) -> str:
    return "\n".join([header, *rows, ""])


def tree_with(old: str, new: str) -> str:
    """The tree's file with one of its rows written differently."""
    return text(*(new if row == old else row for row in TREE))


def load(content: str | bytes | Iterable[str], **options: Any) -> LoadReport:
    """Load a file's text or bytes, or its rows below the usual header."""
    if not isinstance(content, str | bytes):
        content = text(*content)
    raw = content.encode() if isinstance(content, str) else content
    return load_divisions(BytesIO(raw), **{"source_name": "三亚.csv", "actor": SYSTEM, **options})
