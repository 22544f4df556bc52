"""The compound file (OLE2) around an .xls: its directory and its streams, read with distrust."""

import struct

from catalogs.official_forms.errors import UnreadableForm
from catalogs.official_forms.refusals import DAMAGED

_NONE = 0xFFFFFFFA  # sector numbers from here on are marks: end of chain, free, table
_HEADER_LINKS = 109  # sectors of the allocation table that the header itself names
_ENTRY = 128
_STREAM, _ROOT = 2, 5


class CompoundFile:
    """The streams and storages at the top of a compound file, by lower-case name."""

    def __init__(self, data: bytes) -> None:
        """Read the directory of ``data``; raises UnreadableForm when it is broken."""
        try:
            self._open(data)
        except (struct.error, IndexError) as problem:
            raise UnreadableForm(DAMAGED) from problem

    def stream(self, name: str) -> bytes:
        """Return the content of a stream; raises UnreadableForm when it is broken or missing."""
        kind, start, size = self._top.get(name, (0, 0, 0))
        if kind != _STREAM:
            raise UnreadableForm(DAMAGED)
        if size >= self._mini_cutoff:
            content = b"".join(self._sector(number) for number in _chain(self._table, start))
        else:
            unit = 1 << self._mini_shift
            content = b"".join(
                self._mini_stream[number * unit : (number + 1) * unit]
                for number in _chain(self._mini_table, start)
            )
        if len(content) < size:
            raise UnreadableForm(DAMAGED)
        return content[:size]

    @property
    def names(self) -> frozenset[str]:
        """The names at the top."""
        return frozenset(self._top)

    def _open(self, data: bytes) -> None:
        self._data = data
        self._shift, self._mini_shift = struct.unpack_from("<HH", data, 30)
        if not 7 <= self._shift <= 16 or not 4 <= self._mini_shift < self._shift:
            raise UnreadableForm(DAMAGED)
        directory, _, self._mini_cutoff = struct.unpack_from("<LLL", data, 48)
        mini_start, _, more_start = struct.unpack_from("<LLL", data, 60)
        links = list(struct.unpack_from(f"<{_HEADER_LINKS}L", data, 76))
        seen: set[int] = set()
        while more_start < _NONE and more_start not in seen:
            seen.add(more_start)
            *further, more_start = _numbers(self._sector(more_start))
            links.extend(further)
        if len(links) > len(data) >> self._shift and any(one < _NONE for one in links[_HEADER_LINKS:]):
            raise UnreadableForm(DAMAGED)
        table = [self._sector(number) for number in links if number < _NONE]
        self._table = _numbers(b"".join(table))
        self._mini_table = _numbers(b"".join(self._sector(one) for one in _chain(self._table, mini_start)))
        self._read_directory(b"".join(self._sector(one) for one in _chain(self._table, directory)))

    def _read_directory(self, entries: bytes) -> None:
        kind, _, _, child, start, _ = _entry(entries, 0)
        if kind != _ROOT:
            raise UnreadableForm(DAMAGED)
        self._mini_stream = b"".join(self._sector(one) for one in _chain(self._table, start))
        self._top: dict[str, tuple[int, int, int]] = {}
        waiting, seen = [child], set[int]()
        while waiting:
            number = waiting.pop()
            if number >= _NONE or number in seen:
                continue
            seen.add(number)
            kind, left, right, _, start, size = _entry(entries, number)
            waiting += (left, right)
            length = struct.unpack_from("<H", entries, number * _ENTRY + 64)[0]
            at = number * _ENTRY
            name = entries[at : at + max(0, min(length, 64) - 2)]
            self._top[name.decode("utf-16-le", "replace").lower()] = (kind, start, size)

    def _sector(self, number: int) -> bytes:
        at = (number + 1) << self._shift
        if at >= len(self._data):
            raise UnreadableForm(DAMAGED)
        return self._data[at : at + (1 << self._shift)]


def _entry(entries: bytes, number: int) -> tuple[int, int, int, int, int, int]:
    """Kind, left and right neighbour, first child, first sector and size of a directory entry."""
    at = number * _ENTRY
    left, right, child = struct.unpack_from("<LLL", entries, at + 68)
    start, size = struct.unpack_from("<LL", entries, at + 116)
    return entries[at + 66], left, right, child, start, size


def _numbers(content: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(content) // 4}L", content[: len(content) // 4 * 4])


def _chain(table: tuple[int, ...], start: int) -> list[int]:
    """The sectors of a chain, in order; raises UnreadableForm when it has no end."""
    chain: list[int] = []
    while start < _NONE:
        if start >= len(table) or len(chain) >= len(table):
            raise UnreadableForm(DAMAGED)
        chain.append(start)
        start = table[start]
    return chain
