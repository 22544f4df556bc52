"""Matching what people say to certificate names. Pure Python: no Django, no database."""

from catalogs.matching.entries import Banned, Entry, ExceptionCase, Kept, Rejected
from catalogs.matching.index import Hit, Match, NameIndex
from catalogs.matching.normalize import normalize
from catalogs.matching.verdict import Catalogue, Verdict, VerdictKind

__all__ = [
    "Banned",
    "Catalogue",
    "Entry",
    "ExceptionCase",
    "Hit",
    "Kept",
    "Match",
    "NameIndex",
    "Rejected",
    "Verdict",
    "VerdictKind",
    "normalize",
]
