"""The register of laws: its fixture, its page in the admin, its import."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
import tablib
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from audit.records import save_recorded
from catalogs.admin.resources import LawResource
from catalogs.matching.document_numbers import document_key
from catalogs.matching.laws import title_key
from catalogs.models import Law
from catalogs.reference import load_reference
from catalogs.reference_files import known_from_fixtures
from tests.test_refusals import signed_in

TODAY = dt.date(2026, 1, 1)
FIXTURE: list[dict[str, Any]] = json.loads(
    (Path(settings.FIXTURE_ROOT) / "laws.json").read_text(encoding="utf-8")
)


# --- The fixture --------------------------------------------------------------------------------
def test_there_are_enough_laws_and_none_twice() -> None:
    assert len({law["title"] for law in FIXTURE}) >= 80
    keys = [(title_key(law["title"]), document_key(law["document_no"])) for law in FIXTURE]
    assert len(set(keys)) == len(keys)


def test_every_document_number_is_one() -> None:
    assert [
        law["document_no"] for law in FIXTURE if law["document_no"] and not document_key(law["document_no"])
    ] == []


def test_dates_are_in_order() -> None:
    for law in FIXTURE:
        began, ended = law["in_force_from"], law["repealed_on"]
        for date in filter(None, (began, ended)):
            assert "1949-10-01" <= dt.date.fromisoformat(date).isoformat() <= "2026-01-01", law["title"]
        assert not (began and ended) or began < ended, law["title"]


def test_what_replaced_a_law_is_in_the_register_and_was_in_force_then() -> None:
    laws = known_from_fixtures().laws
    for law in FIXTURE:
        if law["replaced_by"]:
            repealed_on = dt.date.fromisoformat(law["repealed_on"])
            successor = laws.named(law["replaced_by"], repealed_on)
            assert successor is not None, law["title"]
            assert successor.was_in_force(repealed_on), law["title"]


def test_short_titles_are_of_one_law_each() -> None:
    short = [title_key(name) for law in FIXTURE for name in law["short_titles"]]
    assert len(set(short)) == len(short)
    assert not set(short) & {title_key(law["title"]) for law in FIXTURE}


@pytest.mark.parametrize(
    ("title", "until", "successor"),
    [
        ("农民专业合作社登记管理条例", dt.date(2022, 3, 1), "市场主体登记管理条例"),
        ("婚姻法", dt.date(2021, 1, 1), "民法典"),
        ("民法总则", dt.date(2021, 1, 1), "民法典"),
    ],
)
def test_laws_known_to_be_repealed(title: str, until: dt.date, successor: str) -> None:
    laws = known_from_fixtures().laws
    law = laws.named(title, TODAY)
    assert law is not None
    assert not law.was_repealed(until - dt.timedelta(days=1))
    assert law.was_repealed(until)
    assert laws.named(law.replaced_by, TODAY) == laws.named(successor, TODAY)


# --- The table ----------------------------------------------------------------------------------
def test_the_fixture_is_loaded_and_what_a_person_edited_stays(people: dict[str, User]) -> None:
    assert Law.objects.count() == len(FIXTURE)
    law = Law.objects.get(document_no="国务院令第498号")
    assert law.history.get().history_change_reason == "装载参考数据"
    law.short_titles = "合作社登记条例"
    save_recorded(law, actor=people["reviewer"], reason="常见简称")
    tally = load_reference(settings.FIXTURE_ROOT)
    law.refresh_from_db()
    assert law.short_titles == "合作社登记条例"
    assert (tally.added, tally.changed, tally.left) == ({}, {}, {"法律法规": 1})


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"in_force_from": "2020-01-01", "repealed_on": "2019-01-01"}, "law_repealed_after_it_began"),
        ({"replaced_by": "乙法"}, "law_replaced_when_repealed"),
        (
            {"title": "农民专业合作社登记管理条例", "document_no": "国务院令第498号"},
            "law_title_and_number_unique",
        ),
    ],
)
def test_what_the_table_refuses(reference: None, changes: dict[str, str], constraint: str) -> None:
    law = Law(**{"title": "甲法", **changes})
    with pytest.raises(ValidationError):
        law.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        law.save()
    assert constraint in {one.name for one in Law._meta.constraints}


def test_short_titles_one_by_one() -> None:
    assert Law(short_titles="甲法； 乙法;").names == ["甲法", "乙法"]
    assert Law().names == []


# --- The admin ----------------------------------------------------------------------------------
def test_an_edit_in_the_admin_asks_why(people: dict[str, User]) -> None:
    law = Law.objects.get(title="殡葬管理条例")
    client = signed_in(people["reviewer"])
    url = reverse("admin:catalogs_law_change", args=[law.pk])
    form = {"title": law.title, "short_titles": "", "document_no": law.document_no, "replaced_by": ""}
    form |= {"in_force_from": "1997-07-21", "repealed_on": ""}
    assert "请填写。" in client.post(url, form).content.decode()
    wrong = client.post(url, {**form, "repealed_on": "1990-01-01", "change_reason": "试"})
    assert "废止日期应晚于施行日期" in wrong.content.decode()
    form |= {"repealed_on": "2026-06-01", "change_reason": "按公报"}
    assert client.post(url, form).status_code == 302
    law.refresh_from_db()
    assert law.repealed_on == dt.date(2026, 6, 1)
    record = law.history.first()
    assert (record.history_user, record.history_change_reason) == (people["reviewer"], "按公报")


def test_import_adds_and_changes_with_history(people: dict[str, User]) -> None:
    table = _table(
        ["某某市物业管理条例", "", "", "2020-01-01", "", ""],
        ["法律援助条例", "法援条例", "国务院令第385号", "2003-09-01", "", ""],
    )
    result = LawResource().import_data(
        table, user=people["reviewer"], file_name="法规.csv", raise_errors=True
    )
    assert (result.totals["new"], result.totals["update"]) == (1, 1)
    added = Law.objects.get(title="某某市物业管理条例")
    assert (added.document_no, added.in_force_from, added.repealed_on) == ("", dt.date(2020, 1, 1), None)
    assert added.history.get().history_change_reason == "导入文件“法规.csv”"
    changed = Law.objects.get(title="法律援助条例")
    assert changed.names == ["法援条例"]
    again = LawResource().import_data(table, user=people["reviewer"], file_name="法规.csv", raise_errors=True)
    assert again.totals["skip"] == 2


def test_import_refuses_a_row_with_its_reason(people: dict[str, User]) -> None:
    table = _table(["甲条例", "", "", "2020-01-01", "2019-01-01", ""])
    result = LawResource().import_data(table, user=people["reviewer"], file_name="法规.csv")
    assert "废止日期应晚于施行日期" in str(result.invalid_rows[0].error)
    assert not Law.objects.filter(title="甲条例").exists()


def test_an_export_can_be_imported(people: dict[str, User]) -> None:
    exported = LawResource().export()
    assert exported.headers == ["名称", "简称", "文号", "施行日期", "废止日期", "由何代替"]
    result = LawResource().import_data(
        exported, user=people["reviewer"], file_name="法规.csv", raise_errors=True
    )
    assert result.totals["skip"] == Law.objects.count()


def _table(*rows: list[str]) -> Any:
    return tablib.Dataset(*rows, headers=["名称", "简称", "文号", "施行日期", "废止日期", "由何代替"])
