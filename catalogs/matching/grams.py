"""The names nearest to a text, for a closer look: one slip away, or by the characters they share."""

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

NEAREST = 40


class Neighbours:
    """Texts that differ by one character more, less, other, or out of order.

    Two such texts become equal when the right character is left out of each or both, so every text
    is kept with each of its characters left out, as a sorted array of hashes: a look-up takes the
    same few steps among hundreds of thousands of texts as among hundreds.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [len(text) + 1 for text in texts]
        shortened = (hash(form) for form in chain.from_iterable(map(_shortened, texts)))
        hashes = np.fromiter(shortened, dtype=np.int64, count=sum(counts))
        order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[order]
        self._owners = np.repeat(np.arange(len(texts), dtype=np.int32), counts)[order]

    def of(self, text: str) -> list[int]:
        """Return the positions of the texts near ``text``, in order."""
        hashes = np.fromiter(map(hash, _shortened(text)), dtype=np.int64, count=len(text) + 1)
        starts = self._hashes.searchsorted(hashes, "left")
        ends = self._hashes.searchsorted(hashes, "right")
        found = {int(at) for a, b in zip(starts, ends, strict=True) for at in self._owners[a:b]}
        return sorted(found)


class Grams:
    """An index of names by their pairs of characters, and by single ones for the shortest texts."""

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

    def nearest(self, text: str) -> list[int]:
        """Return the positions of the ``NEAREST`` names that share most with ``text``, the nearest first."""
        grams = _grams(text)
        found = [self._postings[gram] for gram in grams if gram in self._postings]
        if not found:
            return []
        shared = np.bincount(np.concatenate(found), minlength=len(self._names))
        likely = np.flatnonzero(shared >= max(1, min(3, int(shared.max()) - 2)))
        likeness = 2 * shared[likely] / (self._lengths[likely] + len(grams))
        best = np.argsort(-likeness, kind="stable")[:NEAREST]
        return [int(at) for at in likely[best]]


def _shortened(text: str) -> Iterator[str]:
    yield text
    for at in range(len(text)):
        yield text[:at] + text[at + 1 :]


def _grams(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)} | set(text)
