"""``make quality``: how right the check's answers are, by kind of question → docs/check-quality.md.

For each set of questions: the vocabulary as shipped; the same five-fold cross-validated (the wordings
of four fifths of the questions added to the vocabulary, the last fifth asked); and what went wrong.
Then the same beside the lists of two cities, and questions for what stands on one of them.
"""

import argparse
import csv
import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from catalogs.matching import Banned, Catalogue, Entry, Kept, Names, Unlisted, Verdict, VerdictKind
from catalogs.reference_files import fixture_entries

ROOT = Path(__file__).resolve().parent.parent
SETS = {
    "Questions written blind": ROOT / "bench" / "questions.csv",  # by people who had not seen the vocabulary
    "Questions after real papers": ROOT.parent / "shared" / "data" / "check_queries_dev.csv",
}
LIST_QUESTIONS = ROOT / "bench" / "list_questions.csv"
DOCUMENT = ROOT / "docs" / "check-quality.md"
FOLDS = 5
BANS = {VerdictKind.MUST_NOT_ISSUE, VerdictKind.OTHER_BODY, VerdictKind.EXCEPTION}
STEPS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.98, 1.01)
Entries = Sequence[tuple[Banned | Unlisted, Names]]
Listed = Sequence[tuple[Entry, Names]]


@dataclass(frozen=True, slots=True)
class Question:
    """A labelled question; ``right`` is empty when no banned item is."""

    text: str
    right: frozenset[int]
    kind: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the check said to a question."""

    question: Question
    verdict: Verdict

    @property
    def top(self) -> bool:
        """A right item stands first in an answer that bans."""
        return bool(self.verdict.banned) and self.verdict.banned[0].number in self.question.right

    @property
    def among_three(self) -> bool:
        numbers = [hit.key.number for hit in self.verdict.candidates[:3] if isinstance(hit.key, Banned)]
        return bool(self.question.right & {*numbers, *(item.number for item in self.verdict.banned)})

    @property
    def wrongly_banned(self) -> bool:
        return not self.question.right and self.verdict.kind in BANS

    @property
    def exception_seen(self) -> bool:
        return self.top and bool(self.verdict.exceptions)

    @property
    def right(self) -> bool:
        return self.top if self.question.right else not self.wrongly_banned


def read_questions(path: Path) -> list[Question]:
    """Read a labelled file with the columns query, label, kind (and note)."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return [Question(row["query"], _label(row["label"]), row["kind"]) for row in csv.DictReader(stream)]


def _label(text: str) -> frozenset[int]:
    if text == "none":
        return frozenset()
    return frozenset(json.loads(text)) if text.startswith("[") else frozenset({int(text)})


def ask(entries: Listed, questions: Iterable[Question], on: dt.date) -> list[Outcome]:
    """Put every question to a catalogue of these entries."""
    catalogue = Catalogue(on, entries)
    return [Outcome(one, catalogue.answer(one.text)) for one in questions]


def cross_validated(entries: Entries, questions: Sequence[Question], on: dt.date) -> list[Outcome]:
    """Ask each fifth of the questions after the other four fifths were added to the vocabulary."""
    outcomes: list[Outcome] = []
    for fold in range(FOLDS):
        learnt = [one for at, one in enumerate(questions) if at % FOLDS != fold]
        asked = [one for at, one in enumerate(questions) if at % FOLDS == fold]
        outcomes += ask([*_taught(entries, learnt)], asked, on)
    return outcomes


def _taught(entries: Entries, learnt: Sequence[Question]) -> Iterable[tuple[Banned | Unlisted, Names]]:
    for entry, names in entries:
        number = entry.number if isinstance(entry, Banned) else 0
        more = tuple(one.text for one in learnt if number in one.right)
        yield entry, replace(names, sayings=(*names.sayings, *more))
    for at, one in enumerate(learnt):
        if not one.right:
            yield Unlisted(-1 - at, one.text), Names((one.text,))


