"""What every domain of the lattice offers: a Boolean algebra of sets of values, with a readable member.

A domain is a set of values out of one fixed universe, the top. Meet, join and complement are exact and stay in the domain, so
the laws of Boolean algebra hold for all of them; `tests/laws` runs one contract class over each. Equality (``==``) compares
representations. Where the representation is canonical (every domain but texts) it says the same as ``equivalent``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self


class Domain(ABC):
    """A set of values of one type. Immutable and hashable."""

    __slots__ = ()

    @abstractmethod
    def __and__(self, other: Self) -> Self:
        """Meet: the values in both."""

    @abstractmethod
    def __or__(self, other: Self) -> Self:
        """Join: the values in either."""

    @abstractmethod
    def __invert__(self) -> Self:
        """Complement: the values of the universe that are not in this set."""

    @abstractmethod
    def __contains__(self, value: Any) -> bool:
        """Membership of one value; False for what is no value of the universe."""

    @property
    @abstractmethod
    def is_bottom(self) -> bool:
        """True iff the set is empty."""

    @abstractmethod
    def member(self) -> Any:
        """A short readable member, the same one each time; None iff the set is empty."""

    def __le__(self, other: Self) -> bool:
        """Inclusion: True iff every value of this set is in the other."""
        return (self & ~other).is_bottom

    def equivalent(self, other: Self) -> bool:
        """True iff both sets have the same values."""
        return self <= other <= self
