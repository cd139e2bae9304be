"""What each rule of the grammar makes of its children. No tree is built."""

from __future__ import annotations

from typing import Any

from keyaki.syntax.lexeme import Object


class Shape:
    """One callback per rule, which takes the rule's children, punctuation included."""

    @staticmethod
    def object(children: list[Any]) -> Object:
        """``{ members }``: the members and the offsets of the braces."""
        return children[1] if len(children) == 3 else [], children[0], children[-1] + 1

    @staticmethod
    def array(children: list[Any]) -> list[Any]:
        """``[ items ]``: the items."""
        return children[1] if len(children) == 3 else []

    @staticmethod
    def first(children: list[Any]) -> list[Any]:
        """The first of several members; also a member itself, which is its name and its value."""
        return children

    @staticmethod
    def more(children: list[Any]) -> list[Any]:
        """The members so far, a comma and one more."""
        members: list[Any] = children[0]
        members.append(children[2])
        return members

    @staticmethod
    def same(children: list[Any]) -> Any:
        """A rule that only gives its one child another name."""
        return children[0]

    element = clause = principal = test = entry = first
    policy = statement = keyword = text = value = same
