"""The lists and the vocabulary as shipped, ready to be asked."""

import datetime as dt
from functools import cache

from catalogs.matching import Catalogue, Verdict
from catalogs.reference_files import catalogue_from_fixtures

TODAY = dt.date(2026, 11, 1)


@cache
def shipped(on: dt.date = TODAY) -> Catalogue:
    return catalogue_from_fixtures(on)


def ask(text: str, matter: str = "", demander: str = "") -> Verdict:
    return shipped().answer(text, matter, demander)
