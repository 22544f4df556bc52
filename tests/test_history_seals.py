"""The history shows when somebody edits, inserts or deletes behind the portal's back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from audit.records import SYSTEM, create_recorded, delete_all_recorded, save_recorded, update_recorded
from audit.sealing import ABOUT, digest, field_names
from audit.verification import Verification, drop_anchor, recorded_models, seal_unsealed
from catalogs.models import CertificateType, Round, ServiceGuide, SubmissionItem
from divisions.models import Division
from tests import lists

TABLE = "catalogs_historicalcertificatetype"


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def wrong(model: Any = CertificateType) -> list[str]:
    """What is wrong with one object among many: messages, in order."""
    return [problem.message for problem in Verification(model).problems()]


@pytest.fixture
def kind(reference: None) -> CertificateType:
    """A certificate with four records."""
    kind = CertificateType(name="某种证明")
    save_recorded(kind, actor=SYSTEM, reason="新增")
    for note in ("一", "二", "三"):
        kind.note = note
        save_recorded(kind, actor=SYSTEM, reason=f"改为{note}", fields=["note"])
    assert wrong() == []
    return kind


def record(kind: CertificateType, number: int) -> int:
    """The number of the object's first, second, … record."""
    return int(kind.history.order_by("history_id").values_list("history_id", flat=True)[number - 1])


def edit(kind: CertificateType) -> None:
    sql(f"UPDATE {TABLE} SET note = '假' WHERE history_id = %s", record(kind, 2))


def edit_who(kind: CertificateType) -> None:
    sql(f"UPDATE {TABLE} SET history_change_reason = '另一理由' WHERE history_id = %s", record(kind, 2))


def edit_when(kind: CertificateType) -> None:
    sql(f"UPDATE {TABLE} SET history_date = '2020-01-01 00:00:00' WHERE history_id = %s", record(kind, 3))


def delete_middle(kind: CertificateType) -> None:
    sql(f"DELETE FROM {TABLE} WHERE history_id = %s", record(kind, 2))


def delete_first(kind: CertificateType) -> None:
    sql(f"DELETE FROM {TABLE} WHERE history_id = %s", record(kind, 1))


def delete_last(kind: CertificateType) -> None:
    sql(f"DELETE FROM {TABLE} WHERE history_id = %s", record(kind, 4))


def delete_all(kind: CertificateType) -> None:
    sql(f"DELETE FROM {TABLE} WHERE id = %s", kind.pk)


def insert(seal: str) -> Callable[[CertificateType], None]:
    def act(kind: CertificateType) -> None:
        columns = "id, name, note, history_date, history_change_reason, history_type, history_user_id"
        sql(
            f"INSERT INTO {TABLE} ({columns}, history_hash) SELECT {columns}, {seal} FROM {TABLE} "
            "WHERE history_id = %s",
            record(kind, 4),
        )

    return act


def change_the_row(kind: CertificateType) -> None:
    sql("UPDATE catalogs_certificatetype SET note = '直接改' WHERE id = %s", kind.pk)


def remove_the_row(kind: CertificateType) -> None:
    sql("DELETE FROM catalogs_certificatetype WHERE id = %s", kind.pk)


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (edit, "内容被改动"),
        (edit_who, "内容被改动"),
        (edit_when, "内容被改动"),
        (delete_middle, "之前的记录被删除"),
        (delete_first, "之前的记录被删除"),
        (delete_last, "最后的记录被删除"),
        (delete_all, "没有任何变更记录"),
        (insert("history_hash"), "插入"),
        (insert("''"), "没有封印"),
        (insert("'abc'"), "插入"),
        (change_the_row, "内容被直接改动"),
        (remove_the_row, "却没有删除记录"),
    ],
)
def test_what_is_done_in_sql_is_found(
    act: Callable[[CertificateType], None], says: str, kind: CertificateType
) -> None:
    act(kind)
    found = wrong()
    assert len(found) == 1
    assert says in found[0]


def test_an_object_taken_out_with_its_history_is_missed_by_the_anchor(kind: CertificateType) -> None:
    assert drop_anchor(CertificateType, everything=True) is not None
    assert drop_anchor(CertificateType, everything=True) is None
    assert wrong() == []
    delete_all(kind)
    remove_the_row(kind)
    found = wrong()
    assert len(found) == 1
    assert "锚点不符" in found[0]


