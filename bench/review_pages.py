"""The review at 1×, 4× and 16× the size; decisions with history beside an update without it."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.postgres import scratch_database

ROOT = Path(__file__).resolve().parent.parent
SIZES = (1, 4, 16)
MILLION = 1_000_000


def report() -> str:
    """Run everything; return the tables as Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        figures = {"SQLite": _run(f"sqlite:///{folder}/bench.sqlite3", folder)}
        with scratch_database() as url:
            figures["PostgreSQL"] = _run(url, folder)
    return "\n".join(
        [
            "## The review: pages and decisions",
            "",
            "Median milliseconds of three requests in one process, rendering included, and the number of "
            "queries. The workbench has 300 rows × 6 opinions with the same rows in another city, the "
            "matrix 14 cities × 60 types, each times 1, 4 and 16.",
            "",
            "| database | page | 1× | 4× | 16× | queries |",
            "|---|---|---:|---:|---:|---:|",
            *(_pages(name, one) for name, one in figures.items()),
            "",
            "Deciding 300 rows at once (rules checked, opinions and findings read, a sealed history record "
            "for each row, list locked) beside one `QuerySet.update` without any of it; and what the seals "
            "alone add to writing 1,000 rows with history.",
            "",
            "| database | 300 decisions | plain update | ratio | create, sealed / not | update, sealed / not "
            "| checking a million records |",
            "|---|---:|---:|---:|---:|---:|---:|",
            *(_writes(name, one) for name, one in figures.items()),
            "",
        ]
    )


def _pages(name: str, figures: dict[str, Any]) -> str:
    lines = []
    for page in ("workbench", "matrix"):
        times = " | ".join(f"{milliseconds:,.0f}" for milliseconds, _ in figures[page])
        queries = "/".join(str(asked) for _, asked in figures[page])
        lines.append(f"| {name} | {page} | {times} | {queries} |")
    return "\n".join(lines)


def _writes(name: str, figures: dict[str, Any]) -> str:
    portal, plain = figures["decide"]
    create, create_plain, update, update_plain = figures["history"]["write"]
    checking = figures["history"]["seconds"] / figures["history"]["records"] * MILLION
    return (
        f"| {name} | {portal:,.0f} ms | {plain:,.1f} ms | {portal / plain:,.0f} × "
        f"| {create / create_plain:.2f} × | {update / update_plain:.2f} × | {checking:,.0f} s |"
    )


def _run(url: str, folder: str) -> dict[str, Any]:
    environment = {**os.environ, "DEMO": "1", "DATABASE_URL": url, "VAR_DIR": folder, "LOG_LEVEL": "ERROR"}

    def python(*arguments: str) -> str:
        done = subprocess.run(  # noqa: S603
            [sys.executable, *arguments],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    python("manage.py", "migrate", "--verbosity", "0")
    python("manage.py", "load_reference")
    python("manage.py", "load_demo")
    python("manage.py", "collectstatic", "--no-input", "--verbosity", "0")
    found: dict[str, Any] = json.loads(python("-m", "bench.review_work").strip().splitlines()[-1])
    return found
