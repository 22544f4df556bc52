"""What the admin shows of the window's records: words where the tables hold codes and lists."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import User
from audit.timeline import timeline
from catalogs.models import Round
from requests_app.models import CertificateRequest
from tests import promises, window
from tests.test_refusals import signed_in


@pytest.fixture
def listed(people: dict[str, User], open_round: Round) -> dict[str, User]:
    window.listed(people, open_round)
    return people


def page(people: dict[str, User], name: str, *args: Any) -> str:
    text: str = signed_in(people["province_admin"]).get(reverse(f"admin:{name}", args=args)).content.decode()
    return text


def test_a_request_shows_its_verdict_and_answer_in_words(listed: dict[str, User]) -> None:
    asked = promises.asked(listed)
    text = page(listed, "requests_app_certificaterequest_change", asked.pk)
    for words in ("不应出具", "结论：不应出具", "所问：单身证明", "索要证明的单位应当说明"):
        assert words in text
    for code in ("MUST_NOT_ISSUE", "confidence", "&quot;", "False"):
        assert code not in text


def test_the_history_of_a_request_shows_no_codes(listed: dict[str, User]) -> None:
    asked = promises.asked(listed)
    (entry,) = timeline(asked.history.all())
    said = {change.label: change.new for change in entry.changes}
    assert said["查询结论"] == "不应出具"
    assert said["答复内容"].startswith("结论：不应出具\n")
    assert not {"县代码", "市代码"} & set(said)
    text = page(listed, "requests_app_certificaterequest_history", asked.pk)
    for code in ("MUST_NOT_ISSUE", "False", "exception", asked.county_code + "</"):
        assert code not in text


def test_yes_and_no_in_a_table_of_values(listed: dict[str, User]) -> None:
    asked = promises.asked(listed)
    CertificateRequest.history_words, kept = {}, CertificateRequest.history_words
    try:
        (entry,) = timeline(asked.history.all())
    finally:
        CertificateRequest.history_words = kept
    (answer,) = [change.new for change in entry.changes if change.label == "答复内容"]
    assert "exception：否" in answer
    assert "False" not in answer
    assert "[" not in answer


def test_lists_are_shown_one_item_a_line(listed: dict[str, User]) -> None:
    made = promises.promised(listed)
    text = page(listed, "requests_app_commitment_change", made.pk)
    assert "<br>".join(made.conditions) in text
    assert "[&quot;" not in text

