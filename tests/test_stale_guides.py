"""Nobody saves over, gives back or publishes a guide that is not the one they looked at."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalogs.errors import Stale
from catalogs.models import CertificateType, GuideStatus, ServiceGuide
from tests.test_guide_pages import FORM, signed_in
from tests.test_guides import checked, drafted, dropped, handed_over, returned, submitted, written
from tests.test_guides import kind as kind

People = dict[str, User]
Act = Callable[[People, ServiceGuide], ServiceGuide]
ON_A_DRAFT: list[Act] = [
    written,
    dropped,
    lambda people, guide: handed_over(people, guide, "education"),
]
ON_WHAT_WAITS: list[Act] = [
    lambda people, guide: returned(people, guide, "请写明时限"),
    lambda people, guide: checked(people, guide, timezone.localdate()),
]


@pytest.mark.parametrize("act", ON_A_DRAFT)
def test_it_refuses_to_act_on_a_draft_that_has_changed(
    people: People, kind: CertificateType, act: Act
) -> None:
    seen = drafted(people, kind)
    now = written(people, seen, used_for="另一用途")
    with pytest.raises(Stale, match="又有改动"):
        act(people, seen)
    stored = ServiceGuide.objects.get()
    assert (stored.revision, stored.status, stored.used_for) == (now.revision, "draft", "另一用途")
    act(people, stored)


@pytest.mark.parametrize("act", ON_WHAT_WAITS)
def test_it_refuses_to_check_what_has_changed(people: People, kind: CertificateType, act: Act) -> None:
    seen = submitted(people, kind)
    now = written(people, returned(people, seen, "请修改"), submits=True, used_for="另一用途")
    with pytest.raises(Stale, match="又有改动"):
        act(people, seen)
    stored = ServiceGuide.objects.get()
    assert (stored.revision, stored.status) == (now.revision, "submitted")
    act(people, stored)


def test_a_reviewers_stale_page_does_not_publish_the_new_text(people: People, kind: CertificateType) -> None:
    guide = submitted(people, kind)
    reviewer, check = signed_in(people["reviewer"]), reverse("guide_check", args=[guide.pk])
    seen = reviewer.get(reverse("guide", args=[guide.pk])).context["revision"]
    written(people, returned(people, guide, "请修改"), submits=True, used_for="后来改的用途")
    form = {"revision": seen, "effective_from": timezone.localdate().isoformat()}
    response = reviewer.post(check, form)
    assert response.status_code == 409
    assert "又有改动" in response.content.decode()
    assert "后来改的用途" in response.content.decode()
    assert ServiceGuide.objects.get().status == GuideStatus.SUBMITTED
    back = reviewer.post(check, {"revision": seen, "give_back": "1", "reason": "请写明时限"})
    assert (back.status_code, "请写明时限</textarea>" in back.content.decode()) == (409, True)
    assert ServiceGuide.objects.get().status == GuideStatus.SUBMITTED
    reviewer.post(check, {**form, "revision": response.context["revision"]})
    assert ServiceGuide.objects.get().status == GuideStatus.PUBLISHED


def test_another_refusal_does_not_pass_for_having_seen_the_change(
    people: People, kind: CertificateType
) -> None:
    guide = submitted(people, kind)
    reviewer, check = signed_in(people["reviewer"]), reverse("guide_check", args=[guide.pk])
    written(people, returned(people, guide, "请修改"), submits=True)
    for mistake in ({"effective_from": "x"}, {"give_back": "1", "reason": " "}):
        response = reviewer.post(check, {"revision": guide.revision, **mistake})
        assert response.status_code == 409
        assert response.context["revision"] == guide.revision


def test_a_second_writers_stale_draft_is_refused_and_kept_on_the_page(
    people: People, kind: CertificateType
) -> None:
    guide = drafted(people, kind)
    client, url = signed_in(people["department_officer"]), reverse("guide", args=[guide.pk])
    written(people, guide, used_for="同事写的用途")
    response = client.post(url, {**FORM, "used_for": "我写的用途"})
    assert response.status_code == 409
    page = response.content.decode()
    for said in ("又有改动", "我写的用途</textarea>", "他人保存的最新内容", "同事写的用途</dd>"):
        assert said in page
    assert ServiceGuide.objects.get().used_for == "同事写的用途"
    again = {**FORM, "used_for": "我写的用途", "revision": response.context["revision"]}
    assert client.post(url, again).status_code == 302
    assert ServiceGuide.objects.get().used_for == "我写的用途"


def test_what_was_typed_is_kept_when_a_colleague_has_submitted(people: People, kind: CertificateType) -> None:
    guide = submitted(people, kind)
    client = signed_in(people["department_officer"])
    response = client.post(reverse("guide", args=[guide.pk]), {**FORM, "used_for": "我写的用途"})
    page = response.content.decode()
    assert response.status_code == 409
    assert "待核对，不能修改" in page
    assert "我写的用途</textarea>" in page
    assert 'name="submit"' not in page


@pytest.mark.parametrize("revision", [None, "", "-1", "²", "1" * 30])
def test_it_refuses_a_form_that_does_not_say_what_was_seen(
    people: People, kind: CertificateType, revision: str | None
) -> None:
    guide = drafted(people, kind)
    sent: dict[str, Any] = {name: value for name, value in FORM.items() if name != "revision"}
    if revision is not None:
        sent["revision"] = revision
    url = reverse("guide", args=[guide.pk])
    assert signed_in(people["department_officer"]).post(url, sent).status_code == 400
    guide.refresh_from_db()
    assert guide.revision == 0
