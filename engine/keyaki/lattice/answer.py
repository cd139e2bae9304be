"""Answers: a member of a set of texts, or the evidence that there is none.

Evidence is plain data (strings, integers, booleans, tuples; of a Closure its ``states``), so that a checker that shares no code
with the search can verify it. It cites predicates by their index in ``holds`` and ``fails`` of the question, as few as were
cheap to single out, and says whether the universe is needed too. A checker has to show: no text of the universe (if it is
cited, else: no text at all) satisfies every cited predicate of ``holds`` and none of ``fails``. How, depends on ``kind``:

``words``    ``detail`` is the index in ``holds`` of a finite list of words, or None: the universe is the list. Each word
             violates a cited predicate, or is not in the universe and the universe is cited.
``foreign``  The one cited predicate reads values of a type that no text of the universe reads as. Believe: a canonical decimal
             is no truth value and no address; a canonical address is nothing but an address; the text of a date is nothing but
             an instant; the digits of a date are neither truth value nor address.
``points``   The cited predicates read values of one line: numbers, instants (on a coordinate of dates also the numbers and the
             words that are dates), addresses, truth values or byte strings. Their bounds cut the line into points and open
             intervals on which every predicate is constant. One representative of each violates a cited predicate: the
             bounds, a point between neighbouring bounds, one beyond each end; on a discrete line the bounds and their
             neighbours; of byte strings the listed ones and one other. If no cited predicate of ``holds`` is there, a text that
             is no value would do, so then the universe is cited, and all its texts are values of that line.
``closure``  ``detail`` is a ``keyaki.automata.product.Closure``, whose module states the law, for the unions of the cited
             ``holds`` in order, then those of the universe's ``holds`` if it is cited, and likewise for ``fails``. A cited
             predicate of ``holds`` that reads values counts as the texts of one or more characters that its type's texts are
             made of (``keyaki.lattice.families.COVERS``). Cited predicates of the digits of a date are read on digits, and then
             the universe is that of one or more digits.
``product``  Any mixture. ``detail`` is a tuple of texts that stand for states. Run one deterministic automaton for the cited
             predicates of each type, for the globs, and for the universe if it is cited, over each: the empty text is among
             them; each of them, longer by any one character, leads to the state of one of them, or to where one of the
             automata accepts no continuation, or to where globs and types do not even if all values of a type are inside;
             none of them is accepted by all. See ``keyaki.lattice.scanner`` and ``keyaki.lattice.product``.
"""

from __future__ import annotations

from typing import Any

from attrs import frozen


@frozen
class Member:
    """A text of the universe that satisfies the question; ``second`` is its instant where the universe is one of dates."""

    text: str
    second: int | None = None


@frozen
class Empty:
    """There is no such text; the fields are the evidence, see the module's docstring."""

    kind: str
    holds: tuple[int, ...] = ()
    fails: tuple[int, ...] = ()
    universe: bool = False
    detail: Any = None


@frozen
class Unknown:
    """The question could not be settled, and why."""

    reason: str


Answer = Member | Empty | Unknown
