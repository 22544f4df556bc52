"""What is late, seen from above: by place, longest first, within one's scope."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from divisions.models import Division
from requests_app import oversight
from requests_app.models import CertificateRequest
from tests import late

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


def test_rows_of_a_township(people: dict[str, User], waiting: dict[str, list[int]]) -> None:
    town = CertificateRequest.objects.within("450102001")
    assert town.count() == 6
    assert CertificateRequest.objects.within("450102999").count() == 0
    assert CertificateRequest.objects.all().by_village("45").count() == 6
    assert CertificateRequest.objects.all().by_village("46").count() == 0
