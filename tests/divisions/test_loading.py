"""A load brings the tree in line with the file, with a record of each change and no other."""

import datetime as dt
from io import BytesIO

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from audit.records import SYSTEM, save_recorded
from divisions import loading
from divisions.division_file import DivisionFileError
from divisions.loading import load_divisions
from divisions.models import Division, Kind
from tests.divisions.files import (
    CITY,
    CODES,
    HEADER,
    NEIGHBOURS,
    PROVINCE,
    TOWNSHIP,
    TREE,
    VILLAGE,
    load,
    text,
    tree_with,
)

pytestmark = pytest.mark.django_db

RENAMED = tree_with(TOWNSHIP, TOWNSHIP.replace("月川街道", "月川新街道"))
CLOSING = f"{HEADER},closed_on"


def history() -> int:
    return Division.history.count()


def test_it_creates_the_tree_with_its_history() -> None:
    report = load(TREE)
    assert sorted(report.added) == sorted(CODES)
    assert (report.renamed, report.changed, report.unchanged, report.missing) == ([], [], 0, [])
    village = Division.objects.get(pk="460203001201")
    assert (village.level, village.kind, village.parent_id) == (
        "village",
        Kind.VILLAGERS_COMMITTEE,
        "460203001",
    )
    for code in CODES:
        record = Division.history.get(code=code)
        assert (record.history_type, record.history_user, record.history_change_reason) == (
            "+",
            None,
            "装载行政区划 三亚.csv",
        )


def test_the_actor_signs() -> None:
    admin = User.objects.create_superuser("zhuangzai", "ceshi-mima-2026")
    load(TREE, actor=admin)
    assert set(Division.history.filter(code__in=CODES).values_list("history_user", flat=True)) == {admin.pk}


@pytest.mark.parametrize("actor", [None, AnonymousUser()])
def test_it_refuses_to_write_for_nobody(actor: object) -> None:
    with pytest.raises(ValueError, match="actor"):
        load(TREE, actor=actor)
    assert not Division.objects.filter(pk__in=CODES).exists()


def test_a_second_load_changes_nothing() -> None:
    load(TREE)
    before = history()
    report = load(TREE)
    assert (report.added, report.renamed, report.changed, report.missing) == ([], [], [], [])
    assert report.unchanged == len(TREE)
    assert history() == before


def test_children_may_come_before_their_parents() -> None:
    assert sorted(load(reversed(TREE)).added) == sorted(CODES)
    assert Division.objects.get(pk="460203001201").parent_id == "460203001"


def test_parents_are_written_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "CHUNK", 1)
    assert load(reversed(TREE)).added == sorted(CODES, key=lambda code: (len(code), code))


def test_columns_come_in_any_order() -> None:
    report = load(text("海南省,,46,province,", header="name,kind,code,level,parent_code"))
    assert report.added == ["46"]


def test_columns_it_does_not_know_are_named_and_ignored() -> None:
    report = load(text(f"{PROVINCE},hainan,", header=f"{HEADER},拼音,"))
    assert (report.added, report.ignored_columns) == (["46"], ["拼音"])


def test_names_are_trimmed_and_composed() -> None:
    load([PROVINCE.replace("海南省", "\u3000 Lu\u0308海南省 ")])
    assert Division.objects.get(pk="46").name == "Lü海南省"


def test_a_rename_is_recorded() -> None:
    load(TREE)
    before = history()
    report = load(RENAMED)
    assert report.renamed == [("460203001", "月川街道", "月川新街道")]
    assert (report.added, report.changed, report.unchanged) == ([], [], len(TREE) - 1)
    assert history() == before + 1
    record = Division.history.filter(code="460203001").latest()
    assert (record.history_type, record.name, record.level, record.parent_id) == (
        "~",
        "月川新街道",
        "township",
        "460203",
    )
    assert record.history_change_reason == "装载行政区划 三亚.csv"
    assert Division.objects.get(pk="460203001").name == "月川新街道"


def test_another_change_is_recorded_apart_from_renames() -> None:
    load(TREE)
    report = load(tree_with(NEIGHBOURS, NEIGHBOURS.replace("residents_committee", "other")))
    assert (report.renamed, report.changed) == ([], ["460203001001"])
    assert Division.history.filter(code="460203001001").latest().kind == Kind.OTHER


def test_one_error_stops_everything() -> None:
    load(TREE)
    before = history()
    with pytest.raises(DivisionFileError):
        load(RENAMED + "46020300x,坏行,township,460203,\n")
    assert history() == before
    assert Division.objects.get(pk="460203001").name == "月川街道"


def test_a_failure_half_way_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(done: int, total: int) -> None:
        if done == 3:
            raise RuntimeError("power cut")

    monkeypatch.setattr(loading, "CHUNK", 1)
    before = history()
    with pytest.raises(RuntimeError):
        load(TREE, progress=fail)
    assert not Division.objects.filter(pk__in=CODES).exists()
    assert history() == before


def test_a_dry_run_reports_and_writes_nothing() -> None:
    load(TREE)
    before = history()
    report = load(RENAMED + "460203002,河东街道,township,460203,\n", dry_run=True)
    assert (report.added, len(report.renamed)) == (["460203002"], 1)
    assert history() == before
    assert Division.objects.get(pk="460203001").name == "月川街道"
    assert not Division.objects.filter(pk="460203002").exists()


