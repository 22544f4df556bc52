"""Run the suite on SQLite, then on PostgreSQL, then in a browser; say which of the three ran.

``TEST_DATABASE_URL`` names the PostgreSQL server (default: the local one). ``REQUIRE`` is a
comma-separated list of ``postgres`` and ``browser`` that must not be skipped.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
POSTGRES = os.environ.get("TEST_DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def main() -> int:
    required = {part.strip() for part in os.environ.get("REQUIRE", "").split(",") if part.strip()}
    results = {"sqlite": run("not browser", "sqlite:///:memory:", parallel=True)}
    if postgres_answers():
        results["postgres"] = run("not browser", POSTGRES, parallel=True)
    else:
        results["postgres"] = skipped("postgres", f"PostgreSQL does not answer at {POSTGRES}", required)
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser:
        os.environ["CHROMIUM"] = browser
        results["browser"] = run("browser", f"sqlite:///{ROOT / 'var' / 'browser-tests.sqlite3'}")
    else:
        results["browser"] = skipped("browser", "Chromium is not installed", required)
    print("\nWhat ran:")
    for part, code in results.items():
        print(f"  {part:10}{ {0: 'passed', None: 'SKIPPED'}.get(code, 'FAILED') }")
    return 1 if any(code for code in results.values()) else 0


def run(marker: str, database_url: str, parallel: bool = False) -> int:
    """One pytest session; returns its exit status."""
    print(f"\n=== {marker}, {database_url.split(':', 1)[0]} ===", flush=True)
    command = [sys.executable, "-m", "pytest", "-m", marker, *(["-n", "auto"] if parallel else [])]
    environment = {**os.environ, "DEMO": "1", "DATABASE_URL": database_url}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def skipped(part: str, why: str, required: set[str]) -> int | None:
    """None for a skip, or failure when the part is required."""
    print(f"\n=== {part}: skipped, {why} ===")
    return 1 if part in required else None


def postgres_answers() -> bool:
    import psycopg2

    try:
        psycopg2.connect(POSTGRES, connect_timeout=3).close()
    except psycopg2.OperationalError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
