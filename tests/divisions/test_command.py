"""What ``manage.py load_divisions`` says, and how it ends."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from divisions.models import Division
from tests.divisions.files import CODES, HEADER, NEIGHBOURS, PROVINCE, TOWNSHIP, TREE, load, text, tree_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "三亚.csv"
    path.write_text(text(*TREE), encoding="utf-8")
    return path


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def run(path: Path, *options: str, stderr: StringIO | None = None, verbosity: int = 1) -> str:
    out = StringIO()
    call_command(
        "load_divisions", str(path), *options, stdout=out, stderr=stderr or StringIO(), verbosity=verbosity
    )
    return out.getvalue()


def test_it_reports_in_counts(file: Path) -> None:
    said = run(file)
    assert "装载完成" in said
    assert "新增 6，更名 0，其他变更 0，未变 0，缺失 0（库中有、文件中没有，未删除）" in said
    assert Division.history.get(code="46").history_change_reason == "装载行政区划 三亚.csv"


def test_it_names_what_changed_and_what_is_missing(file: Path) -> None:
    load(TREE)
    rows = tree_with(TOWNSHIP, TOWNSHIP.replace("月川", "迎宾")).replace(f"{NEIGHBOURS}\n", "")
    file.write_text(rows, encoding="gb18030")
    said = run(file)
    assert "新增 0，更名 1，其他变更 0，未变 4，缺失 1" in said
    assert "更名：460203001 月川街道 → 迎宾街道" in said
    assert "缺失：460203001001 榆亚社区居委会" in said


def test_a_missing_division_that_is_closed_is_marked(file: Path) -> None:
    load(TREE)
    load(text(f"{NEIGHBOURS},2026-03-05", header=f"{HEADER},closed_on"))
    file.write_text(text(*TREE[:-1]), encoding="utf-8")
    assert "缺失：460203001001 榆亚社区居委会（2026-03-05起撤销）" in run(file)


def test_long_lists_are_cut_and_counted(file: Path) -> None:
    load([*TREE, *(f"4602030012{n},第{n}村委会,village,460203001,other" for n in range(10, 70))])
    said = run(file)
    assert "缺失 60" in said
    assert said.count("  缺失：") == 50
    assert "……另有 10 个缺失" in said


def test_a_dry_run_says_so(file: Path) -> None:
    said = run(file, "--dry-run")
    assert "试运行，未写入任何数据" in said
    assert "新增 6" in said
    assert not Division.objects.filter(pk__in=CODES).exists()


def test_ignored_columns_are_named(file: Path) -> None:
    file.write_text(text(f"{PROVINCE},hainan", header=f"{HEADER},拼音"), encoding="utf-8")
    assert "未采用的列：拼音" in run(file)


def test_errors_end_it_with_their_lines(file: Path) -> None:
    file.write_text(tree_with(TOWNSHIP, "460203001,,townships,460203,"), encoding="utf-8")
    with pytest.raises(CommandError) as caught:
        run(file)
    said = str(caught.value)
    assert "文件有 2 处错误，未作任何改动：" in said
    assert "\n第5行：级别“townships”应为" in said
    assert "\n第5行：名称为空。" in said
    assert not Division.objects.filter(pk__in=CODES).exists()


def test_only_fifty_errors_are_printed(file: Path) -> None:
    file.write_text(text(*["x"] * 57), encoding="utf-8")
    with pytest.raises(CommandError) as caught:
        run(file)
    lines = str(caught.value).splitlines()
    assert lines[0] == "文件有 57 处错误，未作任何改动："
    assert len(lines) == 52
    assert lines[-1] == "……另有 7 处错误未列出"


def test_it_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="无法打开文件"):
        run(tmp_path / "没有.csv")


def test_a_terminal_gets_a_bar(file: Path) -> None:
    stderr = Terminal()
    run(file, stderr=stderr)
    assert stderr.getvalue() == f"\r[{'█' * 30}] 6/6\n"


def test_a_log_gets_lines(file: Path) -> None:
    stderr = StringIO()
    run(file, stderr=stderr)
    assert stderr.getvalue() == f"[{'█' * 30}] 6/6\n"


def test_a_quiet_run_draws_nothing(file: Path) -> None:
    stderr = Terminal()
    run(file, stderr=stderr, verbosity=0)
    assert stderr.getvalue() == ""