def with_rows(entries: Entries, rows: Iterable[Mapping[str, str]]) -> Listed:
    """The entries and a city's list beside them; a row is called what the vocabulary calls it, if it does."""
    types = {names.names[0]: names for one, names in entries if isinstance(one, Unlisted)}
    banned = {name for one, names in entries if isinstance(one, Banned) for name in names.names}
    kept = [
        Kept(at, row["name"], row["matter"], requesting_unit=row["requesting_unit"], type_id=at)
        for at, row in enumerate(rows, start=1)
        if row["name"] not in banned
    ]
    listed = {row.name for row in kept}
    rest = [(one, names) for one, names in entries if not (isinstance(one, Unlisted) and one.name in listed)]
    return [*rest, *((row, types.get(row.name, Names((row.name,)))) for row in kept)]


def small_list() -> list[dict[str, str]]:
    """The 14 rows of the demo's first city."""
    return list(json.loads((ROOT / "fixtures" / "demo_window.json").read_text(encoding="utf-8")))


def large_list() -> list[dict[str, str]]:
    """Every certificate that the demo's cities ask to keep."""
    rows = json.loads((ROOT / "fixtures" / "demo_certificates.json").read_text(encoding="utf-8"))
    return [{**row, "name": row["names"][0]} for row in rows]


@dataclass(frozen=True, slots=True)
class Found:
    """What the check said to a question for a row of the city's list."""

    text: str
    row: str
    verdict: Verdict

    @property
    def answered(self) -> bool:
        return self.verdict.kind is VerdictKind.MAY_ISSUE and self.verdict.entries[0].name == self.row

    @property
    def offered(self) -> bool:
        is_open = self.verdict.kind is VerdictKind.UNCLEAR
        return is_open and any(hit.key.label == self.row for hit in self.verdict.candidates)

    @property
    def turned_away(self) -> bool:
        return self.verdict.kind in {*BANS, VerdictKind.NOT_LISTED}


def ask_for_rows(entries: Entries, on: dt.date) -> list[Found]:
    """Put every question for a row of the small list to it."""
    catalogue = Catalogue(on, with_rows(entries, small_list()))
    with LIST_QUESTIONS.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    return [Found(one["query"], one["row"], catalogue.answer(one["query"])) for one in rows]


def report(sets: Mapping[str, Sequence[Question]], on: dt.date) -> str:
    """The whole report as Markdown: each set of questions, then the confidence over all."""
    entries = list(fixture_entries(on))
    names = sum(len(one.names) + len(one.wordings) for _, one in entries)
    sayings = sum(len(one.sayings) for _, one in entries)
    lines = [
        "# Quality of the check",
        "",
        "Made by `make quality`; do not edit. Goals: a right item first ≥ 97 % of positives, among the "
        "first three ≥ 99.5 %, negatives wrongly banned ≤ 1.5 %, exceptions recognised ≥ 90 %.",
        "",
        f"Vocabulary of {len(entries)} certificates, {names} names and wordings, {sayings} sayings. It was "
        "widened with these questions at hand, so the figures say what is understood today, not what an "
        "unseen question would find. Cross-validated: the wordings of four fifths are added to the "
        "vocabulary, the last fifth is asked.",
        "",
    ]
    every: list[Outcome] = []
    for title, questions in sets.items():
        shipped, crossed = ask(entries, questions, on), cross_validated(entries, questions, on)
        every += crossed
        wrong = [_wrong(one) for one in shipped if not one.right]
        lines += [
            f"## {title}: {len(questions)} questions",
            "",
            "### Vocabulary as shipped",
            "",
            _table(shipped),
            "### Five-fold cross-validation",
            "",
            _table(crossed),
            "### What went wrong",
            "",
            *(wrong or ["Nothing."]),
            "",
        ]
    lines += _beside_lists(entries, sets, on)
    lines += [
        "## Confidence",
        "",
        "Of the cross-validated answers: a confidence is the share of such answers that prove right.",
        "",
        _reliability(every),
    ]
    return "\n".join(lines)


