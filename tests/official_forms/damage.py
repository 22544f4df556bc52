"""Damage a file as a bad disk or a bad line does, the same way in every run."""

import random
from collections.abc import Iterator


def damaged(content: bytes, cases: int, seed: str) -> Iterator[bytes]:
    """Yield ``cases`` damaged copies: up to six flipped bits, every third also cut short."""
    dice = random.Random(seed)
    for number in range(cases):
        copy = bytearray(content)
        if number % 3 == 0:
            del copy[dice.randrange(1, len(copy)) :]
        for _ in range(dice.randint(number % 3 != 0, 6)):
            copy[dice.randrange(len(copy))] ^= 1 << dice.randrange(8)
        yield bytes(copy)
