"""What proves that a published edition is what was published: digest, chain, signature (二(二))."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from catalogs import seals
from catalogs.findings import FIELD_LABELS
from catalogs.models import Edition, EditionItem


def canonical(edition: Edition, items: Iterable[EditionItem]) -> bytes:
    """The edition as bytes that are the same wherever and whenever they are made (UTF-8 JSON).

    From a city's second edition on they name the digest of the one before.
    """
    body: dict[str, Any] = {
        "city": edition.city_id,
        "number": edition.number,
        "approval_document_no": edition.approval_document_no,
        "approved_on": edition.approved_on.isoformat(),
        "effective_from": edition.effective_from.isoformat(),
        "items": [
            {"position": item.position, **{field: getattr(item, field) for field in FIELD_LABELS}}
            for item in items
        ],
    }
    if edition.previous_digest:
        body["previous"] = edition.previous_digest
    return seals.canonical(body)


def stored(edition: Edition) -> bytes:
    """The canonical bytes of an edition as it stands in the database."""
    return canonical(edition, edition.items.order_by("position"))


@dataclass(frozen=True, slots=True)
class Link:
    """An edition in its city's chain, and what is wrong with it (nothing, as a rule)."""

    edition: Edition
    problems: tuple[str, ...]

    @property
    def is_signed(self) -> bool:
        return bool(self.edition.signature)


def links(editions: Iterable[Edition], trusted_key: str = "") -> list[Link]:
    """Check the editions of one city, from the first on.

    ``trusted_key`` (hex) is the only key whose signatures count; without it, any signature must
    hold with the key stored beside it. What was cut off at the end cannot be seen from the chain
    alone: compare the last digest with a copy kept elsewhere.
    """
    found = []
    previous: Edition | None = None
    for expected, edition in enumerate(sorted(editions, key=lambda one: one.number), start=1):
        problems = tuple(_problems(edition, previous, expected, trusted_key))
        found.append(Link(edition, problems))
        previous = edition
    return found


def _problems(edition: Edition, previous: Edition | None, expected: int, trusted_key: str) -> Iterable[str]:
    content = stored(edition)
    if seals.digest(content) != edition.digest:
        yield "内容与公布时不一致"
    if previous is not None and edition.previous_digest != previous.digest:
        yield f"没有接在第{previous.number}版之后"
    if edition.number != expected and (previous is None or edition.number != previous.number + 1):
        yield "前面缺少版次"
    if edition.signature:
        signature = seals.Signature(edition.signature, edition.signing_key)
        if not seals.holds(content, signature):
            yield "电子签名不符"
        elif trusted_key and edition.signing_key != trusted_key:
            yield "电子签名所用密钥不是公布的密钥"
    elif trusted_key:
        yield "没有电子签名"
