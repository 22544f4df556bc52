"""A real Chromium against a live server; Debian's build is used where ``CHROMIUM`` names it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from accounts.models import User
from tests.cast import PASSWORD

# Playwright runs an event loop in this thread; the tests' own database calls are synchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


def assert_accessible(page: Page) -> None:
    """Fail with what axe finds on a page, once all of it is there.

    A click returns when the next page has begun to arrive; looked at then, it may have no heading yet.
    """
    page.wait_for_load_state()
    found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_type_launch_args,
        "args": FLAGS,
        "executable_path": os.environ.get("CHROMIUM", "/usr/bin/chromium"),
    }


@pytest.fixture
def look() -> Callable[[Page, str], None]:
    """Save a picture of a page under ``SCREENSHOTS``, when that is set."""

    def save(page: Page, name: str) -> None:
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            page.wait_for_load_state()
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=name != "history")

    return save


@pytest.fixture
def enter(browser: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """Log a person in, in a browser of their own, and give back their page."""
    contexts = []

    def login(user: User, viewport: dict[str, int] = DESKTOP) -> Page:
        context = browser.new_context(viewport=viewport, locale="zh-CN")  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"{live_server.url}/login/")
        page.get_by_label("用户名").fill(user.username)
        page.get_by_label("密码").fill(PASSWORD)
        page.get_by_role("button", name="登录").click()
        page.get_by_role("heading", name="您好").wait_for()
        return page

    yield login
    for context in contexts:
        context.close()
