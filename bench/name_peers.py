"""The ways to look a name up that the check's index is measured against; all answer with one name."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import psycopg2
import tantivy
from rapidfuzz import fuzz, process

from bench.postgres import scratch_database
from catalogs.matching import NameIndex, Names
from catalogs.matching.verdict import SURE

TOP = 10  # results a search is asked for, as for a list of suggestions


class Peer(Protocol):
    """Something that finds the listed name a question means, or None."""

    title: str
    questions: int  # how many it is asked of each kind; the slow ones fewer

    def find(self, question: str) -> str | None: ...


class Portal:
    title = "the portal"
    questions = 1000

    def __init__(self, names: list[str]) -> None:
        self._index = NameIndex((name, Names((name,))) for name in names)
        self.find_hits = self._index.find

    def find(self, question: str) -> str | None:
        hits = self.find_hits(question)
        return hits[0].key if hits and hits[0].score >= SURE else None


class Dictionary:
    title = "dict (the limit: exact only)"
    questions = 1000

    def __init__(self, names: list[str]) -> None:
        self._names = {name: name for name in names}

    def find(self, question: str) -> str | None:
        return self._names.get(question)


class Trigram:
    title = "SQLite FTS5 trigram, bm25"
    questions = 200

    def __init__(self, names: list[str]) -> None:
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute("CREATE VIRTUAL TABLE names USING fts5(name, tokenize='trigram')")
        self._connection.executemany("INSERT INTO names VALUES (?)", ((name,) for name in names))

    def find(self, question: str) -> str | None:
        grams = [question[at : at + 3].replace('"', '""') for at in range(len(question) - 2)]
        match = " OR ".join(f'"{gram}"' for gram in grams)
        row = self._connection.execute(
            "SELECT name FROM names WHERE names MATCH ? ORDER BY rank LIMIT 1", (match,)
        ).fetchone()
        return row[0] if row else None


class PostgresTrigram:
    title = "PostgreSQL pg_trgm, GiST KNN"
    questions = 100

    def __init__(self, names: list[str], url: str) -> None:
        self._connection = psycopg2.connect(url)
        self._connection.autocommit = True
        self._cursor = self._connection.cursor()
        self._cursor.execute("DROP TABLE IF EXISTS names")
        self._cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        self._cursor.execute("CREATE TABLE names (name text)")
        for start in range(0, len(names), 10_000):
            self._cursor.execute("INSERT INTO names SELECT unnest(%s)", (names[start : start + 10_000],))
        self._cursor.execute("CREATE INDEX ON names USING gist (name gist_trgm_ops(siglen=256))")
        self._cursor.execute("ANALYZE names")

    def find(self, question: str) -> str | None:
        self._cursor.execute("SELECT name FROM names ORDER BY name <-> %s LIMIT 1", (question,))
        row = self._cursor.fetchone()
        return str(row[0]) if row else None

    def close(self) -> None:
        self._connection.close()


class Rapidfuzz:
    title = "rapidfuzz over all names"
    questions = 50

    def __init__(self, names: list[str]) -> None:
        self._names = names
        self._longest = max(map(len, names))

    def find(self, question: str) -> str | None:
        scorer = fuzz.ratio if len(question) <= self._longest + 2 else fuzz.partial_ratio
        found = process.extractOne(question, self._names, scorer=scorer)
        return found[0] if found else None


class Tantivy:
    questions = 200

    def __init__(self, names: list[str], shortest: int, longest: int) -> None:
        self.title = f"tantivy, {shortest}- to {longest}-grams"
        self._sizes = range(shortest, longest + 1)
        builder = tantivy.SchemaBuilder()
        builder.add_text_field("name", stored=True, tokenizer_name="grams")
        self._schema = builder.build()
        index = tantivy.Index(self._schema)
        tokenizer = tantivy.Tokenizer.ngram(shortest, longest, False)
        index.register_tokenizer("grams", tantivy.TextAnalyzerBuilder(tokenizer).build())
        writer = index.writer(num_threads=1)
        for name in names:
            writer.add_document(tantivy.Document(name=name))
        writer.commit()
        index.reload()
        self._searcher = index.searcher()

    def find(self, question: str) -> str | None:
        grams = dict.fromkeys(
            question[at : at + size] for size in self._sizes for at in range(len(question) - size + 1)
        )
        terms = [tantivy.Query.term_query(self._schema, "name", gram) for gram in grams]
        query = tantivy.Query.boolean_query([(tantivy.Occur.Should, term) for term in terms])
        hits = self._searcher.search(query, limit=TOP).hits
        return str(self._searcher.doc(hits[0][1])["name"][0]) if hits else None


@contextmanager
def peers(names: list[str]) -> Iterator[list[Peer]]:
    """Yield every way, built over ``names``; the portal first."""
    with scratch_database() as url:
        postgres = PostgresTrigram(names, url)
        yield [
            Portal(names),
            Dictionary(names),
            Trigram(names),
            postgres,
            Rapidfuzz(names),
            Tantivy(names, 1, 3),
            Tantivy(names, 2, 2),
        ]
        postgres.close()
