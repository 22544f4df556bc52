"""The check over HTTP beside an empty view behind the same middleware, in interleaved rounds."""

import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

from bench import name_lists
from bench.postgres import scratch_database

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 11
REQUESTS = 200  # a round and a view
QUESTIONS = (
    "婚姻状况证明", "开个单身证明", "亲署关系证明", "danshen zhengming", "银行让我来村里开个没有犯罪的证明",
)  # fmt: skip
JSON = [f"/api/v1/check/?q={quote(question)}&city=4501" for question in QUESTIONS]
PAGE = [f"/check/?q={quote(question)}" for question in QUESTIONS]
USER, PASSWORD = "bench", "bench-password-2026"
PREPARE = f"""
from accounts.models import User
from divisions.models import Division
county = Division.objects.filter(code__startswith="4501", level="county").first()
town = Division.objects.create(code=county.code + "999", name="测试镇", level="township", parent=county)
village = Division.objects.create(code=town.code + "999", name="测试村", level="village", parent=town)
User.objects.create_user({USER!r}, {PASSWORD!r}, full_name="性能测试", role="village_staff",
    division=village, must_change_password=False)
"""


def report() -> str:
    """Run everything; return the table as Markdown."""
    with tempfile.TemporaryDirectory() as folder, scratch_database() as url:
        environment = {
            **os.environ,
            "DEMO": "1",
            "DATABASE_URL": url,
            "VAR_DIR": folder,
            "LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "bench.http_settings",
        }
        for arguments in (
            ["migrate", "--verbosity", "0"],
            ["load_reference"],
            ["collectstatic", "--no-input", "--verbosity", "0"],
            ["shell", "--verbosity", "0", "-c", PREPARE],
        ):
            subprocess.run(  # noqa: S603
                [sys.executable, "manage.py", *arguments],
                cwd=ROOT,
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        with _server(environment) as port:
            anonymous = _compare(port, {}, "/bench/empty/", JSON)
            fresh = _compare(port, {}, "/bench/empty/", _never_asked())
            cookies = {"Cookie": _log_in(port)}
            staff = _compare(port, cookies, "/bench/empty-for-staff/", PAGE)
            typing = _compare(port, {**cookies, "HX-Request": "true"}, "/bench/empty-for-staff/", PAGE)
    lines = [
        "## The check over HTTP",
        "",
        f"One gunicorn worker, PostgreSQL, persistent connections; {ROUNDS} interleaved rounds of {REQUESTS} "
        "requests to each, one after the other from one client. Median of the rounds' ratios.",
        "",
        "| view | requests/s | empty view, requests/s | share | goal |",
        "|---|---|---|---|---|",
        _line("anonymous, JSON", anonymous, "≥ 75 %"),
        _line("anonymous, JSON, every question asked for the first time", fresh, ""),
        _line("staff, whole page with the answer", staff, "≥ 60 %"),
        _line("staff, the answer while typing", typing, ""),
    ]
    return "\n".join(lines) + "\n"


def _never_asked() -> list[str]:
    """Addresses with as many different questions as will be asked."""
    questions = name_lists.sentences(name_lists.names(3000)[0], (ROUNDS + 1) * REQUESTS)
    return [f"/api/v1/check/?q={quote(question)}&city=4501" for question, _ in questions]


def _line(title: str, found: tuple[float, float, float], goal: str) -> str:
    view, empty, share = found
    return f"| {title} | {view:,.0f} | {empty:,.0f} | {share:.0%} | {goal} |"


def _compare(port: int, headers: dict[str, str], empty: str, paths: list[str]) -> tuple[float, float, float]:
    """Requests a second of the view and of the empty one, and the median of their ratios."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    views: list[float] = []
    empties: list[float] = []
    paths = list(paths)
    _round(connection, headers, paths)  # warm
    _round(connection, headers, [empty])
    for _ in range(ROUNDS):
        empties.append(_round(connection, headers, [empty]))
        views.append(_round(connection, headers, paths))
    connection.close()
    ratios = [view / none for view, none in zip(views, empties, strict=True)]
    return statistics.median(views), statistics.median(empties), statistics.median(ratios)


def _round(connection: http.client.HTTPConnection, headers: dict[str, str], paths: list[str]) -> float:
    start = time.perf_counter()
    for _ in range(REQUESTS):
        path = paths.pop(0)  # round and round
        paths.append(path)
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        response.read()
        if response.status != 200:
            raise SystemExit(f"{path}: {response.status}")
    return REQUESTS / (time.perf_counter() - start)


def _log_in(port: int) -> str:
    """Log in as the page does; return the cookies."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/login/")
    page = connection.getresponse()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
    cookies = _cookies(page)
    form = urlencode(
        {"csrfmiddlewaretoken": token.group(1) if token else "", "username": USER, "password": PASSWORD}
    )
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": "; ".join(cookies)}
    connection.request("POST", "/login/", form, kind)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return "; ".join(_cookies(answer))


def _cookies(response: http.client.HTTPResponse) -> list[str]:
    return [line.split(";")[0] for line in response.headers.get_all("Set-Cookie", [])]


@contextmanager
def _server(environment: dict[str, str]) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(  # noqa: S603
        [
            *(sys.executable, "-m", "gunicorn", "catalog_portal.wsgi", "--bind", f"127.0.0.1:{port}"),
            *("--workers", "1", "--threads", "2", "--keep-alive", "60", "--no-control-socket"),
            *("--log-level", "error"),
        ],
        cwd=ROOT,
        env=environment,
    )
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    print(report())  # noqa: T201
