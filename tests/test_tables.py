"""Import and export of reference data: every refusal is a sentence in Chinese, with its place."""

import datetime as dt
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from accounts.models import DepartmentAlias, User
from audit.records import SYSTEM, save_recorded
from audit.table_files import UnreadableTable, read_table
from catalogs.models import CertificateAlias, Law
from tests.test_refusals import signed_in

HEADINGS = ["名称", "简称", "文号", "施行日期", "废止日期", "由何代替"]
IMPORT = "admin:catalogs_law_import"


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def comma_separated(*rows: list[str], encoding: str = "gb18030") -> bytes:
    return "\r\n".join(",".join(row) for row in rows).encode(encoding)


@pytest.fixture
def admin_client(people: dict[str, User]) -> Client:
    return signed_in(people["province_admin"])


def upload(client: Client, data: bytes, name: str = "法规.xlsx", url: str = IMPORT) -> str:
    file = SimpleUploadedFile(name, data)
    response = client.post(reverse(url), {"resource": "0", "format": "0", "import_file": file})
    page = response.content.decode()
    assert response.status_code == 200
    for foreign in ("Traceback", "site-packages", "Error", "The following", "could not"):
        assert foreign not in page
    return page


def upload_and_confirm(client: Client, data: bytes, name: str = "法规.csv", url: str = IMPORT) -> None:
    file = SimpleUploadedFile(name, data)
    response = client.post(reverse(url), {"resource": "0", "format": "0", "import_file": file})
    assert "确认导入" in response.content.decode()
    confirmed = client.post(
        reverse(url.replace("_import", "_process_import")), response.context["confirm_form"].initial
    )
    assert confirmed.status_code == 302


# --- Reading ------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_text_in_any_chinese_encoding_is_read(encoding: str, separator: str) -> None:
    text = separator.join(["名称", "文号"]) + "\r\n" + separator.join(['"甲\n法"', ""]) + "\r\n\r\n"
    assert read_table(text.encode(encoding)) == [["名称", "文号"], ["甲\n法", ""]]


def test_cells_of_a_workbook_are_read_as_people_see_them() -> None:
    data = workbook(["名称", "文号", "日期", None], ["'-甲", 12.0, dt.datetime(2020, 1, 2), " "], [None])
    assert read_table(data) == [["名称", "文号", "日期"], ["-甲", "12", "2020-01-02"]]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PK\x03\x04 no workbook at all", "不是完好的 Excel 工作簿"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "旧版 Excel"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\xff\xfe", "既不是 Excel 工作簿"),
        ("名称,文号\n甲法,\n".encode("gb18030") + b"\xff\xff,\n", "第 3 行有无法辨认的文字"),
        ('名称,文号\n"甲法,\n'.encode(), "第 2 行的引号没有成对"),
        ("名称,文号\n甲法,一,二\n".encode(), "第 2 行比表头多出“二”（第 3 列）"),
        (b"", "文件中没有内容"),
        (workbook([], ["甲法"]), "第 1 行应为表头"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableTable) as refused:
        read_table(data)
    assert says in str(refused.value)
    assert str(refused.value).isprintable()


# --- Import -------------------------------------------------------------------------------------
def test_what_chinese_excel_writes_is_imported(admin_client: Client) -> None:
    upload_and_confirm(admin_client, comma_separated(HEADINGS, ["甲法", "", "", "2020年1月2日", "", ""]))
    law = Law.objects.get(title="甲法")
    assert law.in_force_from == dt.date(2020, 1, 2)
    assert law.history.get().history_change_reason == "导入文件“法规.csv”"


def test_a_workbook_is_imported_and_its_empty_lines_are_not(admin_client: Client) -> None:
    before = Law.objects.count()
    upload_and_confirm(
        admin_client, workbook(["名称", "文号"], ["甲法", None], [None, None], ["乙法", "桂政发〔2020〕1号"])
    )
    assert Law.objects.count() == before + 2


@pytest.mark.parametrize(
    ("headings", "says"),
    [
        (["标题", "文号"], ["第 1 列“标题”不是这张表的列", "缺少“名称”一列"]),
        (["名称", "", "文号"], ["第 2 列没有列名"]),
        (["名称", "名称", "文号"], ["“名称”一列重复"]),
        (["名称"], ["缺少“文号”一列"]),
    ],
)
def test_wrong_headings_are_said_with_their_place(
    admin_client: Client, headings: list[str], says: list[str]
) -> None:
    page = upload(admin_client, workbook(headings, ["甲"] * len(headings)))
    for text in [*says, "第 1 行（表头）", "请改为：名称、简称、文号", "下载空白表"]:
        assert text in page


