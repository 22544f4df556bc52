"""False promises: reported in batches, objected to, repaired; personal data on the way."""

import datetime as dt
import io
import json

import openpyxl
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.verification import Verification
from catalogs.errors import BadInput, FourEyes, NotAllowed, WrongState
from catalogs.models import Notice, Round
from requests_app import credit, promising
from requests_app.models import (
    Access,
    Commitment,
    CreditBatch,
    PromiseObjection,
    PromiseStatus,
)
from requests_app.residents import Person
from tests import window
from tests.promises import asked, corrected, found_false, promised, signed_in


@pytest.fixture
def listed(people: dict[str, User], open_round: Round) -> dict[str, User]:
    window.listed(people, open_round)
    promising.load_exclusions(settings.FIXTURE_ROOT / "promise_exclusions.json")
    return people


def test_an_earlier_false_promise_excludes_until_repaired(listed: dict[str, User]) -> None:
    made = found_false(listed)
    with pytest.raises(WrongState, match="不实承诺记录"):
        promised(listed)
    other = Person("韦某", "45010219000101002" + "0")
    with pytest.raises(BadInput, match="不正确"):
        promised(listed, person=other)
    raised = credit.object_to(
        actor=listed["village_staff"], commitment_id=made.pk, kind="repair", text="已经改正"
    )
    credit.answer_objection(
        actor=listed["county_officer"], objection_id=raised.pk, is_upheld=True, text="已整改到位"
    )
    assert promised(listed).status == PromiseStatus.IN_FORCE


def test_false_ones_are_reported_once_with_a_receipt(listed: dict[str, User]) -> None:
    county = listed["county_officer"]
    with pytest.raises(WrongState, match="没有待报送"):
        window.reported_later(county)
    made = found_false(listed)
    batch = window.reported_later(county)
    assert batch.number == f"450102-{timezone.localdate():%Y%m%d}-01"
    with pytest.raises(WrongState):
        window.reported_later(county)
    data = json.loads(credit.batch_file(actor=county, batch=batch, kind="json"))
    assert data["记录"][0]["公民身份号码"] == window.NUMBER
    book = openpyxl.load_workbook(io.BytesIO(credit.batch_file(actor=county, batch=batch, kind="xlsx")))
    assert window.NAME in [cell.value for row in book.active.iter_rows() for cell in row]
    assert Access.objects.filter(request=made.request, kind="exported").count() == 2
    today = timezone.localdate()
    with pytest.raises(NotAllowed):
        credit.acknowledge(actor=listed["other_city_officer"], batch=batch, number="HZ1", on=today)
    credit.acknowledge(actor=county, batch=batch, number="HZ1", on=today)
    assert credit.acknowledge(actor=county, batch=batch, number="HZ2", on=today).acknowledgement == "HZ2"
    assert [one.history_change_reason for one in batch.history.order_by("pk")][1:] == ["登记回执", "更正回执"]


def test_an_objection_waits_and_corrects(listed: dict[str, User]) -> None:
    county, city = listed["county_officer"], listed["city_officer"]
    made = found_false(listed)
    raised = credit.object_to(
        actor=listed["village_staff"], commitment_id=made.pk, kind="objection", text="档案有误"
    )
    with pytest.raises(WrongState, match="没有待报送"):
        window.reported_later(county)
    with pytest.raises(FourEyes):
        credit.answer_objection(actor=county, objection_id=raised.pk, is_upheld=False, text="维持")
    credit.answer_objection(actor=city, objection_id=raised.pk, is_upheld=True, text="档案更正")
    made.refresh_from_db()
    assert made.status == PromiseStatus.TRUE
    assert promised(listed).status == PromiseStatus.IN_FORCE
    assert [str(one) for one in Verification(Commitment).problems()] == []


