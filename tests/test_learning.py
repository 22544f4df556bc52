"""Wordings that the check does not serve well: gathered, tried, attached."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalogs import learning, lookup
from catalogs.errors import BadInput, NotAllowed
from catalogs.models import CertificateAlias, CertificateType, Question
from divisions.models import Division
from tests.test_refusals import signed_in

UNKNOWN = "孤零纸"  # nothing in the vocabulary sounds like it


@pytest.fixture
def single(reference: None) -> CertificateType:
    return CertificateType.objects.get(name="婚姻状况证明")


def ask(text: str, place: Division | None, times: int = 1) -> None:
    assert place is not None
    for _ in range(times):
        learning.keep_question(lookup.check(text, place, timezone.localdate()), place)


def object_to(text: str, person: User, meant: str = "") -> None:
    assert person.division is not None
    verdict = lookup.check(text, person.division, timezone.localdate())
    learning.dispute(actor=person, verdict=verdict, division=person.division, meant=meant)


def test_frequent_unmatched_and_disputed_wordings_are_listed(people: dict[str, User]) -> None:
    place = people["village_staff"].division
    ask(f"帮我开个{UNKNOWN}", place, times=3)
    ask("单身证明", place, times=5)  # understood: nothing to do
    ask("空白证明的空白", place)
    object_to("居住证明", people["village_staff"], meant="婚姻状况证明")
    found = learning.wordings_to_improve(people["reviewer"])
    assert [(one.text, one.asked, one.disputed) for one in found] == [
        ("居住证明", 1, 1),
        (UNKNOWN, 3, 0),
        ("空白证明的空白", 1, 0),
    ]
    assert found[0].meant == ("婚姻状况证明",)
    assert found[0].suggested[0].name == "婚姻状况证明"  # what was meant comes first
    assert found[1].answer == "需确认"


def test_old_questions_are_not_listed(people: dict[str, User]) -> None:
    ask(UNKNOWN, people["village_staff"].division)
    Question.objects.update(asked_at=timezone.now() - dt.timedelta(days=learning.RECENT_DAYS + 1))
    assert learning.wordings_to_improve(people["reviewer"]) == []


def test_before_attaching_one_sees_what_would_change(
    people: dict[str, User], single: CertificateType
) -> None:
    place = people["village_staff"].division
    ask(f"银行要{UNKNOWN}", place)
    ask("死亡证明", place)
    effects = learning.effects(people["reviewer"], UNKNOWN, single)
    assert {effect.text for effect in effects} == {UNKNOWN, f"银行要{UNKNOWN}"}
    assert all("第8项" in effect.after for effect in effects)
    assert not CertificateAlias.objects.filter(name=UNKNOWN).exists()


def test_attaching_is_live_and_recorded(people: dict[str, User], single: CertificateType) -> None:
    place = people["village_staff"].division
    assert place is not None
    ask(UNKNOWN, place)
    alias = learning.attach(actor=people["reviewer"], text=UNKNOWN, kind=single)
    assert lookup.check(UNKNOWN, place, timezone.localdate()).banned[0].number == 8
    record = alias.history.get()
    assert (record.history_user, record.history_change_reason) == (people["reviewer"], "据查询记录归入")
    assert learning.wordings_to_improve(people["reviewer"]) == []


def test_a_wording_stands_for_one_certificate(people: dict[str, User], single: CertificateType) -> None:
    other = CertificateType.objects.get(name="死亡证明")
    learning.attach(actor=people["reviewer"], text=UNKNOWN, kind=single)
    with pytest.raises(BadInput, match="已归入“婚姻状况证明”"):
        learning.attach(actor=people["reviewer"], text=f"开一张{UNKNOWN}", kind=other)
    with pytest.raises(BadInput, match="没有说明"):
        learning.attach(actor=people["reviewer"], text="开个证明", kind=other)
    with pytest.raises(ValidationError, match="已是“婚姻状况证明”"):
        CertificateAlias(certificate_type=other, name=f"开一张{UNKNOWN}").full_clean()
    CertificateAlias(certificate_type=single, name=f"开一张{UNKNOWN}").full_clean()


@pytest.mark.parametrize("name", ["village_staff", "city_officer", "joint_reviewer"])
def test_only_reviewers_improve_the_vocabulary(
    people: dict[str, User], single: CertificateType, name: str
) -> None:
    person = people[name]
    for attempt in (
        lambda: learning.wordings_to_improve(person),
        lambda: learning.effects(person, UNKNOWN, single),
        lambda: learning.attach(actor=person, text=UNKNOWN, kind=single),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_nobody_objects_for_a_place_out_of_their_scope(people: dict[str, User]) -> None:
    verdict = lookup.check("单身证明", Division.objects.get(pk="4502"), timezone.localdate())
    with pytest.raises(NotAllowed):
        learning.dispute(
            actor=people["village_staff"], verdict=verdict, division=Division.objects.get(pk="4502"), meant=""
        )


def test_questions_of_other_provinces_stay_there(people: dict[str, User]) -> None:
    abroad = Division.objects.create(code="44", name="邻省", level="province")
    ask(UNKNOWN, abroad)
    assert learning.wordings_to_improve(people["reviewer"]) == []
    assert [one.text for one in learning.wordings_to_improve(people["superuser"])] == [UNKNOWN]


def test_a_question_is_written_once(people: dict[str, User]) -> None:
    ask(UNKNOWN, people["village_staff"].division)
    with pytest.raises(TypeError):
        Question.objects.get().save()


# --- The page ---------------------------------------------------------------------------------------
def test_the_reviewer_attaches_with_one_click_after_the_preview(
    people: dict[str, User], single: CertificateType
) -> None:
    ask(UNKNOWN, people["village_staff"].division, times=2)
    client: Client = signed_in(people["reviewer"])
    listed = client.get(reverse("wordings")).content.decode()
    assert UNKNOWN in listed
    url = reverse("wording_attach")
    preview = client.get(url, {"text": UNKNOWN, "kind": single.pk}).content.decode()
    assert "下列 1 个问法的答复会改变" in preview
    done = client.post(url, {"text": UNKNOWN, "kind": single.pk}, follow=True).content.decode()
    assert f"“{UNKNOWN}”已归入“婚姻状况证明”" in done
    assert "没有需要处理的问法" in done
    again = client.post(url, {"text": UNKNOWN, "kind": single.pk}, follow=True).content.decode()
    assert "已归入“婚姻状况证明”。如需改动" in again


@pytest.mark.parametrize("query", [{}, {"text": "x"}, {"text": "x", "kind": "abc"}])
def test_a_click_without_a_certificate_is_explained(people: dict[str, User], query: dict[str, str]) -> None:
    client: Client = signed_in(people["reviewer"])
    assert (
        "请选择这个问法归入哪一种证明"
        in client.get(reverse("wording_attach"), query, follow=True).content.decode()
    )
    assert client.get(reverse("wording_attach"), {"text": "x", "kind": "999999"}).status_code == 404