def test_missing_divisions_are_listed_and_stay() -> None:
    load(TREE)
    report = load([PROVINCE, CITY, *TREE[2:-1]])
    assert report.missing == ["460203001001"]
    assert Division.objects.filter(pk="460203001001").exists()


def test_only_what_lies_below_the_file_can_be_missing() -> None:
    load([*TREE, "4601,海口市,city,46,"])
    assert load([TOWNSHIP, VILLAGE]).missing == ["460203001001"]
    assert load([VILLAGE]).missing == []
    assert load([PROVINCE]).missing == sorted(["4601", *CODES[1:]])


def test_missing_divisions_need_not_be_reported() -> None:
    load(TREE)
    assert load([PROVINCE], report_missing=False).missing == []


def test_a_part_of_the_tree_hangs_on_what_is_stored() -> None:
    load(TREE[:4])
    assert load([VILLAGE, NEIGHBOURS]).added == ["460203001001", "460203001201"]


class TestClosing:
    def test_the_column_closes_a_division_from_a_day(self) -> None:
        load(TREE)
        rows = [f"{row}," for row in TREE[:-1]]
        report = load(text(*rows, f"{NEIGHBOURS},2026-03-05", header=CLOSING))
        assert (report.changed, report.unchanged) == (["460203001001"], len(TREE) - 1)
        assert Division.objects.get(pk="460203001001").closed_on == dt.date(2026, 3, 5)
        assert Division.history.filter(code="460203001001").latest().closed_on == dt.date(2026, 3, 5)

    def test_a_new_division_can_be_closed_already(self) -> None:
        load(text(f"{PROVINCE},2026-03-05", header=CLOSING))
        assert Division.objects.get(pk="46").closed_on == dt.date(2026, 3, 5)

    def test_without_the_column_it_stays_closed(self) -> None:
        load(text(f"{PROVINCE},2026-03-05", header=CLOSING))
        assert load([PROVINCE]).unchanged == 1
        load([PROVINCE.replace("海南省", "琼")])
        stored = Division.objects.get(pk="46")
        assert (stored.name, stored.closed_on) == ("琼", dt.date(2026, 3, 5))
        assert Division.history.filter(code="46").latest().closed_on == dt.date(2026, 3, 5)

    def test_an_empty_cell_opens_it_again(self) -> None:
        load(text(f"{PROVINCE},2026-03-05", header=CLOSING))
        assert load(text(f"{PROVINCE},", header=CLOSING)).changed == ["46"]
        assert Division.objects.get(pk="46").closed_on is None


class TestKeepEdited:
    @pytest.fixture
    def admin(self) -> User:
        load(TREE)
        return User.objects.create_superuser("zhuangzai", "ceshi-mima-2026")

    def rename(self, code: str, name: str, actor: object) -> None:
        division = Division.objects.get(pk=code)
        division.name = name
        save_recorded(division, actor=actor, reason="更正名称", fields=["name"])

    def test_it_leaves_what_a_person_changed_last(self, admin: User) -> None:
        self.rename("460203001", "迎宾街道", admin)
        before = history()
        report = load(TREE, keep_edited=True)
        assert (report.left_as_edited, report.renamed) == (["460203001"], [])
        assert report.unchanged == len(TREE) - 1
        assert Division.objects.get(pk="460203001").name == "迎宾街道"
        assert history() == before

    def test_it_brings_back_what_the_portal_changed_last(self, admin: User) -> None:
        self.rename("460203001", "迎宾街道", admin)
        self.rename("460203001", "迎宾路街道", SYSTEM)
        assert load(TREE, keep_edited=True).renamed == [("460203001", "迎宾路街道", "月川街道")]

    def test_an_edited_row_that_agrees_is_unchanged(self, admin: User) -> None:
        self.rename("460203001", "迎宾街道", admin)
        self.rename("460203001", "月川街道", admin)
        report = load(TREE, keep_edited=True)
        assert (report.unchanged, report.left_as_edited) == (len(TREE), [])

    def test_an_ordinary_load_overwrites_it(self, admin: User) -> None:
        self.rename("460203001", "迎宾街道", admin)
        assert load(TREE).renamed == [("460203001", "迎宾街道", "月川街道")]


def test_progress_counts_the_rows_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "CHUNK", 4)
    calls: list[tuple[int, int]] = []
    load(TREE, progress=lambda done, total: calls.append((done, total)))
    assert calls == [(4, 6), (6, 6)]
    calls.clear()
    load(RENAMED, progress=lambda done, total: calls.append((done, total)))
    assert calls == [(1, 1)]


def test_the_stream_stays_open_for_its_owner() -> None:
    stream = BytesIO(text(*TREE).encode())
    load_divisions(stream, source_name="三亚.csv", actor=SYSTEM)
    assert not stream.closed


def test_the_queries_do_not_grow_with_the_file(django_assert_max_num_queries: object) -> None:
    load(TREE)
    with django_assert_max_num_queries(4):  # type: ignore[operator]
        load([VILLAGE, NEIGHBOURS, TOWNSHIP])