def test_what_was_reported_and_corrected_stays_listed_with_the_batch(listed: dict[str, User]) -> None:
    county, staff, city = listed["county_officer"], listed["village_staff"], listed["city_officer"]
    first, second = (promised(listed) for _ in range(2))
    for one in (first, second):
        promising.check_promise(actor=county, commitment_id=one.pk, is_true=False, finding="不符")
    batch = window.reported_later(county)
    corrected(listed, first, "objection", city)
    corrected(listed, second, "repair", county)
    data = json.loads(credit.batch_file(actor=county, batch=batch, kind="json"))
    assert [row["承诺书编号"] for row in data["记录"]] == [second.serial]
    assert data["记录"][0]["信用修复日期"] == timezone.localdate().isoformat()
    assert [row["承诺书编号"] for row in data["更正"]] == [first.serial]
    listed_now = [row["承诺书编号"] for row in data["记录"] + data["更正"]]
    assert data["编号摘要"] == batch.sha256 == credit.digest_of(listed_now)
    # Who was cleared is named by the serial alone, and nobody took their data out.
    assert not Access.objects.filter(request=first.request).exists()
    page = signed_in(county).get(reverse("credit_batches")).content.decode()
    assert f'更正为属实 1 份：</p><ul><li><a href="{reverse("commitment", args=[first.serial])}"' in page
    book = openpyxl.load_workbook(io.BytesIO(credit.batch_file(actor=county, batch=batch, kind="xlsx")))
    table = [[cell.value or "" for cell in row] for row in book.active.iter_rows()]
    heading = next(row for row in table if "姓名" in row)
    assert heading == [*credit.COLUMNS, "更正说明"]
    false, cleared = (next(row for row in table if row[0] == one.serial) for one in (second, first))
    assert (false[heading.index("姓名")], false[-1]) == (window.NAME, "")
    assert cleared == [first.serial, *[""] * (len(heading) - 2), "已更正为属实，请撤下"]
    with pytest.raises(NotAllowed):
        credit.batch_file(actor=staff, batch=batch, kind="json")
    with pytest.raises(NotAllowed):
        credit.batch_file(actor=listed["other_city_officer"], batch=batch, kind="json")


def test_the_number_follows_the_last_one_of_the_day(listed: dict[str, User]) -> None:
    county = listed["county_officer"]
    found_false(listed)
    for number, place in ((9, "450102"), (30, "4501")):
        CreditBatch.objects.create(
            number=f"{place}-{timezone.localdate():%Y%m%d}-{number:02d}",
            made_by=county,
            made_at=timezone.now(),
            sha256="0" * 64,
        )
    batch = window.reported_later(county)
    assert batch.number == f"450102-{timezone.localdate():%Y%m%d}-10"


def test_a_file_records_whose_data_it_shows_in_one_statement(listed: dict[str, User]) -> None:
    county = listed["county_officer"]
    made = [promised(listed) for _ in range(3)]
    for one in made:
        promising.check_promise(actor=county, commitment_id=one.pk, is_true=False, finding="不符")
    batch = window.reported_later(county)
    with CaptureQueriesContext(connection) as queries:
        credit.batch_file(actor=county, batch=batch, kind="json")
    written = [one["sql"] for one in queries if f'INSERT INTO "{Access._meta.db_table}"' in one["sql"]]
    assert len(written) == 1
    shown = Access.objects.filter(kind="exported", by=county, reason=f"失信报送{batch.number}")
    assert set(shown.values_list("request", flat=True)) == {one.request_id for one in made}
    assert all(one.at is not None for one in shown)


