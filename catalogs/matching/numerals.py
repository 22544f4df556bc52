"""Numbers as laws write them: 498, ４９８ or 四百九十八."""

# One character of a number, in a character class of a pattern over folded text.
NUMERAL = "[0-9〇零一二三四五六七八九十百千两]+"

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}


def arabic(numeral: str) -> str:
    """Return a numeral in Arabic digits: 二十一 → 21, 二〇二〇 → 2020, 034 → 34."""
    if numeral.isdecimal():
        return str(int(numeral))
    if not any(char in _UNITS for char in numeral):
        return "".join(str(_DIGITS.get(char, char)) for char in numeral)
    total = digit = 0
    for char in numeral:
        if char in _UNITS:
            total += (digit or 1) * _UNITS[char]
            digit = 0
        else:
            digit = _DIGITS[char] if char in _DIGITS else int(char)
    return str(total + digit)
