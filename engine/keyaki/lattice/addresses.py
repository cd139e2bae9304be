"""Sets of addresses: unions of CIDR ranges, IPv4 and IPv6 apart on one discrete line.

The line holds the 2**32 addresses of version 4 first and the 2**128 of version 6 behind them, so that a range of one version
never holds an address of the other, and complement is that of the line.
"""

from __future__ import annotations

from typing import Any

from keyaki.lattice.intervals import BEFORE, Intervals

SHIFT = 1 << 32
_SIZE = SHIFT + (1 << 128)

# Private, then documentation, ranges: the addresses that a reader takes for examples.
_READABLE = (
    (4, 0x0A000001),  # 10.0.0.1
    (4, 0xC0A80001),  # 192.168.0.1
    (4, 0xCB007101),  # 203.0.113.1
    (4, 0xC6336401),  # 198.51.100.1
    (6, 0x20010DB8 << 96 | 1),  # 2001:db8::1
)


class Addresses(Intervals):
    """A finite union of ranges of addresses; a value is (version, address)."""

    __slots__ = ()
    ends = ((0, BEFORE), (_SIZE, BEFORE))
    discrete = True

    @classmethod
    def network(cls, version: int, first: int, last: int) -> Addresses:
        """The addresses of one version from first to last, both included."""
        return cls(((place(version, first), BEFORE), (place(version, last) + 1, BEFORE)))

    @classmethod
    def of_version(cls, version: int) -> Addresses:
        """All addresses of one version."""
        return cls.network(version, 0, (1 << (32 if version == 4 else 128)) - 1)

    def __contains__(self, value: Any) -> bool:
        version, address = value
        return self.holds(place(version, address))

    def member(self) -> tuple[int, int] | None:
        """A well-known example address if one is in the set, else the first address, past a network's own if it can be."""
        for version, address in _READABLE:
            if self.holds(place(version, address)):
                return version, address
        for point, _ in self.cuts[::2]:
            first = int(point)
            return version_and_address(first + 1 if self.holds(first + 1) and first + 1 != SHIFT else first)
        return None


def place(version: int, address: int) -> int:
    """Where an address stands on the line."""
    return address if version == 4 else SHIFT + address


def version_and_address(point: int) -> tuple[int, int]:
    """The address that stands at a point of the line."""
    return (4, point) if point < SHIFT else (6, point - SHIFT)