def test_the_page_counts_and_shows_the_first(
    listed: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    county = listed["county_officer"]
    client, url = signed_in(county), reverse("credit_batches")
    made = [promised(listed) for _ in range(5)]
    for one in made[:3]:
        promising.check_promise(actor=county, commitment_id=one.pk, is_true=False, finding="不符")
    window.reported_later(county)
    corrected(listed, made[0], "objection", listed["city_officer"])
    few = len(queries_of(client, url))
    for one in made[3:]:
        promising.check_promise(actor=county, commitment_id=one.pk, is_true=False, finding="不符")
    window.time_to_object_passes()
    monkeypatch.setattr("requests_app.views.promises._SHOWN", 1)
    page = client.get(url).content.decode()
    assert "<p>2 份 · " in page
    assert "已更正为属实 1 份" in page
    assert "待报送 2 份" in page
    assert made[3].serial in page
    assert made[4].serial not in page
    everything = f"{reverse('commitments')}?show=unreported"
    assert f'<a href="{everything}">查看全部 2 份</a>' in page
    rows = client.get(everything).context["page"].rows
    assert [one.pk for one in rows] == [made[4].pk, made[3].pk]
    window.reported_later(county)
    assert len(queries_of(client, url)) <= few  # another batch, no other query


def queries_of(client: Client, url: str) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        client.get(url)
    return [one["sql"] for one in queries]


def test_what_was_repaired_before_is_not_reported(listed: dict[str, User]) -> None:
    county = listed["county_officer"]
    corrected(listed, found_false(listed), "repair", county)
    with pytest.raises(WrongState, match="没有待报送"):
        window.reported_later(county)
    found_false(listed)
    batch = window.reported_later(county)
    assert [one.repaired_on for one in batch.commitments.all()] == [None]


def test_a_receipt_is_not_of_tomorrow_nor_older_than_the_batch(listed: dict[str, User]) -> None:
    county, today = listed["county_officer"], timezone.localdate()
    found_false(listed)
    batch = window.reported_later(county)
    for days in (-1, 1):
        with pytest.raises(BadInput, match="回执日期"):
            credit.acknowledge(actor=county, batch=batch, number="HZ1", on=today + dt.timedelta(days=days))
    assert credit.acknowledge(actor=county, batch=batch, number="HZ1", on=today).acknowledged_on == today


def test_who_was_cleared_has_nothing_to_repair(listed: dict[str, User]) -> None:
    made, city = found_false(listed), listed["city_officer"]
    repair = credit.object_to(
        actor=listed["village_staff"], commitment_id=made.pk, kind="repair", text="已经改正"
    )
    corrected(listed, made, "objection", city)
    repair.refresh_from_db()
    assert (repair.answer, repair.answered_by) == (PromiseObjection.Answer.MOOT, city)
    with pytest.raises(WrongState, match="已经处理"):
        credit.answer_objection(actor=city, objection_id=repair.pk, is_upheld=True, text="同意")
    assert Commitment.objects.get().repaired_on is None


def test_there_is_time_to_object_before_it_is_reported(listed: dict[str, User]) -> None:
    county, staff = listed["county_officer"], listed["village_staff"]
    made = found_false(listed)
    assert Notice.objects.filter(recipient=staff, text__contains="请告知本人").exists()
    with pytest.raises(WrongState, match="异议期未满"):
        credit.make_batch(actor=county, scope=county.division)  # type: ignore[arg-type]
    page = signed_in(county).get(reverse("credit_batches")).content.decode()
    assert "现有 1 份因此暂不报送" in page
    assert window.reported_later(county).commitments.get() == made


def test_an_objection_reaches_those_who_may_answer_it(listed: dict[str, User]) -> None:
    made = found_false(listed)
    credit.object_to(actor=listed["village_staff"], commitment_id=made.pk, kind="objection", text="档案有误")
    told = Notice.objects.filter(text__contains="有异议申请").values_list("recipient__username", flat=True)
    assert set(told) == {"city_officer"}, "not whoever made the finding"
    for who, sees in (("city_officer", True), ("county_officer", False)):
        client = signed_in(listed[who])
        assert ("异议、修复申请待答复" in client.get(reverse("home")).content.decode()) is sees
        rows = client.get(reverse("commitments"), {"show": "to_answer"}).content.decode()
        assert (made.serial in rows) is sees


def test_the_platform_is_told_what_was_corrected(listed: dict[str, User]) -> None:
    county, city = listed["county_officer"], listed["city_officer"]
    made = found_false(listed)
    batch = window.reported_later(county)
    client = signed_in(county)
    assert "更正，待通知" not in client.get(reverse("home")).content.decode()
    corrected(listed, made, "objection", city)
    assert "1 个失信报送批次有更正，待通知信用平台" in client.get(reverse("home")).content.decode()
    client.post(reverse("credit_batch_told", args=[batch.number]))
    assert "待通知信用平台" not in client.get(reverse("home")).content.decode()
    assert "都已通知信用平台" in client.get(reverse("credit_batches")).content.decode()
    assert "已将更正" in made.history.latest().history_change_reason
    with pytest.raises(WrongState, match="没有待通知"):
        credit.told_the_platform(actor=county, batch=batch)
    with pytest.raises(NotAllowed):
        credit.told_the_platform(actor=listed["other_city_officer"], batch=batch)


def test_a_receipt_that_is_wrong_stays_to_be_mended(listed: dict[str, User]) -> None:
    county = listed["county_officer"]
    found_false(listed)
    batch = window.reported_later(county)
    url = reverse("credit_batch_acknowledge", args=[batch.number])
    page = signed_in(county).post(url, {"number": "HZ-2026-7", "on": "2020-01-01"})
    assert page.status_code == 409
    assert 'value="HZ-2026-7"' in page.content.decode()


def test_the_checker_is_not_offered_the_answer_to_the_objection(listed: dict[str, User]) -> None:
    made = found_false(listed)
    credit.object_to(actor=listed["village_staff"], commitment_id=made.pk, kind="objection", text="档案有误")
    url = reverse("commitment", args=[made.serial])
    assert "您是核查人" in (checker := signed_in(listed["county_officer"]).get(url).content.decode())
    assert ">答复<" not in checker
    assert ">答复<" in signed_in(listed["city_officer"]).get(url).content.decode()


def test_nothing_plain_is_stored(listed: dict[str, User]) -> None:
    """Texts that say more than they should, through every page; the number is nowhere in the database."""
    said = f"我叫{window.NAME}，身份证{window.NUMBER}，电话{window.PHONE}"
    request = asked(listed)
    staff, county = signed_in(listed["village_staff"]), signed_in(listed["county_officer"])
    answers = {"name": window.NAME, "id_number": window.NUMBER, "demander_accepts": "on"}
    answers |= {"has_clean_record": "on", "chosen_freely": "on", "conditions": said}
    refused = staff.post(reverse("promise", args=[request.pk]), answers)
    assert "有姓名、号码等个人信息" in refused.content.decode()
    staff.post(reverse("promise", args=[request.pk]), {**answers, "conditions": "系本社区居民"})
    serial = [Commitment.objects.get().serial]
    staff.post(reverse("commitment_print", args=serial), follow=True)
    check = {"is_true": "no", "finding": said}
    county.post(reverse("commitment_check", args=serial), check)
    window.time_to_object_passes()
    county.post(reverse("credit_batches"))
    county.post(reverse("credit_batch_file", args=[Commitment.objects.get().batch.number]))  # type: ignore[union-attr]
    staff.post(reverse("commitment_object", args=serial), {"kind": "objection", "text": said})
    raised = PromiseObjection.objects.get()
    answer = {"is_upheld": "yes", "text": said}
    signed_in(listed["city_officer"]).post(reverse("objection_answer", args=[*serial, raised.pk]), answer)
    assert Commitment.objects.get().status == PromiseStatus.TRUE
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            stored = repr(cursor.fetchall())
            for text in (window.NAME, window.NUMBER, window.PHONE):
                assert text not in stored, table
    kinds = set(Access.objects.values_list("kind", "by__username"))
    assert kinds == {("unmasked", "village_staff"), ("exported", "county_officer")}


def test_the_page_says_what_was_repaired_after_it_was_reported(listed: dict[str, User]) -> None:
    county = listed["county_officer"]
    made = found_false(listed)
    window.reported_later(county)
    assert "已经信用修复。" not in signed_in(county).get(reverse("credit_batches")).content.decode()
    corrected(listed, made, "repair", county)
    page = signed_in(county).get(reverse("credit_batches")).content.decode()
    assert "其中 1 份已经信用修复。" in page
