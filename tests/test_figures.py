"""Monthly figures: true at every moment, folded without loss, checked against the requests."""

import datetime as dt
import io
import re
import threading
from collections import Counter
from urllib.parse import quote

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalogs.models import Round
from divisions.models import Division
from requests_app import figures, handling, oversight, recounting, refusing
from requests_app.models import CertificateRequest, Figure, Happening, Outcome
from tests import late, window

LEVELS = ("45", "4501", "450102", "450102001", "450102001003")


@pytest.fixture
def busy(people: dict[str, User], open_round: Round) -> dict[str, User]:
    """Two issued, one late, one withdrawn, three turned away."""
    window.listed(people, open_round)
    staff = people["village_staff"]
    window.issued(people)
    late = window.checked(people)
    past = timezone.localdate() - dt.timedelta(days=9)
    CertificateRequest.objects.filter(pk=late.pk).update(due_on=past)
    handling.withdraw(actor=staff, request_id=late.pk, note="不办了")
    window.issued(people)
    for text, demander in (
        ("单身证明", "某银行"),
        ("单身证明", "某银行"),
        ("“企业纳税信用等级证明”", "某公司"),
    ):
        refusing.turn_away(actor=staff, village=staff.division, text=text, demander=demander)
    return people


def month() -> dt.date:
    return timezone.localdate().replace(day=1)


def shown(scope: str) -> dict[str, int]:
    found = figures.totals([scope], Figure.Grain.TOTAL, month(), month(), ["outcome"])
    return {key[0]: count for key, (count, _) in found.items()}


EXPECTED = {"asked": 6, "issued": 2, "withdrawn": 1, "late": 1, "must_not": 2, "not_listed": 1}


@pytest.mark.parametrize("scope", LEVELS)
def test_the_figures_are_true_before_and_after_folding(busy: dict[str, User], scope: str) -> None:
    assert shown(scope) == EXPECTED
    assert figures.fold_figures() == sum(EXPECTED.values())
    assert not Happening.objects.exists()
    assert shown(scope) == EXPECTED
    window.issued(busy)
    assert shown(scope) == {**EXPECTED, "asked": 7, "issued": 3}
    figures.fold_figures()
    assert shown(scope) == {**EXPECTED, "asked": 7, "issued": 3}
    assert shown("4502") == {}


def test_every_grain_adds_up(busy: dict[str, User]) -> None:
    figures.fold_figures()
    for grain in Figure.Grain.values:
        rows = Figure.objects.filter(scope="450102", grain=grain)
        assert sum(row.count for row in rows) == sum(EXPECTED.values())
    by = ["demander", "outcome"]
    found = figures.totals(["4501"], Figure.Grain.DEMANDER, month(), month(), by)
    assert found["某银行", Outcome.MUST_NOT] == (2, 0)


def test_places_are_told_apart(busy: dict[str, User]) -> None:
    other = busy["other_village_staff"]
    refusing.turn_away(actor=other, village=other.division, text="单身证明")
    villages = ["450102001003", "450102001007"]
    for fold in (False, True):
        if fold:
            figures.fold_figures()
        found = figures.totals(villages, Figure.Grain.TOTAL, month(), month(), ["scope", "outcome"])
        assert found["450102001003", Outcome.MUST_NOT] == (2, 0)
        assert found["450102001007", Outcome.MUST_NOT] == (1, 0)
        assert shown("450102001")["must_not"] == 3


