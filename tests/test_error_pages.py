"""The page of last resort: it must render without a request, a user or a database."""

from django.template.loader import render_to_string


def test_the_page_for_a_failure_needs_nothing() -> None:
    said = render_to_string("500.html")
    assert "系统出错" in said
    assert "portal.css" in said
