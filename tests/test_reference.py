"""Reference data: word for word as in the notice, idempotent, never over a person's edits."""

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.models import Department, DepartmentAlias, User
from audit.records import save_recorded
from catalogs.models import BannedItem, BannedList, CertificateAlias
from catalogs.reference import load_reference
from tests.test_refusals import signed_in

BRACKETS = str.maketrans("()", "（）")


def squeezed(text: str) -> str:
    """Without white space, and with one width of brackets: the print has both."""
    return re.sub(r"\s+", "", text).translate(BRACKETS)


def test_the_banned_list_is_annex_1_word_for_word(reference: None, shared: Path) -> None:
    notice = (shared / "reference" / "gui-min-gui-2020-3.txt").read_text(encoding="utf-8")
    annex = notice[notice.index("## 不应由基层群众性自治组织出具证明事项清单") : notice.index("附件 3")]
    rows = re.findall(r"^(\d+)\t([^\t]+)\t(.+?)(?=^\d+\t|\n\n|\Z)", annex, re.M | re.S)
    printed = {int(number): (squeezed(name), squeezed(route)) for number, name, route in rows}
    ours = {
        item.number: (squeezed(item.printed_name), squeezed(item.route)) for item in BannedItem.objects.all()
    }
    assert len(printed) == 20
    assert ours == printed


def test_bracketed_names_are_aliases_and_exceptions_are_rows(reference: None) -> None:
    aliases = CertificateAlias.objects.filter(certificate_type__banned_item__number=17)
    assert {"收入证明", "房产证明", "车辆所有权证明"} <= set(aliases.values_list("name", flat=True))
    with_exceptions = BannedItem.objects.filter(exceptions__isnull=False)
    assert set(with_exceptions.values_list("number", flat=True)) == {1, 8, 14, 16, 17}
    bodies = {item.number for item in BannedItem.objects.all() if item.is_issued_by_other_body}
    assert {6, 11, 12, 13} <= bodies
    assert BannedList.objects.get().in_force_from == dt.date(2020, 9, 10)


def test_names_of_one_department_meet(reference: None) -> None:
    def department(name: str) -> Department:
        return (
            Department.objects.filter(name=name).first() or DepartmentAlias.objects.get(name=name).department
        )

    assert department("市场监管局") == department("市场监督管理部门")
    assert Department.objects.filter(joint_review=True).count() == 7


def test_loading_again_writes_nothing(reference: None) -> None:
    before = BannedItem.history.count()
    tally = load_reference(settings.FIXTURE_ROOT)
    assert (tally.added, tally.changed) == ({}, {})
    assert BannedItem.history.count() == before


def test_what_a_person_edited_is_left_alone(people: dict[str, User]) -> None:
    item = BannedItem.objects.get(number=1)
    item.route_steps = ["我们改过的步骤"]
    save_recorded(item, actor=people["province_admin"], reason="更贴近办事大厅")
    alias = DepartmentAlias.objects.first()
    assert alias is not None
    tally = load_reference(settings.FIXTURE_ROOT)
    item.refresh_from_db()
    assert item.route_steps == ["我们改过的步骤"]
    assert tally.left == {"不应出具事项": 1}


def test_a_broken_fixture_changes_nothing(reference: None, tmp_path: Path) -> None:
    for source in Path(settings.FIXTURE_ROOT).iterdir():
        (tmp_path / source.name).write_bytes(source.read_bytes())
    departments = json.loads((tmp_path / "departments.json").read_text(encoding="utf-8"))
    departments[0]["name"] = "改了名的部门"
    (tmp_path / "departments.json").write_text(json.dumps(departments), encoding="utf-8")
    (tmp_path / "rounds.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match="Expecting"):
        load_reference(tmp_path)
    assert not Department.objects.filter(name="改了名的部门").exists()


def test_demo_accounts_are_refused_outside_a_demo(reference: None, settings: object) -> None:
    settings.DEMO = False  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("load_demo")
    assert not User.objects.filter(is_demo=True).exists()


def test_an_edit_in_the_admin_asks_why_and_shows_in_chinese(people: dict[str, User]) -> None:
    item = BannedItem.objects.get(number=10)
    client = signed_in(people["province_admin"])
    url = reverse("admin:catalogs_banneditem_change", args=[item.pk])
    form = {
        "route_steps": '["由办事部门核对"]',
        "way_out": "数据核验",
        "issuing_body": "",
        "issuing_condition": "",
        "department": "",
        "exceptions-TOTAL_FORMS": "0",
        "exceptions-INITIAL_FORMS": "0",
    }
    assert "请填写。" in client.post(url, form).content.decode()
    response = client.post(url, {**form, "change_reason": "按新办法调整"})
    assert response.status_code == 302
    history = client.get(reverse("admin:catalogs_banneditem_history", args=[item.pk]))
    page = history.content.decode()
    assert "按新办法调整" in page
    assert "办理步骤" in page
    assert "管理员" in page