def test_all_that_the_portal_does_verifies(people: dict[str, User], open_round: Round) -> None:
    lists.published(people["city_officer"], people["reviewer"], open_round)
    lists.surveyed(people["city_officer"], open_round)
    lists.drafted(people["other_city_officer"], open_round)
    lists.drafted(people["other_city_officer"], open_round, lists.LAND)  # rows replaced
    checked = 0
    for model in recorded_models():
        verification = Verification(model)
        assert [str(problem) for problem in verification.problems()] == []
        checked += verification.checked
    assert checked > 4000
    assert Verification(SubmissionItem) is not None


def test_single_and_bulk_writing_make_one_chain(reference: None) -> None:
    kinds = create_recorded(
        CertificateType, [CertificateType(name=f"证明{n}") for n in range(3)], actor=SYSTEM, reason="新增"
    )
    kinds[0].note = "单个"
    save_recorded(kinds[0], actor=SYSTEM, reason="修改")
    for kind in kinds:
        kind.note = "一并"
    update_recorded(CertificateType, kinds, ["note"], actor=SYSTEM, reason="修改")
    delete_all_recorded(
        CertificateType.objects.filter(pk__in=[kind.pk for kind in kinds[:2]]), actor=SYSTEM, reason="删除"
    )
    assert wrong() == []
    assert CertificateType.history.filter(id=kinds[0].pk).count() == 4


def test_a_key_makes_seals_that_cannot_be_made_without_it(kind: CertificateType, settings: Any) -> None:
    settings.HISTORY_KEY = "一段只有服务器知道的文字"
    other = CertificateType(name="另一种证明")
    save_recorded(other, actor=SYSTEM, reason="新增")
    assert [problem.key for problem in Verification(CertificateType).problems()].count(other.pk) == 0
    settings.HISTORY_KEY = ""
    assert [problem.key for problem in Verification(CertificateType).problems()] == [other.pk]


def test_older_records_are_sealed_once(kind: CertificateType) -> None:
    sql(f"UPDATE {TABLE} SET history_hash = '' WHERE id = %s", kind.pk)
    assert set(wrong()) == {"没有封印"}
    assert seal_unsealed(CertificateType) == 4
    assert wrong() == []
    # A record that lost its seal among sealed ones is not quietly sealed again.
    sql(f"UPDATE {TABLE} SET history_hash = '' WHERE history_id = %s", record(kind, 2))
    assert seal_unsealed(CertificateType) == 0
    assert "没有封印" in wrong()


def test_the_command_says_what_and_fails(kind: CertificateType, capsys: Any) -> None:
    call_command("verify_history", model="catalogs.CertificateType")
    assert "没有发现问题" in capsys.readouterr().out
    edit(kind)
    with pytest.raises(CommandError, match="发现 1 处问题"):
        call_command("verify_history")
    assert "证明名称" in capsys.readouterr().out
    with pytest.raises(CommandError, match="没有“x”这张表"):
        call_command("verify_history", model="x")
    call_command("anchor_history", all=True)
    assert "截至" in capsys.readouterr().out


def test_a_field_that_was_added_is_in_no_seal_before_it(people: dict[str, User]) -> None:
    """An upgrade breaks no seal; what a field that came later says of older records is still checked."""
    guide = ServiceGuide(
        certificate_type=CertificateType.objects.get(name="农民身份证明"),
        division=Division.objects.get(code="45"),
        department=people["department_officer"].department,
        written_by=people["department_officer"],
    )
    save_recorded(guide, actor=SYSTEM, reason="起草")
    table = ServiceGuide.history.model._meta.db_table
    row = ServiceGuide.history.get()
    names = [name for name in field_names(type(row)) if name != "revision"]
    about = [getattr(row, name) for name in ABOUT]
    before = digest("catalogs.ServiceGuide", "", about, [getattr(row, name) for name in names])
    assert wrong(ServiceGuide) == []
    sql(f"UPDATE {table} SET history_hash = %s", before)
    assert wrong(ServiceGuide) == []
    guide.used_for = "登记"
    save_recorded(guide, actor=SYSTEM, reason="修改", fields=["used_for"])
    assert wrong(ServiceGuide) == [], "the next record goes on from the old seal"
    sql(f"UPDATE {table} SET revision = 7 WHERE history_id = %s", row.history_id)
    assert any("与封印不符" in message for message in wrong(ServiceGuide))
