"""The whole of Guangxi, from the official list kept beside the checkout."""

import csv
from pathlib import Path

import pytest
from django.conf import settings

from audit.records import SYSTEM
from divisions.loading import LoadReport, load_divisions
from divisions.models import Division

GUANGXI = Path(settings.BASE_DIR).parent / "shared" / "data" / "divisions_guangxi.csv"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not GUANGXI.exists(), reason=f"the official list is not at {GUANGXI}"),
]


def load() -> LoadReport:
    with GUANGXI.open("rb") as stream:
        return load_divisions(stream, source_name=GUANGXI.name, actor=SYSTEM)


def test_it_loads_whole_and_only_once() -> None:
    first = load()
    done = len(first.added) + len(first.renamed) + len(first.changed) + first.unchanged
    assert done == 18_018
    assert first.missing == []

    with GUANGXI.open(encoding="utf-8", newline="") as stream:
        listed = {
            row["code"]: (row["name"], row["level"], row["parent_code"] or None, row["kind"])
            for row in csv.DictReader(stream)
        }
    stored = Division.objects.within("45").values_list("code", "name", "level", "parent_id", "kind")
    assert {code: tuple(values) for code, *values in stored} == listed
    assert listed["451302107210"][0] == "那𡌶村委会"
    assert any("\ue08b" in name for name, *_ in listed.values())
    assert set(first.added) <= set(Division.history.values_list("code", flat=True))

    before = Division.history.count()
    second = load()
    assert (second.added, second.renamed, second.changed, second.missing) == ([], [], [], [])
    assert second.unchanged == 18_018
    assert Division.history.count() == before
