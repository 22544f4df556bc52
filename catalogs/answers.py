"""A verdict as plain data: the same for the command, the API and the page without a network."""

import datetime as dt
from typing import Any

from catalogs.matching import Banned, Entry, Hit, Verdict, unquoted
from catalogs.models import Edition
from divisions.models import Division


def as_line(verdict: Verdict) -> dict[str, Any]:
    """A verdict as ``check_names`` prints it, one object a question."""
    return {
        "query": verdict.query,
        "verdict": verdict.kind.name,
        "confidence": verdict.confidence,
        "banned": [item.number for item in verdict.banned],
        "exception": bool(verdict.exceptions),
        "entries": [
            {"name": entry.name, "matter": entry.matter, "city": entry.city} for entry in verdict.entries
        ],
        "candidates": [_candidate(hit) for hit in verdict.candidates],
    }


def as_answer(verdict: Verdict, place: Division, edition: Edition | None) -> dict[str, Any]:
    """A verdict for other systems: what ``as_line`` says, and what to do next, in Chinese."""
    item = verdict.banned[0] if verdict.banned else None
    return {
        **as_line(verdict),
        "label": verdict.kind.value,
        "on": verdict.on.isoformat(),
        "place": place.name,
        "division": place.code,
        "edition": str(edition) if edition else None,
        "edition_from": edition.effective_from.isoformat() if edition else None,
        "evidence": verdict.evidence,
        "question": verdict.question,
        "options": list(verdict.options),
        "near": [entry.name for entry in verdict.near],
        "quoted": verdict.quoted,
        "route": list(item.steps) if item else [],
        "way_out": item.way_out if item else "",
        "issuing_body": item.issuing_body if item else "",
        "exceptions": [{"text": case.text, "note": case.note} for case in verdict.exceptions],
        "basis": f"{item.document_no} {item.list_title}第{item.number}项" if item else "",
        "duty": verdict.duty,
    }


def read_out(answer: dict[str, Any]) -> str:
    """An answer that ``as_answer`` gave and that was kept, in lines for people."""
    steps = [f"{at}. {step}" for at, step in enumerate(answer.get("route", []), start=1)]
    lines = [
        _line("结论", answer.get("label")),
        answer.get("evidence", ""),
        _line("所问", answer.get("query")),
        _line("居民所说事项", answer.get("said_matter")),
        _line("居民所说单位", answer.get("said_demander")),
        _line("查询地", answer.get("place")),
        _line("查询日期", _day(dt.date.fromisoformat(answer["on"])) if "on" in answer else ""),
        _line("所依清单", answer.get("edition") or answer.get("basis")),
        *(_line("可用于", entry.get("matter")) for entry in answer.get("entries", [])),
        *(_line("例外", case.get("text")) for case in answer.get("exceptions", [])),
        _line("办事途径", answer.get("way_out")),
        *steps,
        _line("出具机构", answer.get("issuing_body")),
        answer.get("duty", ""),
    ]
    return "\n".join(line for line in lines if line)


def _line(label: str, text: Any) -> str:
    return f"{label}：{text}" if text else ""


def as_text(verdict: Verdict, place: str, warning: str = "") -> str:
    """A verdict as a message to send on: what, why, and the way in numbered steps."""
    item = verdict.banned[0] if verdict.banned else None
    lines = [f"【{verdict.kind.value}】{_subject(verdict)}", verdict.evidence]
    lines += [verdict.question, warning]
    for entry in verdict.entries:
        lines.append(f"可用于：{entry.matter}（索要单位：{entry.requesting_unit}）")
    for case in verdict.exceptions:
        lines.append(f"例外：{case.text}")
    if item and not verdict.entries:
        lines += ["可以这样办：", *(f"{at}. {step}" for at, step in enumerate(item.steps, start=1))]
        lines.append(f"依据：{item.document_no} {item.list_title}第{item.number}项")
    lines.append(verdict.duty)
    lines.append(f"{place}，{_day(verdict.on)}查询")
    return "\n".join(line for line in lines if line)


def _day(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _subject(verdict: Verdict) -> str:
    if verdict.entries:
        return verdict.entries[0].name
    if verdict.banned:
        return verdict.banned[0].printed_name
    return unquoted(verdict.query)


def _candidate(hit: Hit[Entry]) -> dict[str, Any]:
    number = hit.key.number if isinstance(hit.key, Banned) else None
    return {"name": hit.key.label, "banned": number, "score": round(hit.score, 3)}
