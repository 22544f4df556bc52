"""Matters that no promise is taken for (国办发〔2020〕42号), however they are worded."""

from catalogs.matching import clauses
from catalogs.matching.normalize import MARK
from requests_app.models import CertificateRequest, PromiseExclusion


def exclusion_of(request: CertificateRequest) -> PromiseExclusion | None:
    """The excluded field that the matter of a request falls under; None where it is of none.

    What was typed decides as little as possible: the certificate's proper name and the lists' names
    count like the resident's own words, since 弃婴证明 is a 收养登记证明. Width, blanks and
    Traditional characters part nothing.
    """
    texts = [_folded(text) for text in _said_of(request)]
    for excluded in PromiseExclusion.objects.all():
        words = [word for one in excluded.words_said if (word := _folded(one))]
        if any(word in text for word in words for text in texts):
            return excluded
    return None


def _said_of(request: CertificateRequest) -> list[str]:
    said = [request.asked, request.matter, request.demander, request.subject]
    # For a row of the list its own matter stands above; what the resident said is in the evidence.
    said += [str(request.evidence.get(name, "")) for name in ("said_matter", "said_demander")]
    if request.edition_item is not None:
        said += [request.edition_item.name, request.edition_item.matter]
    if request.banned_item is not None:
        said.append(request.banned_item.printed_name)
    if request.certificate_type is not None:
        said.append(request.certificate_type.name)
    return said


def _folded(text: str) -> str:
    return clauses(text).replace(MARK, "")
