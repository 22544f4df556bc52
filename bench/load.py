"""``make load``: a mixed minute against gunicorn on PostgreSQL, over this machine's loopback.

70 % public check, 20 % staff check, 8 % requests registered, 2 % certificates issued. Afterwards
every number, certificate and figure is compared with what the clients were told.
"""

import http.client
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from bench.postgres import scratch_database

ROOT = Path(__file__).resolve().parent.parent
SECONDS = int(os.environ.get("LOAD_SECONDS", "60"))
CLIENTS, WORKERS, THREADS = 16, 3, 4
PORT = 8765
SHARES = {"public check": 70, "staff check": 20, "register": 8, "issue": 2}
QUESTIONS = (
    "单身证明",
    "开个收入证明",
    "农民身份证明",
    "亲属关系证明",
    "受灾证明",
    "无犯罪记录证明",
    "居住证明",
)
NOBODY = {"name": "韦某某", "id_number": "450102190001010000"}
TOKEN = "0123456789abcdef0123456789abcdef"  # noqa: S105 - sent both ways, as a browser does


class Caller:
    """One client with its own connection; staff with their session."""

    def __init__(self, number: int, session: str) -> None:
        self.dice = random.Random(number)  # noqa: S311
        self.cookie = f"sessionid={session}; csrftoken={TOKEN}"
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        self.taken: dict[str, list[float]] = defaultdict(list)
        self.wrong: list[str] = []
        self.open: list[str] = []
        self.issued: list[str] = []

    def work(self, until: float) -> None:
        try:
            while time.monotonic() < until:
                what = self.dice.choices(list(SHARES), list(SHARES.values()))[0]
                if what == "issue" and not self.open:
                    what = "register"
                getattr(self, "_" + what.replace(" ", "_"))()
        except Exception as problem:
            self.wrong.append(repr(problem))

    def _ask(
        self,
        what: str,
        verb: str,
        path: str,
        form: dict[str, str] | None = None,
        *,
        staff: bool,
        expected: int = 0,
    ) -> tuple[str, str]:
        headers = {"Cookie": self.cookie} if staff else {}
        body = None
        if verb == "POST":
            body = urlencode({**(form or {}), "csrfmiddlewaretoken": TOKEN})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        start = time.perf_counter()
        self.connection.request(verb, path, body, headers)
        response = self.connection.getresponse()
        page = response.read().decode()
        self.taken[what].append((time.perf_counter() - start) * 1000)
        if response.status != (expected or (302 if verb == "POST" else 200)):
            self.wrong.append(f"{what} {path}: {response.status}")
        return response.getheader("Location", "") or "", page

    def _public_check(self) -> None:
        question = quote(self.dice.choice(QUESTIONS))
        self._ask("public check", "GET", f"/check/?city=4501&q={question}", staff=False)

    def _staff_check(self) -> None:
        question = quote(self.dice.choice(QUESTIONS))
        self._ask("staff check", "GET", f"/check/?q={question}", staff=True)

    def _register(self) -> None:
        form = {"q": "农民身份证明", **NOBODY}
        to, _ = self._ask("register", "POST", "/requests/new/", form, staff=True)
        self.open.append(to)

    def _issue(self) -> None:
        page = self.open.pop()
        fact = {"method": "known", "is_confirmed": "yes"}
        self._ask("issue", "POST", f"{page}facts/", fact, staff=True)
        answers = {"field0": "从事种植业生产", "head": "负责人"}
        _, shown = self._ask("issue", "POST", f"{page}issue/", answers, staff=True, expected=200)
        seen = re.search(r'name="seen" value="(\w+)"', shown)
        answers |= {"confirm": "1", "seen": seen[1] if seen else ""}
        to, _ = self._ask("issue", "POST", f"{page}issue/", answers, staff=True)
        self.issued.append(re.sub(r"^/certificates/|/$", "", to))


def main() -> None:
    """Set up, run, compare, print."""
    with tempfile.TemporaryDirectory() as folder, scratch_database() as url:
        environment = {
            **os.environ,
            "DEMO": "1",
            "DATABASE_URL": url,
            "VAR_DIR": folder,
            "LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "catalog_portal.settings",
        }

        def python(*arguments: str) -> str:
            return subprocess.run(  # noqa: S603
                [sys.executable, *arguments],
                cwd=ROOT,
                env=environment,
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            ).stdout

        python("manage.py", "migrate", "--verbosity", "0")
        python("manage.py", "load_reference")
        python("manage.py", "load_demo")
        python("manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        sessions = json.loads(python("-m", "bench.load_work", "prepare", str(CLIENTS)).splitlines()[-1])
        server = subprocess.Popen(  # noqa: S603
            [
                *(sys.executable, "-m", "gunicorn", "catalog_portal.wsgi", "--bind", f"127.0.0.1:{PORT}"),
                *("--workers", str(WORKERS), "--threads", str(THREADS), "--no-control-socket"),
            ],
            cwd=ROOT,
            env=environment,
        )
        try:
            _wait()
            callers = [Caller(number, session) for number, session in enumerate(sessions)]
            seconds = _run(callers)
        finally:
            server.terminate()
            server.wait()
        issued = [serial for caller in callers for serial in caller.issued]
        told = Path(folder) / "issued.json"
        told.write_text(json.dumps(issued))
        after = json.loads(python("-m", "bench.load_work", "compare", str(told)).splitlines()[-1])
    _print(callers, seconds, after)
    if any(caller.wrong for caller in callers) or any(after.values()):
        sys.exit(1)


def _wait() -> None:
    for _ in range(100):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=2)
            connection.request("GET", "/healthz/")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError("gunicorn does not answer")


def _run(callers: list[Caller]) -> float:
    start = time.monotonic()
    threads = [threading.Thread(target=caller.work, args=[start + SECONDS]) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.monotonic() - start


def _print(callers: list[Caller], seconds: float, after: dict[str, Any]) -> None:
    print(f"{CLIENTS} clients, gunicorn {WORKERS} × {THREADS}, PostgreSQL, {seconds:.0f} s\n")
    print("| what | requests | per second | p50 ms | p99 ms |\n|---|---:|---:|---:|---:|")
    whole: list[float] = []
    for what in SHARES:
        taken = [one for caller in callers for one in caller.taken[what]]
        whole += taken
        print(_line(what, taken, seconds))
    print(_line("all", whole, seconds))
    wrong = Counter(one for caller in callers for one in caller.wrong)
    issued = sum(len(caller.issued) for caller in callers)
    print(f"\nerrors: {sum(wrong.values())} {dict(wrong.most_common(5)) or ''}")
    print(f"issued: {issued}; afterwards {json.dumps(after, ensure_ascii=False)}")


def _line(what: str, taken: list[float], seconds: float) -> str:
    if not taken:
        return f"| {what} | 0 | | | |"
    p99 = statistics.quantiles(taken, n=100)[98] if len(taken) > 1 else float("nan")
    p50, rate = statistics.median(taken), len(taken) / seconds
    return f"| {what} | {len(taken):,} | {rate:,.1f} | {p50:,.0f} | {p99:,.0f} |"


if __name__ == "__main__":
    main()
