"""Killed in the middle of a write, the portal has done all of it or nothing, and goes on from there."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

KILLS = int(os.environ.get("KILLS", "4"))
FULL = 30  # from so many kills on, most must have landed inside the work
WORKS = ("import", "decide", "publish")
ROOT = Path(settings.BASE_DIR)


class Child:
    """The process that works (``kill_child``), and what it has said."""

    def __init__(self, folder: Path) -> None:
        url = "sqlite:///:memory:" if connection.vendor == "sqlite" else os.environ["DATABASE_URL"]
        self.words = (folder / "words").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.kill_child"],
            cwd=ROOT,
            env={**os.environ, "VAR_DIR": str(folder), "DATABASE_URL": url, "DEMO": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.words,
            text=True,
        )

    def do(self, what: str, database: str, kill_after: float | None = None) -> tuple[int, float]:
        """Have something done, or begun and killed; returns the signal that ended it (0) and seconds."""
        self.words.seek(0)
        self.words.truncate()
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([what, database]) + "\n")
        self.process.stdin.flush()
        pid = self._answer()
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):  # it has ended by itself
                os.kill(pid, signal.SIGKILL)
        status, seconds = self._answer()
        if kill_after is None and status:
            raise AssertionError(f"{what}: {self.said()}")
        return os.WTERMSIG(status), seconds

    def said(self) -> str:
        self.words.seek(0)
        return self.words.read()

    def _answer(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.said()
        return json.loads(line)

    def end(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()
        self.words.close()


class SqliteFiles:
    """Databases in files (WAL), the first one a copy of the tests' own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def first(self) -> str:
        path = self.folder / "first.sqlite3"
        connection.ensure_connection()
        with sqlite3.connect(path) as target:
            connection.connection.backup(target)
        target.close()
        return str(path)

    def copy(self, database: str, number: int) -> str:
        return str(shutil.copy(database, self.folder / f"{number}.sqlite3"))

    def drop(self, database: str) -> None:
        for path in self.folder.glob(f"{Path(database).name}*"):
            path.unlink()

    def quiet(self, database: str) -> None:
        """The system lets go of a file together with the process."""


class PostgresDatabases:
    """Databases on the server of the tests, each a copy of another."""

    def __init__(self) -> None:
        self.prefix = f"{connection.settings_dict['NAME']}_kill"

    def first(self) -> str:
        return self._create(f"{self.prefix}_first", connection.settings_dict["NAME"])

    def copy(self, database: str, number: int) -> str:
        return self._create(f"{self.prefix}_{number}", database)

    def drop(self, database: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def quiet(self, database: str) -> None:
        """Wait until the server has noticed that the other side is gone and has ended what it began."""
        for _ in range(200):
            if self._run(f"SELECT 1 FROM pg_stat_activity WHERE datname = '{database}'") == []:
                return
            time.sleep(0.05)
        raise AssertionError("the server still works for a process that was killed")

    def _create(self, name: str, like: str) -> str:
        self.drop(name)
        self.quiet(like)
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
        return name

    def _run(self, sql: str) -> list[Any]:
        connection.close()  # a template must have nobody in it
        with connection._nodb_cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []


Databases = SqliteFiles | PostgresDatabases


@pytest.fixture
def databases(tmp_path: Path, transactional_db: None) -> Databases:
    return SqliteFiles(tmp_path) if connection.vendor == "sqlite" else PostgresDatabases()


@pytest.fixture
def child(tmp_path: Path) -> Iterator[Child]:
    started = Child(tmp_path)
    yield started
    started.end()


def test_killed_at_any_moment(databases: Databases, child: Child, say: Callable[[str], None]) -> None:
    chance = random.Random(20)
    first = databases.first()
    made = [first]
    try:
        child.do("prepare", first)
        databases.quiet(first)
        durations = {}
        for number, work in enumerate(WORKS):
            made.append(databases.copy(first, number))
            _, durations[work] = child.do(work, made[-1])
            child.do(f"check {work}", made[-1])
            assert child.said() == "all"
        found: Counter[tuple[str, str]] = Counter()
        inside = 0
        for number in range(KILLS):
            work = WORKS[number % len(WORKS)]
            made.append(database := databases.copy(first, 100 + number))
            ended_by, _ = child.do(work, database, kill_after=chance.uniform(0, 1.1) * durations[work])
            databases.quiet(database)
            child.do(f"check {work}", database)
            found[work, child.said()] += 1
            inside += ended_by == signal.SIGKILL
            child.do(work, database)
            child.do(f"check {work}", database)
            assert child.said() == "all"
            databases.drop(database)
    finally:
        for database in made:
            databases.drop(database)
    if KILLS >= FULL:
        assert inside > KILLS / 2
    took = ", ".join(f"{work} {seconds:.2f} s" for work, seconds in durations.items())
    say(f"{connection.vendor}: {inside} of {KILLS} kills inside the work ({took})")
    for (work, state), times in sorted(found.items()):
        say(f"  {work}: {state} {times}")