def test_the_figures_are_what_the_requests_say(
    busy: dict[str, User], capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("check_figures")
    call_command("fold_figures")
    call_command("check_figures")
    assert capsys.readouterr().out.count("统计与办件一致") == 2
    Figure.objects.filter(outcome=Outcome.ISSUED).update(count=5)
    with pytest.raises(CommandError, match="1 处出入"):
        call_command("check_figures")
    assert "应少 3 件" in capsys.readouterr().out
    call_command("check_figures", repair=True)
    call_command("check_figures")
    assert "统计与办件一致" in capsys.readouterr().out
    assert shown("45") == EXPECTED


def test_a_wrong_figure_of_any_level_and_grain_is_found(
    busy: dict[str, User], capsys: pytest.CaptureFixture[str]
) -> None:
    figures.fold_figures()
    for scope in LEVELS:
        for grain in Figure.Grain.values:
            wrong = Figure.objects.filter(scope=scope, grain=grain, outcome=Outcome.MUST_NOT)
            assert wrong.update(count=7, days=4) == 1
            with pytest.raises(CommandError):
                call_command("check_figures")
            assert "应少 5 件，用时应少 4 日" in capsys.readouterr().out
            call_command("check_figures", repair=True)
            figures.fold_figures()
            call_command("check_figures")
            assert shown(scope) == EXPECTED


def test_a_lost_figure_is_found(busy: dict[str, User]) -> None:
    figures.fold_figures()
    Figure.objects.all().delete()
    with pytest.raises(CommandError):
        call_command("check_figures")
    call_command("check_figures", repair=True)
    call_command("check_figures")
    for scope in LEVELS:
        assert shown(scope) == EXPECTED


def test_working_days_are_counted_anew(busy: dict[str, User]) -> None:
    staff = busy["village_staff"]
    made = window.registered(busy)
    begun = timezone.now() - dt.timedelta(days=20)
    CertificateRequest.objects.filter(pk=made.pk).update(created_at=begun)
    Happening.objects.filter(outcome=Outcome.ASKED).order_by("-pk")[:1].get().delete()
    handling.withdraw(actor=staff, request_id=made.pk, note="不办了")
    asked = {key: amount for key, amount in recounting.differences().items() if key[2] == Outcome.ASKED}
    assert list(asked.values()) == [(1, 0)]
    assert recounting.differences() == asked
    assert Happening.objects.get(outcome=Outcome.WITHDRAWN, days__gt=5)


@pytest.mark.django_db(transaction=True)
def test_two_folders_and_a_reader_at_once(people: dict[str, User], open_round: Round) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite in memory lets one connection work at a time")
    window.listed(people, open_round)
    days = [dt.date(2026, 1 + n % 6, 1) for n in range(6)]
    Happening.objects.bulk_create(
        Happening(
            village_code=f"4501020010{n % 40:02d}",
            month=days[n % 6],
            outcome="asked",
            demander=f"单位{n % 7}",
        )
        for n in range(9000)
    )
    wrong: list[object] = []
    done = threading.Event()

    def fold() -> None:
        try:
            figures.fold_figures()
        except Exception as problem:
            wrong.append(problem)
        finally:
            connection.close()

    def read() -> None:
        while not done.is_set():
            found = figures.totals(["45"], Figure.Grain.TOTAL, days[0], days[5], ["outcome"])
            if found["asked",] != (9000, 0):
                wrong.append(found)
        connection.close()

    reader, folders = threading.Thread(target=read), [threading.Thread(target=fold) for _ in range(3)]
    reader.start()
    for one in folders:
        one.start()
    for one in folders:
        one.join()
    done.set()
    reader.join()
    assert wrong == []
    counts = Counter(dict(Figure.objects.filter(grain="total", scope="45").values_list("month", "count")))
    assert sum(counts.values()) == 9000


def client(user: User) -> Client:
    made = Client()
    made.force_login(user, backend="accounts.backends.RoleBackend")
    return made


def test_the_page_counts_and_names_nobody(busy: dict[str, User]) -> None:
    page = client(busy["county_officer"]).get(reverse("figures")).content.decode()
    parts = "申请 6 件；出具 2 件，不予出具 3 件，告知承诺 0 件，撤回 1 件，现在办 0 件。"
    assert parts in page
    assert "共办结 6 件，其中逾期办结 1 件" in page
    assert "某银行" in page
    assert "民生街道" in page
    assert window.NAME not in page
    assert "韦" not in page


def test_what_was_asked_is_what_became_of_it_whatever_the_months(busy: dict[str, User]) -> None:
    window.registered(busy)
    this = month()
    last = (this - dt.timedelta(days=1)).replace(day=1)
    before_that = (last - dt.timedelta(days=1)).replace(day=1)
    for fold in (False, True):
        # Three asked two months ago: one closed last month, one this month, one still open.
        if not fold:
            for outcome, when in (("asked", before_that),) * 3 + (("issued", last), ("promised", this)):
                Happening.objects.create(village_code="450102001003", month=when, outcome=outcome)
        else:
            figures.fold_figures()
        for first, until, expected in (
            (before_that, this, (0, 10, 2)),
            (last, last, (3, 0, 2)),
            (this, this, (2, 7, 2)),
            (before_that, before_that, (0, 3, 3)),
        ):
            found = oversight.report(Division.objects.get(code="4501"), first, until)
            assert (found.open_before, found.total.asked, found.open_after) == expected
            whole = found.total
            closed = whole.issued + whole.refused + whole.counts["promised"] + whole.counts["withdrawn"]
            assert found.open_before + whole.asked == closed + found.open_after
    asked = {"first": f"{last:%Y-%m}", "last": f"{last:%Y-%m}"}
    page = client(busy["county_officer"]).get(reverse("figures"), asked).content.decode()
    assert "期初在办 3 件，申请 0 件；出具 1 件" in page
    assert "期末在办 2 件" in page


def test_the_table_says_what_makes_up_a_refusal_and_what_all_is(busy: dict[str, User]) -> None:
    page = client(busy["county_officer"]).get(reverse("figures")).content.decode()
    assert '<th scope="colgroup" colspan="6" class="group">不予出具</th>' in page
    whole = page[page.index('<tr class="row-total">') :]
    cells = re.findall(r'data-label="([^"]+)">([^<]*)<', whole[: whole.index("</tr>")])
    assert dict(cells) == {
        "申请": "6",
        "出具": "2",
        "不予出具": "3",
        "其中不应出具": "2",
        "其中由相关部门出具": "0",
        "其中清单之外": "1",
        "其中例外情形未列入": "0",
        "其中核实不属实或者不符合条件": "0",
        "告知承诺": "0",
        "撤回": "1",
        "逾期办结": "1",
        "平均工作日": "0.0",
    }


def test_the_picture_bears_its_months_and_numbers(busy: dict[str, User]) -> None:
    page = client(busy["county_officer"]).get(reverse("figures")).content.decode()
    drawn = re.findall(r"<text[^>]*>([^<]+)</text>", page[page.index("<svg") : page.index("</svg>")])
    assert drawn[-3:] == [f"{month().year}年{month().month}月", "2", "3"]
    assert len(drawn) == 14, "twelve months, and no number where nothing was"


def test_it_goes_down_the_places_and_no_further_than_ones_own(busy: dict[str, User]) -> None:
    county = client(busy["county_officer"])
    url = reverse("figures")
    below = county.get(url, {"place": "450102001"}).content.decode()
    assert "兴宁社区居委会" in below
    for code in ("450103", "4501", "45", "9"):
        assert county.get(url, {"place": code}).status_code == 404
    assert county.get(url, {"place": "450102999"}).status_code == 404
    assert client(busy["reviewer"]).get(url, {"place": "450102"}).status_code == 200


def test_months_are_chosen_and_exported(busy: dict[str, User]) -> None:
    reviewer = client(busy["reviewer"])
    url = reverse("figures")
    assert "没有办件" in reviewer.get(url, {"first": "2020-01", "last": "2020-06"}).content.decode()
    data = reviewer.get(url, {"as": "json"}).json()
    assert len(data["months"]) == 12
    assert data["months"][-1]["asked"] == 6
    assert (data["open_before"], data["open_after"]) == (0, 0)
    assert data["months"][0]["issued"] == 0, "a count of none is a count"
    assert {name: value for name, value in data["demanders"][0].items() if value != 0} == {
        "label": "银行",
        "code": "婚姻状况证明",
        "must_not": 2,
        "written": {"某银行": 2},
    }
    assert len(reviewer.get(url, {"as": "json", "first": "2000-01"}).json()["months"]) == 36
    swapped = reviewer.get(url, {"as": "json", "first": "2026-03", "last": "2026-01"}).json()
    assert [line["label"] for line in swapped["months"]] == ["2026年1月", "2026年2月", "2026年3月"]


def sheets(user: User) -> dict[str, list[list[object]]]:
    """The rows of each sheet of the workbook, below its title."""
    content = client(user).get(reverse("figures"), {"as": "xlsx"}).content
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {one.title: [list(row) for row in one.iter_rows(min_row=2, values_only=True)] for one in book}


def test_the_workbook_has_a_sheet_for_each_kind_that_adds_up(busy: dict[str, User]) -> None:
    found = sheets(busy["county_officer"])
    assert list(found) == ["合计", "按月", "按证明", "按索要单位", "按地区"]
    whole = dict(found["合计"])
    assert (whole["期初在办"], whole["申请"], whole["期末在办"]) == (0, 6, 0)
    for name in ("按月", "按证明", "按地区"):
        headings, *rows, last = found[name]
        for at, heading in enumerate(headings):
            if heading in whole and heading != "平均用时（工作日）":
                assert sum(row[at] for row in rows) == last[at] == whole[heading], (name, heading)
    assert found["按索要单位"][0][:5] == ["索要单位", "证明", "件数", "其中不应出具", "其中由相关部门出具"]
    assert ["银行", "婚姻状况证明", 2, 2, 0, 0, "某银行2件"] in found["按索要单位"]
    assert found["按索要单位"][-1][:6] == ["合计", None, 3, 2, 0, 1]
    assert [row[:2] for row in found["按地区"][:2]] == [["地区", "区划代码"], ["民生街道", "450102001"]]
    reply = client(busy["county_officer"]).get(
        reverse("figures"), {"as": "xlsx", "first": "2025-12", "last": "2026-11"}
    )
    title = "兴宁区2025年12月至2026年11月办理统计"
    assert quote(title) in reply["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(reply.content))
    assert book["按月"].cell(1, 1).value == f"{title}（按月）"


def test_a_village_has_no_places_below(busy: dict[str, User]) -> None:
    assert "按地区" not in sheets(busy["village_staff"])


def test_one_body_counts_once_however_it_is_written(busy: dict[str, User]) -> None:
    staff = busy["village_staff"]
    for demander in ("南宁市公安局", "派出所", "公安", "派出所", "户籍窗口", ""):
        refusing.turn_away(actor=staff, village=staff.division, text="单身证明", demander=demander)
    reviewer, url = client(busy["reviewer"]), reverse("figures")
    lines = {line["label"]: line for line in reviewer.get(url, {"as": "json"}).json()["demanders"]}
    assert lines["公安部门"]["must_not"] == 4
    assert lines["公安部门"]["written"] == {"南宁市公安局": 1, "派出所": 2, "公安": 1}
    assert lines["户籍窗口"]["written"] == {"户籍窗口": 1}
    assert "written" not in lines["（未写明单位）"]
    page = reviewer.get(url).content.decode()
    assert "原写法：派出所 2，公安 1，南宁市公安局 1" in page
    assert page.count("原写法") == 2, "of 户籍窗口 it would say nothing new"
    rows = sheets(busy["reviewer"])["按索要单位"]
    assert "派出所2件；公安1件；南宁市公安局1件" in [row[-1] for row in rows]


def test_the_export_runs_no_formula(busy: dict[str, User]) -> None:
    staff = busy["village_staff"]
    refusing.turn_away(actor=staff, village=staff.division, text="单身证明", demander="=1+1")
    content = client(busy["reviewer"]).get(reverse("figures"), {"as": "xlsx"}).content
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    risky = [cell for cell in cells if str(cell.value).startswith("=")]
    assert [(cell.value, cell.data_type) for cell in risky] == [("=1+1", "s")]


@pytest.mark.parametrize(
    "query",
    ["last=9999-12", "first=0001-01", "last=0001-01", "first=x&last=2026-13", "first=2026-01%00"],
)
def test_months_that_are_none_are_the_last_twelve(people: dict[str, User], query: str) -> None:
    data = client(people["reviewer"]).get(f"{reverse('figures')}?as=json&{query}").json()
    assert len(data["months"]) == 12
    assert data["last"] == f"{timezone.localdate():%Y-%m}"


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("first=2026年3月", "“2026年3月”无法识别"),
        ("first=<b>&last=2026-03", "“&lt;b&gt;”无法识别"),
        ("first=2020-01&last=2026-03", "一次最多统计 36 个月，从2023年4月起统计"),
    ],
)
def test_it_says_which_months_it_did_not_take(people: dict[str, User], query: str, says: str) -> None:
    assert says in client(people["reviewer"]).get(f"{reverse('figures')}?{query}").content.decode()


def test_months_that_were_taken_are_not_remarked_upon(people: dict[str, User]) -> None:
    page = client(people["reviewer"]).get(f"{reverse('figures')}?first=2026-01&last=").content.decode()
    assert "无法识别" not in page
    assert "最多统计" not in page


@pytest.mark.parametrize("name", ["figures", "late_requests", "late_download"])
@pytest.mark.parametrize("place", ["45%00", "４５", "x", "4501020010030"])
def test_places_that_are_none_are_not_found(people: dict[str, User], name: str, place: str) -> None:
    assert client(people["reviewer"]).get(f"{reverse(name)}?place={place}").status_code == 404


@pytest.mark.parametrize("name", ["figures", "requests", "late_requests", "commitments", "complaints"])
def test_pages_ask_as_much_for_many_as_for_few(busy: dict[str, User], name: str) -> None:
    staff = busy["village_staff"]
    who = client(busy["city_officer"])
    late.overdue(staff, days=[1])

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert who.get(reverse(name)).status_code == 200
        return len(queries)

    asked()
    few = asked()
    for _ in range(15):
        refusing.turn_away(actor=staff, village=staff.division, text="单身证明", demander="某银行")
    late.overdue(staff, days=range(2, 17))
    assert asked() == few
