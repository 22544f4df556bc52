"""What is wrong with a legal basis as written: no article, not known, repealed (二(二)、附件3).

Every citation is looked up in the register. A basis is never judged wrong for what the register
lacks: that is only said to be unverified.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from catalogs.matching import Citation, LawEntry, LawRegister, names_article

# 附件3: 法律法规依据（需明确到具体条款内容）.
LEGAL_BASIS_HELP = "请写明法规名称和具体条款，例如“《某某条例》第十五条”，并附条款内容"
_LONGEST_LISTED = 3
_NONE = re.compile(
    r"(?:暂|尚|目前|现|并)?(?:无|没有|未列|未写|未见|不详|不明)"
    r"(?:明确|具体|相关|有关|直接|上位|的|国家|地方|法律|法规|政策|文件|规章|规定|依据|条款|条文|明|[、和或])*"
    r"|[/\\\-—－_.×xX]+"
)


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to say about a text; ``code`` and ``level`` are values of ``Finding``'s."""

    code: str
    level: str
    message: str


def remarks_on_basis(text: str, laws: LawRegister, on: dt.date) -> tuple[Remark, ...]:
    """What there is to say about the basis ``text`` of a form reported on a day; nothing if it is empty."""
    said = text.strip()
    if not said:
        return ()
    if _NONE.fullmatch(said.rstrip("。.")) or _NONE.fullmatch(said):
        return (
            Remark(
                "no_article",
                "warn",
                "没有写出法律法规依据。有依据的，请补写法规名称和具体条款；确无依据的，原则上不再出具。",
            ),
        )
    cited = laws.citations(said)
    if not cited:
        return (_without_law(said),)
    found = [(citation, laws.find(citation, on)) for citation in cited]
    return (
        *_no_article(cited),
        *_repealed([law for _, law in found if law], laws, on),
        *_unknown([citation for citation, law in found if law is None]),
    )


def short_citation(text: str, laws: LawRegister) -> str:
    """The first law a basis cites with its first article, in one short phrase; "" when there is none."""
    for citation in laws.citations(text):
        return citation.label + (str(citation.articles[0]) if citation.articles else "")
    return ""


def _without_law(said: str) -> Remark:
    if names_article(said):
        return Remark("law_unknown", "hint", f"只写了条款，没有写是哪部法规，未能核实。{LEGAL_BASIS_HELP}。")
    return Remark(
        "no_article",
        "warn",
        f"没有写出法规名称和具体条款（依据须明确到具体条款内容）。{LEGAL_BASIS_HELP}。",
    )


def _no_article(cited: Iterable[Citation]) -> Iterable[Remark]:
    bare = [citation.label for citation in cited if not citation.articles]
    if bare:
        yield Remark(
            "no_article",
            "warn",
            f"{_listed(bare)}未写到具体条款（依据须明确到具体条款内容）。{LEGAL_BASIS_HELP}。",
        )


def _repealed(cited: Iterable[LawEntry], laws: LawRegister, on: dt.date) -> Iterable[Remark]:
    gone = {law.label: law for law in cited if law.was_repealed(on)}
    if gone:
        said = "；".join(_end_of(law, laws, on) for law in gone.values())
        yield Remark("law_repealed", "warn", f"{said}。请核对现行规定，改写依据和条款。")


def _end_of(law: LawEntry, laws: LawRegister, on: dt.date) -> str:
    day = law.repealed_on
    said = f"{law.label}已于{day.year}年{day.month}月{day.day}日废止" if day else ""
    if not law.replaced_by:
        return said
    successor = laws.named(law.replaced_by, on)
    return f"{said}，由{successor.label if successor else f'《{law.replaced_by}》'}代替"


def _unknown(cited: Iterable[Citation]) -> Iterable[Remark]:
    labels = [citation.label for citation in cited]
    if labels:
        yield Remark(
            "law_unknown",
            "hint",
            f"{_listed(labels)}不在本系统的法规库中，未能核实是否现行有效，请核对名称和文号。",
        )


def _listed(labels: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(labels))
    more = f"等{len(distinct)}部法规" if len(distinct) > _LONGEST_LISTED else ""
    return "、".join(distinct[:_LONGEST_LISTED]) + more
