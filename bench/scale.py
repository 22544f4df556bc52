"""Lists, search and figures at 100,000, 1,000,000 and, with SCALE=10000000, 10,000,000 requests."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.postgres import scratch_database

ROOT = Path(__file__).resolve().parent.parent
DIVISIONS = ROOT.parent / "shared" / "data" / "divisions_guangxi.csv"
DATABASES = os.environ.get("SCALE_ON", "SQLite PostgreSQL").split()
LARGEST = int(os.environ.get("SCALE", "1000000"))
SIZES = [size for size in (100_000, 1_000_000, 10_000_000) if size <= LARGEST]


def report() -> str:
    """Run both databases; return the tables as Markdown."""
    if not DIVISIONS.exists():
        return "## Ten million requests\n\nNot run: the list of all divisions is not at hand.\n"
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        if "SQLite" in DATABASES:
            figures["SQLite"] = _run(f"sqlite:///{folder}/scale.sqlite3", folder)
        if "PostgreSQL" in DATABASES:
            with scratch_database() as url:
                figures["PostgreSQL"] = _run(url, folder)
    sizes = " | ".join(f"{size:,}" for size in SIZES)
    lines = [
        "## The window's lists at scale",
        "",
        "Requests and certificates of three years spread over all villages of the region, the same code "
        "as the pages, 300 calls each for places drawn at random, in milliseconds p50 / p99. The lists "
        "beside them are Django's default admin (COUNT, OFFSET, a place by the prefix of its villages' "
        "codes), at most 5 calls each at the largest size: filtered by the address, where Django also "
        "counts the whole table, and scoped in the queryset, where it counts the place. A page has 50 rows; "
        "any village has 6, 56 and 560 requests on average, so its list is short at the first size. What is "
        "late is a fixed share of the rows here, so counting it takes longer the more there are.",
        "",
        f"| database | what | {sizes} | p50 grows | p99 grows | admin, filtered | slower "
        "| admin, scoped | slower |",
        f"|---|---|{'---:|' * (len(SIZES) + 6)}",
    ]
    for name, runs in figures.items():
        for what in runs[0]["times"]:
            lines.append(_line(name, what, runs))
    filled = ", ".join(
        f"{name} {run['size']:,}: {run['seconds']:,.0f} s" for name, runs in figures.items() for run in runs
    )
    return "\n".join([*lines, "", f"Filling the tables took {filled}.", ""])


def _line(name: str, what: str, runs: list[dict[str, Any]]) -> str:
    cells = " | ".join("{:.2f} / {:.2f}".format(*run["times"][what]) for run in runs)
    (low50, low99), (high50, high99) = runs[0]["times"][what], runs[-1]["times"][what]
    peers = runs[-1]["admin"].get(what)
    beside = " | ".join(f"{one:,.0f} ms | {one / high50:,.0f} ×" for one in peers) if peers else " | | | "
    return f"| {name} | {what} | {cells} | {high50 / low50:.2f} × | {high99 / low99:.2f} × | {beside} |"


def _run(url: str, folder: str) -> list[dict[str, Any]]:
    environment = {**os.environ, "DEMO": "1", "DATABASE_URL": url, "VAR_DIR": folder, "LOG_LEVEL": "ERROR"}

    def python(*arguments: str) -> str:
        done = subprocess.run(  # noqa: S603
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        return done.stdout

    python("manage.py", "migrate", "--verbosity", "0")
    python("manage.py", "load_reference")
    python("manage.py", "load_demo")
    python("manage.py", "load_divisions", str(DIVISIONS))
    return [
        json.loads(python("-m", "bench.scale_work", str(size)).strip().splitlines()[-1]) for size in SIZES
    ]


if __name__ == "__main__":
    print(report())  # noqa: T201
