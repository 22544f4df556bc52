"""How nearly two names are spelt alike, mistakes of the ear and the eye costing little."""

from catalogs.matching.shapes import shape_key
from catalogs.matching.sounds import sound_alike

SAME_SOUND = 0.15
SAME_SHAPE = 0.2


def likeness(one: str, other: str) -> float:
    """Return 1 for equal texts down to 0; a homophone or look-alike costs a part of a character."""
    if not one or not other:
        return 0.0
    row = [float(at) for at in range(len(other) + 1)]
    for i, left in enumerate(one, start=1):
        before, row[0] = row[0], float(i)
        for j, right in enumerate(other, start=1):
            cost = min(before + _swap(left, right), row[j] + 1, row[j - 1] + 1)
            before, row[j] = row[j], cost
    return max(0.0, 1 - row[-1] / max(len(one), len(other)))


def _swap(left: str, right: str) -> float:
    if left == right:
        return 0.0
    if sound_alike(left, right):
        return SAME_SOUND
    return SAME_SHAPE if shape_key(left) == shape_key(right) else 1.0
