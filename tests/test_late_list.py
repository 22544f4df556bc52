"""What is late, seen from above: by place, longest first, within one's scope."""

import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalogs.models import Round
from divisions.models import Division
from requests_app import oversight
from requests_app.models import CertificateRequest
from tests import late, window

TODAY = timezone.localdate
URL = "/requests/late/"


def client(user: User) -> Client:
    made = Client()
    made.force_login(user, backend="accounts.backends.RoleBackend")
    return made


@pytest.fixture
def waiting(people: dict[str, User]) -> dict[str, list[int]]:
    """Three late in one village, one in another, one that is due today and one closed."""
    mine = late.overdue(people["village_staff"], days=[1, 9, 4])
    theirs = late.overdue(people["other_village_staff"], days=[2])
    late.overdue(people["village_staff"], days=[0])
    closed = late.overdue(people["village_staff"], days=[30])
    CertificateRequest.objects.filter(pk__in=closed).update(status="withdrawn", closed_at=timezone.now())
    return {"mine": mine, "theirs": theirs}


def test_counts_are_of_the_places_right_below(waiting: dict[str, list[int]]) -> None:
    def counted(code: str) -> dict[str, int]:
        return oversight.late_by_place(Division.objects.get(code=code), TODAY())

    assert counted("45") == {"4501": 4}
    assert counted("4501") == {"450102": 4}
    assert counted("450102") == {"450102001": 4}
    assert counted("450102001") == {"450102001003": 3, "450102001007": 1}
    assert counted("450102001003") == {"450102001003": 3}
    assert counted("4502") == {}


def test_what_waits_longest_comes_first(people: dict[str, User], waiting: dict[str, list[int]]) -> None:
    one, nine, four = waiting["mine"]
    shown = client(people["county_officer"]).get(URL)
    assert [row.pk for row in shown.context["page"].rows] == [nine, four, *waiting["theirs"], one]
    page = shown.content.decode()
    assert "已逾期 9 天" in page
    assert "共 4 件" in page
    assert f'href="{reverse("request", args=[nine])}"' in page
    township = client(people["county_officer"]).get(URL, {"place": "450102001"}).content.decode()
    assert "450102001003" in township


def test_it_ends_where_ones_scope_ends(people: dict[str, User], waiting: dict[str, list[int]]) -> None:
    staff = client(people["village_staff"]).get(URL)
    assert sorted(row.pk for row in staff.context["page"].rows) == sorted(waiting["mine"])
    assert client(people["village_staff"]).get(URL, {"place": "450102001007"}).status_code == 404
    assert client(people["county_officer"]).get(URL, {"place": "4501"}).status_code == 404
    other = client(people["other_city_officer"]).get(URL)
    assert "没有逾期未办结的申请" in other.content.decode()
    assert client(people["joint_reviewer"]).get(URL).status_code == 403
    assert Client().get(URL).status_code == 302


def test_the_pages_go_on(people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> None:
    keys = late.overdue(people["village_staff"], days=range(1, 61))
    county = client(people["county_officer"])
    first = county.get(URL)
    assert [row.pk for row in first.context["page"].rows] == keys[:9:-1]
    second = county.get(URL + first.context["page"].older)
    assert [row.pk for row in second.context["page"].rows] == keys[9::-1]
    assert county.get(URL + second.context["page"].newer).context["page"].rows == first.context["page"].rows


def test_the_list_skips_nothing_and_the_figures_lead_to_it(
    people: dict[str, User], waiting: dict[str, list[int]]
) -> None:
    county = client(people["county_officer"])
    with CaptureQueriesContext(connection) as queries:
        county.get(URL)
    assert not [one["sql"] for one in queries if "OFFSET" in one["sql"]]
    page = county.get(reverse("figures")).content.decode()
    assert "现有" in page
    assert f'href="{URL}?place=450102">4 件逾期未办结</a>' in page


def test_an_empty_list_of_requests_speaks_to_who_reads_it(people: dict[str, User]) -> None:
    for name in ("county_officer", "city_officer", "reviewer"):
        page = client(people[name]).get(reverse("requests")).content.decode()
        assert "村（社区）登记证明申请后，会列在这里" in page, name
        assert "居民来开证明时" not in page, name
    assert "居民来开证明时" in client(people["village_staff"]).get(reverse("requests")).content.decode()


def test_rows_of_a_township(people: dict[str, User], waiting: dict[str, list[int]]) -> None:
    town = CertificateRequest.objects.within("450102001")
    assert town.count() == 6
    assert CertificateRequest.objects.within("450102999").count() == 0
    assert CertificateRequest.objects.all().by_village("45").count() == 6
    assert CertificateRequest.objects.all().by_village("46").count() == 0


def table(user: User, **asked: str) -> list[list[object]]:
    """The title and the rows of the download."""
    content = client(user).get(reverse("late_download"), asked).content
    return [
        list(row) for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)
    ]


def test_the_list_is_downloaded_without_residents_and_within_ones_scope(
    people: dict[str, User], open_round: Round
) -> None:
    window.listed(people, open_round)
    made, due = window.registered(people), TODAY() - dt.timedelta(days=12)
    CertificateRequest.objects.filter(pk=made.pk).update(due_on=due, demander="=某银行")
    late.overdue(people["other_village_staff"], days=[2])
    title, headings, first, second = table(people["county_officer"])
    assert title[0] == f"兴宁区截至{TODAY().year}年{TODAY().month}月{TODAY().day}日逾期未办结的申请"
    assert first[:4] == ["农民身份证明", "=某银行", 12, due.isoformat()]
    assert first[5:] == ["兴宁区", "民生街道", "兴宁社区居委会"]
    assert [len(headings), second[2]] == [len(first), 2]
    said = str([title, headings, first, second])
    for private in (window.NAME, window.NUMBER, window.PHONE, window.PERSON.address):
        assert private not in said
    assert [row[2] for row in table(people["village_staff"])[2:]] == [12]
    assert [row[2] for row in table(people["reviewer"], place="450102001007")[2:]] == [2]
    assert len(table(people["other_city_officer"])) == 2
    officer = client(people["county_officer"])
    assert officer.get(reverse("late_download"), {"place": "4501"}).status_code == 404
    assert f'href="{reverse("late_download")}?place=450102"' in officer.get(URL).content.decode()


def test_a_long_list_is_cut_and_says_so(
    people: dict[str, User], waiting: dict[str, list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    county = people["county_officer"]
    whole = table(county)
    assert (len(whole), "前" in str(whole[0][0])) == (6, False)
    assert "只列等得最久" not in client(county).get(URL).content.decode()
    monkeypatch.setattr("requests_app.views.late._MOST", 3)
    cut = table(county)
    assert "等得最久的前 3 件，其余未列" in str(cut[0][0])
    assert [row[2] for row in cut[2:]] == [9, 4, 2]
    assert "只列等得最久的前 3 件" in client(county).get(URL).content.decode()
    monkeypatch.setattr("requests_app.views.late._MOST", 4)
    assert "其余未列" not in str(table(county)[0][0]), "what fits is whole"
