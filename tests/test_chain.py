"""Proof that an edition is what was published; whoever edits the database is found out."""

import base64
import datetime as dt
import hashlib
import io
import json
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalogs import chain, seals
from catalogs.models import Edition, Round
from tests import lists

SEED = base64.b64encode(bytes(range(32))).decode()
PUBLIC_KEY = seals.sign(b"", SEED).public_key


@pytest.fixture
def editions(people: dict[str, User], open_round: Round) -> list[Edition]:
    """Three editions of Nanning, one after the other."""
    found = [lists.published(people["city_officer"], people["reviewer"], open_round)]
    for year in (2027, 2028):
        again = Round.objects.create(name=f"{year}年批次", due_on=f"{year}-12-31")
        found.append(
            lists.published(
                people["city_officer"], people["reviewer"], again, effective_from=dt.date(year, 1, 1)
            )
        )
    return [Edition.objects.get(pk=one.pk) for one in found]


def problems() -> list[tuple[str, ...]]:
    return [link.problems for link in chain.links(Edition.objects.select_related("city"))]


def run(sql: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_an_untouched_chain_holds(editions: list[Edition]) -> None:
    assert problems() == [(), (), ()]
    assert [one.previous_digest for one in editions] == ["", editions[0].digest, editions[1].digest]


def test_an_edited_row_is_found(editions: list[Edition]) -> None:
    run(
        "UPDATE catalogs_editionitem SET matter = %s WHERE edition_id = %s AND position = 1",
        "别的",
        editions[1].pk,
    )
    assert problems() == [(), ("内容与公布时不一致",), ()]


def test_a_deleted_row_is_found(editions: list[Edition]) -> None:
    run("DELETE FROM catalogs_editionitem WHERE edition_id = %s AND position = 2", editions[0].pk)
    assert problems() == [("内容与公布时不一致",), (), ()]


def test_an_edited_row_with_a_new_digest_breaks_the_chain(editions: list[Edition]) -> None:
    first = editions[0]
    run(
        "UPDATE catalogs_editionitem SET matter = %s WHERE edition_id = %s AND position = 1", "别的", first.pk
    )
    run("UPDATE catalogs_edition SET digest = %s WHERE id = %s", seals.digest(chain.stored(first)), first.pk)
    assert problems() == [(), ("没有接在第1版之后",), ()]


def test_a_missing_edition_is_found(editions: list[Edition]) -> None:
    middle = editions[1]
    run("DELETE FROM catalogs_editionitem WHERE edition_id = %s", middle.pk)
    run("DELETE FROM catalogs_edition WHERE id = %s", middle.pk)
    assert problems() == [(), ("没有接在第1版之后", "前面缺少版次")]


def test_the_command_says_which_and_fails(editions: list[Edition]) -> None:
    out = io.StringIO()
    call_command("verify_editions", stdout=out)
    assert "共 3 版，全部一致" in out.getvalue()
    run(
        "UPDATE catalogs_edition SET approval_document_no = %s WHERE id = %s",
        "桂政函〔1999〕9号",
        editions[2].pk,
    )
    with pytest.raises(CommandError, match="3 版中有 1 版不一致"):
        call_command("verify_editions", "--division", "4501", stdout=out)
    assert "第3版" in out.getvalue()
    with pytest.raises(CommandError, match="3 版中有 3 版"):
        call_command("verify_editions", "--public-key", PUBLIC_KEY, stdout=io.StringIO())  # none is signed


def test_editions_are_signed_where_a_key_is_configured(
    settings: Any, people: dict[str, User], open_round: Round
) -> None:
    settings.EDITION_SIGNING_KEY = SEED
    edition = lists.published(people["city_officer"], people["reviewer"], open_round)
    assert edition.signing_key == PUBLIC_KEY
    assert problems() == [()]
    call_command("verify_editions", "--public-key", PUBLIC_KEY, stdout=io.StringIO())
    # A row edited, digest and all, by somebody without the key.
    run(
        "UPDATE catalogs_editionitem SET matter = %s WHERE edition_id = %s AND position = 1",
        "别的",
        edition.pk,
    )
    run(
        "UPDATE catalogs_edition SET digest = %s WHERE id = %s",
        seals.digest(chain.stored(edition)),
        edition.pk,
    )
    assert problems() == [("电子签名不符",)]
    # … who signs with a key of their own.
    forged = seals.sign(chain.stored(edition), base64.b64encode(bytes(32)).decode())
    run(
        "UPDATE catalogs_edition SET signature = %s, signing_key = %s WHERE id = %s",
        forged.value, forged.public_key, edition.pk,
    )  # fmt: skip
    assert problems() == [()]
    assert chain.links(Edition.objects.all(), PUBLIC_KEY)[0].problems == ("电子签名所用密钥不是公布的密钥",)


@pytest.mark.parametrize("key", ["短", "AAAA", "=" * 44])
def test_a_key_that_is_none_is_refused_at_start(settings: Any, key: str) -> None:
    settings.EDITION_SIGNING_KEY = key
    assert [one.id for one in run_checks() if one.id == "catalogs.E001"] == ["catalogs.E001"]
    settings.EDITION_SIGNING_KEY = SEED
    assert not [one for one in run_checks() if one.id == "catalogs.E001"]


@pytest.mark.parametrize(
    ("signature", "key"), [("", ""), ("x", PUBLIC_KEY), ("AAAA", "zz"), ("AAAA", "00" * 32)]
)
def test_broken_signatures_do_not_hold(signature: str, key: str) -> None:
    assert not seals.holds(b"content", seals.Signature(signature, key))


# --- The pages ---------------------------------------------------------------------------------------
def test_anyone_can_check_the_digest(editions: list[Edition]) -> None:
    page = Client().get(reverse("edition_proof", args=["4501"])).content.decode()
    assert page.count("内容与公布时一致") == 3
    content = Client().get(reverse("edition_canonical", args=["4501", 2])).content
    assert hashlib.sha256(content).hexdigest() == editions[1].digest
    assert json.loads(content)["previous"] == editions[0].digest


def test_the_page_says_when_an_edition_was_changed(editions: list[Edition]) -> None:
    run(
        "UPDATE catalogs_editionitem SET matter = %s WHERE edition_id = %s AND position = 1",
        "别的",
        editions[2].pk,
    )
    assert "内容与公布时不一致" in Client().get(reverse("edition_proof", args=["4501"])).content.decode()
    assert "不一致" in Client().get(reverse("edition", args=["4501", 3])).content.decode()


def test_two_editions_are_compared(people: dict[str, User], open_round: Round) -> None:
    lists.published(people["city_officer"], people["reviewer"], open_round, reject=(lists.SCHOOL.name,))
    lists.published(people["other_city_officer"], people["reviewer"], open_round, reject=(lists.LAND.name,))
    query = {"old": "4501-1", "new": "4502-1"}
    page = Client().get(reverse("compare_editions"), query).content.decode()
    assert "增加 <strong>1</strong> 项" in page
    assert "减少 <strong>1</strong> 项" in page
    answer = Client().get(reverse("compare_editions"), {**query, "format": "json"}).json()
    assert [row["name"] for row in answer["added"]] == [lists.SCHOOL.name]
    assert [row["name"] for row in answer["removed"]] == [lists.LAND.name]
    assert answer["same"] == 1


@pytest.mark.parametrize("old", ["4501", "4501-9", "4501-x", "9999-1", "4501-²"])
def test_an_edition_that_is_none_is_not_found(editions: list[Edition], old: str) -> None:
    assert Client().get(reverse("compare_editions"), {"old": old}).status_code == 404
