"""What forms say in general, and how they count."""

import shutil
import subprocess
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import User
from requests_app.models import WorkdayChange
from tests.test_refusals import signed_in

CATALOGUE = Path(settings.BASE_DIR) / "locale" / "zh_Hans" / "LC_MESSAGES"


class Everything(forms.Form):
    needed = forms.CharField()
    text = forms.CharField(max_length=500)
    number = forms.IntegerField(max_value=365)
    day = forms.DateField()
    choice = forms.ChoiceField(choices=[("a", "甲")])
    file = forms.FileField()


def test_what_is_wrong_is_said_in_plain_words() -> None:
    form = Everything({"text": "字" * 566, "number": "366", "day": "x", "choice": "b"})
    assert form.errors == {
        "needed": ["请填写。"],
        "text": ["最多 500 字，现在有 566 字。"],
        "number": ["不能大于 365。"],
        "day": ["请填写日期，例如 2026-03-05。"],
        "choice": ["没有“b”这一选项，请重新选择。"],
        "file": ["请填写。"],
    }


@pytest.mark.django_db
def test_what_exists_already_is_said_in_plain_words() -> None:
    WorkdayChange.objects.create(day="2026-03-01", is_workday=True, note="通知")
    with pytest.raises(ValidationError) as refused:
        WorkdayChange(day="2026-03-01", is_workday=True, note="通知").full_clean()
    assert refused.value.message_dict == {"day": ["已有相同的日期，请核对。"]}


def test_passwords_are_spoken_of_politely() -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password("12345")
    for text in [*password_validators_help_texts(), *refused.value.messages]:
        assert "你" not in text
        assert text.isprintable()
    assert "密码太短，至少 10 个字符。" in refused.value.messages


def test_the_compiled_words_are_those_of_the_source(tmp_path: Path) -> None:
    if not shutil.which("msgfmt"):
        pytest.skip("no msgfmt")
    compiled = tmp_path / "django.mo"
    subprocess.run(["msgfmt", "-o", compiled, CATALOGUE / "django.po"], check=True)
    assert compiled.read_bytes() == (CATALOGUE / "django.mo").read_bytes()


def test_a_line_break_counts_once(people: dict[str, User]) -> None:
    """A text that a field's maxlength let pass is not refused: a browser counts one for a line break."""
    client = signed_in(people["city_officer"])
    text = "\r\n".join(["字" * 9] * 50)  # 499 for the browser, 548 as it is sent
    response = client.post(reverse("propose"), {"city": "4501", "action": "add", "name": text})
    form = response.context["form"]
    assert "name" not in form.errors
    assert form.data["name"] == text.replace("\r\n", "\n")
