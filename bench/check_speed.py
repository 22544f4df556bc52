"""Finding one name among 500, 20,000 and 200,000: the check's index beside what else there is."""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import perf_counter_ns

from bench import name_lists
from bench.name_peers import Peer, peers

ROOT = Path(__file__).resolve().parent.parent
SIZES = (500, 20_000, 200_000)
ROUNDS = 5
KINDS: dict[str, Callable[[list[str], int], Iterator[tuple[str, str]]]] = {
    "exact": name_lists.exact,
    "sentence": name_lists.sentences,
    "typo": name_lists.typos,
    "pinyin": name_lists.pinyin,
}
BUILD = """
import json, resource, sys, time
from catalogs.matching import NameIndex, Names
NameIndex([("warm", Names(("预热证明",)))]).find("预热")
names = json.load(sys.stdin)
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before, start = peak(), time.perf_counter()
index = NameIndex((name, Names((name,))) for name in names)
print(json.dumps([time.perf_counter() - start, peak() - before]))
"""
# (size, kind) → way → (p50, p99 in µs, share answered with the right name)
Figures = dict[tuple[int, str], dict[str, tuple[float, float, float]]]


def report() -> str:
    """Run everything; return the tables as Markdown."""
    figures: Figures = {}
    false: dict[int, dict[str, float]] = {}
    builds = {size: _build(size) for size in SIZES}
    for size in SIZES:
        listed, missing = name_lists.names(size)
        with peers(listed) as ways:
            for kind, make in KINDS.items():
                questions = list(make(listed, max(way.questions for way in ways)))
                figures[size, kind] = _ask(ways, questions)
            false[size] = {"the portal": _false(ways[0], missing)}
    return "\n".join(
        [
            "## The check: one name among many",
            "",
            "Made-up names (`bench/name_lists.py`); one thread, one process, the ways in turns. "
            "Microseconds a question; *right*: the first answer is the name that was meant. × is the p50 as "
            "a multiple of the portal's. The dict knows names as they are written and nothing else; n-gram "
            "searches always answer with something, also to what is on no list. The goals take tantivy with "
            "1- to 3-grams, the setting that answers typos about as well as the portal; bigrams alone are "
            "faster and miss many.",
            "",
            _builds(builds),
            *(_table(size, figures) for size in SIZES),
            _goals(figures, builds, false),
        ]
    )


def _build(size: int) -> tuple[float, float]:
    """Seconds and megabytes of a build, in a process of its own."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", BUILD],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        input=json.dumps(name_lists.names(size)[0]),
    )
    seconds, megabytes = json.loads(done.stdout)
    return seconds, megabytes


def _ask(ways: Sequence[Peer], questions: list[tuple[str, str]]) -> dict[str, tuple[float, float, float]]:
    taken: dict[str, list[int]] = defaultdict(list)
    right: dict[str, list[bool]] = defaultdict(list)
    for turn in range(ROUNDS):
        for way in ways:
            for question, meant in questions[turn : way.questions : ROUNDS]:
                start = perf_counter_ns()
                found = way.find(question)
                taken[way.title].append(perf_counter_ns() - start)
                right[way.title].append(found == meant)
    return {
        title: (_part(times, 0.5), _part(times, 0.99), sum(right[title]) / len(right[title]))
        for title, times in taken.items()
    }


def _part(times: list[int], part: float) -> float:
    """The given part of the sorted times, in microseconds."""
    return sorted(times)[min(len(times) - 1, int(len(times) * part))] / 1000


def _false(way: Peer, missing: list[str]) -> float:
    return sum(way.find(name) is not None for name in missing) / len(missing) if missing else 0.0


def _builds(builds: dict[int, tuple[float, float]]) -> str:
    lines = ["| names | build, seconds | memory, MB |", "|---|---|---|"]
    lines += [f"| {size:,} | {seconds:.2f} | {mb:.0f} |" for size, (seconds, mb) in builds.items()]
    return "\n".join(lines) + "\n"


def _table(size: int, figures: Figures) -> str:
    lines = [
        f"### {size:,} names",
        "",
        "| question | way | p50 µs | p99 µs | × | right |",
        "|---|---|---|---|---|---|",
    ]
    for kind in KINDS:
        found = figures[size, kind]
        base = found["the portal"][0]
        for title, (p50, p99, right) in found.items():
            lines.append(f"| {kind} | {title} | {p50:,.1f} | {p99:,.1f} | {p50 / base:,.2f} | {right:.1%} |")
    return "\n".join(lines) + "\n"


def _goals(
    figures: Figures, builds: dict[int, tuple[float, float]], false: dict[int, dict[str, float]]
) -> str:
    small, large = SIZES[1], SIZES[2]

    def p50(size: int, kind: str, title: str = "the portal") -> float:
        return next(values[0] for name, values in figures[size, kind].items() if name.startswith(title))

    def p99(size: int, kind: str, title: str = "the portal") -> float:
        return next(values[1] for name, values in figures[size, kind].items() if name.startswith(title))

    def right(kind: str) -> float:
        return min(figures[size, kind]["the portal"][2] for size in SIZES)

    growth = {kind: p50(large, kind) / p50(small, kind) for kind in KINDS}
    rows = [
        ("20,000: exact, × the dict's p50", p50(small, "exact") / p50(small, "exact", "dict"), "≤ 15"),
        ("20,000: a sentence, × faster than tantivy", _times(p50, small, "sentence", "tantivy, 1"), "≥ 40"),
        ("20,000: a sentence, × faster than pg_trgm", _times(p50, small, "sentence", "PostgreSQL"), "≥ 40"),
        ("200,000: a sentence, × faster than tantivy", _times(p50, large, "sentence", "tantivy, 1"), "≥ 100"),
        ("200,000: a sentence, × faster than pg_trgm", _times(p50, large, "sentence", "PostgreSQL"), "≥ 100"),
        ("200,000: a typo, × faster than pg_trgm", _times(p50, large, "typo", "PostgreSQL"), "≥ 10"),
        (
            "200,000: p99 of a typo, share of tantivy's",
            p99(large, "typo") / p99(large, "typo", "tantivy, 1"),
            "≤ 1",
        ),
        ("sentences right, %, the worst size", 100 * right("sentence"), "≥ 99"),
        ("typos right, %, the worst size", 100 * right("typo"), "≥ 95"),
        (
            "names on no list matched, %, the worst size",
            100 * max(one["the portal"] for one in false.values()),
            "≤ 1",
        ),
        ("20,000 to 200,000: growth of p50, the worst kind", max(growth.values()), "≤ 3"),
        ("20,000: build, seconds", builds[small][0], "< 2"),
    ]
    lines = ["### Goals", "", "| figure | here | goal |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {what} | {value:,.2f} | {goal} |" for what, value, goal in rows)]) + "\n"


def _times(p50: Callable[..., float], size: int, kind: str, title: str) -> float:
    return p50(size, kind, title) / p50(size, kind)


if __name__ == "__main__":
    print(report())  # noqa: T201
