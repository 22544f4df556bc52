"""The page of last resort: it must render without a request, a user or a database."""

from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalogs.models import Round
from tests import window


def test_the_page_for_a_failure_needs_nothing() -> None:
    said = render_to_string("500.html")
    assert "系统出错" in said
    assert "portal.css" in said


def test_an_address_of_a_button_leads_back_to_its_page(people: dict[str, User], open_round: Round) -> None:
    """After the login that an ended session led to, the browser asks for it by GET."""
    window.listed(people, open_round)
    request = window.registered(people)
    client = Client()
    client.force_login(people["village_staff"], backend="accounts.backends.RoleBackend")
    response = client.get(reverse("record_fact", args=[request.pk]))
    assert response.status_code == 405
    assert response["Allow"] == "POST"
    page = response.content.decode()
    assert "没有保存" in page
    assert f'href="{reverse("request", args=[request.pk])}"' in page
