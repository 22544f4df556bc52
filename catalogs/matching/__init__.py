"""Matching what people write to what is known: names, laws, bodies. Pure Python: no Django, no database."""

from catalogs.matching.bodies import Asker, PublicBodies
from catalogs.matching.citations import Article, Citation, citations, names_article
from catalogs.matching.entries import Banned, Entry, ExceptionCase, Kept, Rejected, Unlisted
from catalogs.matching.forms import Names
from catalogs.matching.index import Hit, Match, NameIndex
from catalogs.matching.laws import LawEntry, LawRegister
from catalogs.matching.normalize import clauses, name_key, normalize, says_something, stem, without_filler
from catalogs.matching.redact import MARK, redacted
from catalogs.matching.related import pairs
from catalogs.matching.verdict import DEMANDERS_DUTY, Catalogue, Verdict, VerdictKind, unquoted

__all__ = [
    "DEMANDERS_DUTY",
    "MARK",
    "Article",
    "Asker",
    "Banned",
    "Catalogue",
    "Citation",
    "Entry",
    "ExceptionCase",
    "Hit",
    "Kept",
    "LawEntry",
    "LawRegister",
    "Match",
    "NameIndex",
    "Names",
    "PublicBodies",
    "Rejected",
    "Unlisted",
    "Verdict",
    "VerdictKind",
    "citations",
    "clauses",
    "name_key",
    "names_article",
    "normalize",
    "pairs",
    "redacted",
    "says_something",
    "stem",
    "unquoted",
    "without_filler",
]
