"""The file's encoding is found by trying; a damaged file is never guessed at."""

import pytest

from divisions.division_file import DivisionFileError
from divisions.models import Division
from tests.divisions.files import CITY, CODES, TREE, VILLAGE, load, text

UNREADABLE = "文字无法识别，请将文件另存为 UTF-8 或 GB18030 编码的 CSV。"

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_it_reads_the_usual_encodings(encoding: str, line_end: str) -> None:
    load(text(*TREE).replace("\n", line_end).encode(encoding))
    names = dict(Division.objects.filter(pk__in=CODES).values_list("pk", "name"))
    assert names == {row.split(",")[0]: row.split(",")[1] for row in TREE}


def test_it_reads_gb18030_with_a_mark() -> None:
    assert load(("\ufeff" + text(*TREE)).encode("gb18030")).added == sorted(CODES, key=lambda c: (len(c), c))


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_character_outside_the_basic_plane_survives(encoding: str) -> None:
    load(text(*TREE).encode(encoding))
    name = Division.objects.get(pk="460203001201").name
    assert name == "那𡌶村委会"
    assert ord(name[1]) > 0xFFFF


def test_a_private_use_character_survives() -> None:
    load([*TREE[:-1], TREE[-1].replace("榆亚", "\ue08b亚")])
    assert Division.objects.get(pk="460203001001").name == "\ue08b亚社区居委会"


def test_it_refuses_undecodable_bytes_and_names_every_line() -> None:
    raw = text(*TREE).encode()
    raw = raw.replace("三亚市".encode(), b"\xe4\xb8\xff").replace("榆亚".encode(), b"\xff")
    with pytest.raises(DivisionFileError) as caught:
        load(raw)
    assert [(error.line, error.message) for error in caught.value.errors] == [
        (3, UNREADABLE),
        (7, UNREADABLE),
    ]


def test_it_refuses_undecodable_bytes_in_gb18030() -> None:
    raw = text(*TREE).encode("gb18030").replace("吉阳".encode("gb18030"), b"\xbc\xff")
    with pytest.raises(DivisionFileError) as caught:
        load(raw)
    assert [error.line for error in caught.value.errors] == [4]


def test_damaged_utf8_is_not_loaded_as_nonsense_in_gb18030() -> None:
    """Bytes that are legal in GB18030 do not make a UTF-8 file one."""
    broken = CITY.encode().replace("三亚市".encode(), b"\xc8\xfd\xd1\xc7")
    broken.decode("gb18030")
    with pytest.raises(DivisionFileError) as caught:
        load(text(*TREE).encode().replace(CITY.encode(), broken))
    assert [error.line for error in caught.value.errors] == [3]


def test_errors_of_other_rows_are_named_beside_the_undecodable_ones() -> None:
    raw = text(*TREE).encode().replace("三亚市".encode(), b"\xff").replace(VILLAGE.encode(), b"1,2")
    with pytest.raises(DivisionFileError) as caught:
        load(raw)
    assert [error.line for error in caught.value.errors] == [3, 6]


def test_it_refuses_a_workbook() -> None:
    with pytest.raises(DivisionFileError, match="第1行：缺少列"):
        load(b"PK\x03\x04\x14\x00\x06\x00\n\xff\xfe")