def _beside_lists(entries: Entries, sets: Mapping[str, Sequence[Question]], on: dt.date) -> list[str]:
    lines = [
        "## Beside a city's list",
        "",
        "The same questions where a city keeps something: what is banned stays so. Goals as above.",
        "",
        "| list | questions | right first | wrongly banned |",
        "|---|---|---|---|",
    ]
    for rows in (small_list(), large_list()):
        listed = with_rows(entries, rows)
        for title, questions in sets.items():
            outcomes = ask(listed, questions, on)
            top = _share(one.top for one in outcomes if one.question.right)
            wrongly = _share(one.wrongly_banned for one in outcomes if not one.question.right)
            lines.append(f"| {len(rows)} rows | {title} | {top} | {wrongly} |")
    found = ask_for_rows(entries, on)
    missed = [one for one in found if not (one.answered or one.offered)]
    return [
        *lines,
        "",
        f"Questions for what stands on the list of {len(small_list())} rows, in a resident's words (written "
        "with the rules at hand). Goal: answered or offered ≥ 95 %, turned away by a guess ≤ 2.5 %.",
        "",
        "| questions | answered | offered among the choices | neither | turned away |",
        "|---|---|---|---|---|",
        f"| {len(found)} | {_share(one.answered for one in found)} | {_share(one.offered for one in found)} "
        f"| {len(missed)} | {_share(one.turned_away for one in found)} |",
        "",
        *(f"- {one.text}: {one.verdict.kind.name}, right: {one.row}" for one in missed),
        "",
    ]


def _wrong(one: Outcome) -> str:
    numbers = [item.number for item in one.verdict.banned]
    right = sorted(one.question.right) or "none"
    return f"- {one.question.text} ({one.question.kind}): {one.verdict.kind.name} {numbers}, right: {right}"


def _table(outcomes: Sequence[Outcome]) -> str:
    lines = [
        "| kind | questions | right first | among three | wrongly banned | exception seen |",
        "|---|---|---|---|---|---|",
    ]
    kinds = Counter(one.question.kind for one in outcomes)
    positive = [one for one in outcomes if one.question.right]
    for kind in sorted(kinds):
        lines.append(_line(kind, [one for one in outcomes if one.question.kind == kind]))
    lines.append(_line("**all positives**", positive))
    lines.append(_line("**all negatives**", [one for one in outcomes if not one.question.right]))
    return "\n".join(lines) + "\n"


def _line(title: str, outcomes: Sequence[Outcome]) -> str:
    positive = [one for one in outcomes if one.question.right]
    negative = [one for one in outcomes if not one.question.right]
    exceptions = [one for one in outcomes if one.question.kind == "exception"]
    cells = [
        _share(one.top for one in positive),
        _share(one.among_three for one in positive),
        _share(one.wrongly_banned for one in negative),
        _share(one.exception_seen for one in exceptions),
    ]
    return f"| {title} | {len(outcomes)} | {' | '.join(cells)} |"


def _share(truths: Iterable[bool]) -> str:
    all_of = list(truths)
    return f"{sum(all_of)}/{len(all_of)} ({sum(all_of) / len(all_of):.1%})" if all_of else ""


def _reliability(outcomes: Sequence[Outcome]) -> str:
    lines = ["| confidence | answers | right |", "|---|---|---|"]
    decided = [one for one in outcomes if one.verdict.kind is not VerdictKind.UNCLEAR]
    for low, high in pairwise(STEPS):
        inside = [one for one in decided if low <= one.verdict.confidence < high]
        if inside:
            right = _share(one.right for one in inside)
            lines.append(f"| {low:.2f} up to {min(high, 1):.2f} | {len(inside)} | {right} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path, action="append", help="another set of questions")
    parser.add_argument("--out", type=Path, default=DOCUMENT)
    options = parser.parse_args()
    files = {path.stem: path for path in options.questions} if options.questions else SETS
    sets = {title: read_questions(path) for title, path in files.items() if path.exists()}
    text = report(sets, dt.date.today())
    options.out.write_text(text, encoding="utf-8")
    print(text)  # noqa: T201


if __name__ == "__main__":
    main()
