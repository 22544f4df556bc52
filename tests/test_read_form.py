"""``manage.py read_form``: JSON lines without a database, and its exit status."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests import lists

# No database answers there: the command must not ask one.
NO_DATABASE = "postgres://nobody@127.0.0.1:1/nothing"


def run(*arguments: object) -> tuple[int, list[dict[str, Any]]]:
    """Exit status and the JSON lines of one run, in an environment without any secret."""
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    done = subprocess.run(
        [sys.executable, "manage.py", "read_form", *map(str, arguments)],
        cwd=settings.BASE_DIR,
        env={**environment, "DATABASE_URL": NO_DATABASE},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def squeezed(value: Any) -> Any:
    if isinstance(value, str):
        return "".join(value.split())
    if isinstance(value, list):
        return [squeezed(one) for one in value]
    if isinstance(value, dict):
        return {key: squeezed(one) for key, one in value.items()}
    return value


def test_the_samples_read_as_expected(shared: Path) -> None:
    folder = shared / "data" / "samples"
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["files"]
    names = sorted(expected)
    status, answers = run(*(folder / name for name in names))
    assert status == 1  # the blank form is among them
    for name, answer in zip(names, answers, strict=True):
        assert answer["file"] == str(folder / name)
        wanted = expected[name]
        assert answer["accept"] is wanted["accept"], answer
        if not wanted["accept"]:
            assert answer["why"].endswith("。")
            continue
        for key in ("form", "city", "reporter", "contact", "date", "rows"):
            assert squeezed(answer[key]) == squeezed(wanted[key]), (name, key)
        assert isinstance(answer["remarks"], list)


def test_all_accepted_gives_status_zero(tmp_path: Path) -> None:
    first, second = tmp_path / "甲.xlsx", tmp_path / "乙.bin"
    first.write_bytes(lists.workbook(lists.FARMER))
    second.write_bytes(lists.survey_workbook())
    status, answers = run(first, second)
    assert status == 0
    assert [answer["form"] for answer in answers] == ["annex3", "annex2"]
    assert answers[0]["date"] == "2026-10-15"
    assert list(answers[0]["rows"][0]) == ["name", "matter", "legal_basis", "purpose", "requesting_unit"]
    assert list(answers[1]["rows"][0]) == ["region", "name", "basis", "department", "purpose", "necessity"]


def test_another_form_than_the_one_asked_for_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "附件2.xlsx"
    file.write_bytes(lists.survey_workbook())
    status, [answer] = run(file, "--form", "annex3")
    assert status == 1
    assert answer["accept"] is False
    assert "附件2" in answer["why"]


def test_a_missing_file_is_one_line_among_others(tmp_path: Path) -> None:
    good = tmp_path / "好.xlsx"
    good.write_bytes(lists.workbook(lists.FARMER))
    status, answers = run(tmp_path / "没有.xlsx", good)
    assert status == 1
    assert [answer["accept"] for answer in answers] == [False, True]


@pytest.mark.parametrize(("line", "code"), [(lists.BANNED, "banned_name"), (lists.NO_ARTICLE, "no_article")])
def test_findings_come_from_the_fixtures(line: lists.Line, code: str, tmp_path: Path) -> None:
    file = tmp_path / "清单.xlsx"
    file.write_bytes(lists.workbook(line, lists.SCHOOL))
    _, [answer] = run(file, "--findings")
    assert code in answer["rows"][0]["findings"]
    assert "banned_name" not in answer["rows"][1]["findings"]
