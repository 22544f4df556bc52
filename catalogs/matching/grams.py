"""The names nearest to a text by the characters they share: candidates for a closer look."""

from collections.abc import Sequence

import numpy as np

NEAREST = 40


class Grams:
    """An index of names by their characters and pairs of characters."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        postings: dict[str, list[int]] = {}
        lengths = np.zeros(len(names), dtype=np.float32)
        for number, name in enumerate(names):
            grams = _grams(name)
            lengths[number] = len(grams)
            for gram in grams:
                postings.setdefault(gram, []).append(number)
        self._postings = {gram: np.asarray(numbers, dtype=np.int32) for gram, numbers in postings.items()}
        self._lengths = lengths

    def nearest(self, text: str) -> list[str]:
        """Return up to ``NEAREST`` names that share most with ``text``, the nearest first."""
        grams = _grams(text)
        found = [self._postings[gram] for gram in grams if gram in self._postings]
        if not found:
            return []
        shared = np.bincount(np.concatenate(found), minlength=len(self._names))
        likeness = 2 * shared / (self._lengths + len(grams))
        count = min(NEAREST, len(self._names))
        best = np.argpartition(-likeness, count - 1)[:count]
        return [self._names[at] for at in best[np.argsort(-likeness[best], kind="stable")] if shared[at]]


def _grams(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)} | set(text)
