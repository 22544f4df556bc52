"""How badly one name would have to be misspelt to read like another.

Slips of the ear (同音), the eye (形近) and the hand (a character doubled, missing or in the wrong order)
cost little: the same name was meant. Another character is another word, and may be another certificate.
"""

from functools import lru_cache

from catalogs.matching.shapes import shape_key
from catalogs.matching.sounds import sound_alike

SAME_SOUND = 0.15
SAME_SHAPE = 0.2
DOUBLED = 0.2
SWAPPED = 0.3
MISSING = 0.7
MISSING_IN_SHORT = 1.2  # a name of up to four characters says little with one less
ANOTHER_WORD = 1.4
SHORT = 4
HOPELESS = 2.5  # a cost beyond which two names have nothing to do with each other


def slips(one: str, other: str) -> float:
    """Return the cost of the cheapest slips from ``one`` to ``other``; 0 when equal, at most HOPELESS."""
    missing = MISSING if max(len(one), len(other)) > SHORT else MISSING_IN_SHORT
    rows = [[at * missing for at in range(len(other) + 1)]]
    for i, left in enumerate(one):
        row, before = [(i + 1) * missing], rows[-1]
        doubled_left = i and one[i - 1] == left
        for j, right in enumerate(other):
            if left == right:
                cost = before[j]
            else:
                cost = before[j] + _swap(left, right)
                if i and j and left == other[j - 1] and right == one[i - 1]:
                    cost = min(cost, rows[-2][j - 1] + SWAPPED)
            doubled_right = j and other[j - 1] == right
            cost = min(
                cost,
                before[j + 1] + (DOUBLED if doubled_left else missing),
                row[j] + (DOUBLED if doubled_right else missing),
            )
            row.append(cost)
        rows.append(row)
        if min(row) >= HOPELESS and min(before) >= HOPELESS:
            return HOPELESS
    return min(rows[-1][-1], HOPELESS)


def likeness(one: str, other: str) -> float:
    """Return how surely ``one`` is ``other`` misspelt: 0.9 for equal texts, down to 0.

    One slip stays above what an answer needs, another word stays below it.
    """
    cost = slips(one, other)
    return max(0.0, 0.9 - 0.36 * cost - 0.3 * cost / max(len(one), len(other), 1))


@lru_cache(maxsize=1 << 16)
def _swap(left: str, right: str) -> float:
    if sound_alike(left, right):
        return SAME_SOUND
    return SAME_SHAPE if shape_key(left) == shape_key(right) else ANOTHER_WORD