@pytest.mark.parametrize("data", [b"PK broken", b"\xff\xd8\xff\x00", "名称,文号\n甲".encode() + b"\xff"])
def test_what_is_no_table_is_refused_beside_the_field(admin_client: Client, data: bytes) -> None:
    assert "请用 Excel 或 WPS 打开，另存为" in upload(admin_client, data)
    assert not Law.objects.filter(title__startswith="甲").exists()


def test_rows_are_refused_with_line_column_and_remedy(admin_client: Client) -> None:
    page = upload(
        admin_client,
        workbook(
            HEADINGS,
            ["甲法", "", "", "2020-13-01", "", ""],
            ["", "", "", "", "", ""],
            ["乙" * 300, "", "", "", "", ""],
            ["丙法", "", "", "2020-01-01", "2019-01-01", ""],
        ),
    )
    assert "第 2 行“施行日期”：“2020-13-01”不是日期。请写成 2020-01-31 的样子" in page
    assert "第 4 行“名称”：" in page
    assert "第 5 行：废止日期应晚于施行日期。" in page
    assert "有 3 处需要改正，没有导入" in page
    assert "确认导入" not in page
    assert not Law.objects.filter(title="甲法").exists()


def test_a_table_without_rows_is_refused(admin_client: Client) -> None:
    assert "只有表头，没有内容" in upload(admin_client, workbook(HEADINGS))


def test_names_that_are_not_known_are_refused_in_chinese(admin_client: Client) -> None:
    url = "admin:catalogs_certificatealias_import"
    page = upload(
        admin_client, comma_separated(["证明名称", "别名", "类别"], ["没有的证明", "某某", "俗称"]), url=url
    )
    assert "第 2 行“证明名称”：没有名为“没有的证明”的证明名称。" in page
    assert "第 2 行“类别”：类别应为：别名、相关名称、口语说法。" in page
    assert not CertificateAlias.objects.filter(name="某某").exists()
    url = "admin:accounts_departmentalias_import"
    page = upload(admin_client, comma_separated(["部门", "别名"], ["没有的部门", "某某局"]), url=url)
    assert "第 2 行“部门”：没有名为“没有的部门”的部门。" in page
    assert not DepartmentAlias.objects.filter(name="某某局").exists()


def test_a_file_that_is_gone_before_it_is_confirmed(admin_client: Client) -> None:
    kept = {
        "import_file_name": "no-such-file",
        "original_file_name": "法规.xlsx",
        "format": "0",
        "resource": "0",
    }
    response = admin_client.post(reverse("admin:catalogs_law_process_import"), kept, follow=True)
    assert "上传的文件已经失效" in response.content.decode()


def test_the_empty_table_can_be_filled_in(admin_client: Client) -> None:
    page = admin_client.get(reverse(IMPORT)).content.decode()
    address = reverse("admin:catalogs_law_import_template")
    assert address in page
    template = load_workbook(BytesIO(admin_client.get(address).content))
    assert [cell.value for cell in template.active[1]] == HEADINGS
    template.active.append(["甲法"])
    filled = BytesIO()
    template.save(filled)
    upload_and_confirm(admin_client, filled.getvalue())
    assert Law.objects.filter(title="甲法").exists()


# --- Export -------------------------------------------------------------------------------------
def test_the_export_page_is_chinese_and_runs_no_script_of_its_own(admin_client: Client) -> None:
    page = admin_client.get(reverse("admin:catalogs_law_export")).content.decode()
    for text in ("各列为：名称、简称、文号", "Excel 工作簿", "CSV 文本"):
        assert text in page
    for text in ("Select", "Title", "onchange"):
        assert text not in page


@pytest.mark.parametrize("format", ["0", "1"])
def test_an_export_can_be_imported_as_it_is(admin_client: Client, format: str) -> None:
    save_recorded(Law(title="=甲法"), actor=SYSTEM, reason="试")
    form = {"resource": "0", "format": format}
    data = admin_client.post(reverse("admin:catalogs_law_export"), form).content
    rows = read_table(data)
    assert rows[0] == HEADINGS
    assert len(rows) == Law.objects.count() + 1
    assert ["=甲法", "", "", "", "", ""] in rows
    assert "None" not in {cell for row in rows for cell in row}
    assert f"与现有内容相同 {Law.objects.count()} 行" in upload(admin_client, data)
