"""Finite and co-finite sets: truth values and byte strings."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING, Any

from attrs import frozen

from keyaki.lattice.domain import Domain

if TYPE_CHECKING:
    from typing_extensions import Self


@frozen
class Finite(Domain):
    """The listed values, or iff ``all_but`` every value of the universe that is not listed. All operations are O(m + n)."""

    values: frozenset[Any] = frozenset()
    all_but: bool = False

    def __contains__(self, value: Any) -> bool:
        return (value in self.values) != self.all_but

    def __invert__(self) -> Self:
        return type(self)(self.values, not self.all_but)

    def __and__(self, other: Self) -> Self:
        if self.all_but and other.all_but:
            return type(self)(self.values | other.values, all_but=True)
        if self.all_but:
            return type(self)(other.values - self.values)
        return type(self)(self.values - other.values if other.all_but else self.values & other.values)

    def __or__(self, other: Self) -> Self:
        return ~(~self & ~other)

    @property
    def is_bottom(self) -> bool:
        """True iff the set is empty: a universe without end is never listed whole."""
        return not self.values and not self.all_but

    def member(self) -> Any:
        """A readable member; subclasses say which."""
        raise NotImplementedError


class Octets(Finite):
    """Finite and co-finite sets of byte strings."""

    __slots__ = ()

    def member(self) -> bytes | None:
        """A shortest member, the empty one last of all since its text is empty; None iff the set is empty."""
        listed: frozenset[bytes] = self.values
        if not self.all_but:
            return min(listed, key=lambda value: (not value, len(value), value), default=None)
        return next(value for value in _byte_strings() if value not in listed)


def _byte_strings() -> Iterator[bytes]:
    """Byte strings that are not empty, the short ones first: more of them than any list excludes."""
    return (number.to_bytes((number.bit_length() + 7) // 8, "big") for number in count(1))


class Truths(Finite):
    """Subsets of {true, false}; always listed, so that equal sets have one representation."""

    __slots__ = ()

    def __invert__(self) -> Self:
        return type(self)(frozenset({True, False}) - self.values)

    def member(self) -> bool | None:
        """True if it is in the set, else False; None iff the set is empty."""
        return None if self.is_bottom else True in self.values
