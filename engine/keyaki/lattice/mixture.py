"""Mixtures: the scanners that a question comes down to where globs and types, or several types, meet in one text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from keyaki.automata.glob import Chars, Glob
from keyaki.automata.meter import Meter
from keyaki.automata.product import Union
from keyaki.lattice.address_scanner import AddressScanner
from keyaki.lattice.decimals import Numbers
from keyaki.lattice.families import TOPS, Kind, Part, octets_text, size
from keyaki.lattice.instant_scanner import InstantScanner
from keyaki.lattice.instant_scanner import State as InstantState
from keyaki.lattice.instants import Instants, Seconds
from keyaki.lattice.number_scanner import NumberScanner
from keyaki.lattice.predicate import AddressPredicate, InstantPredicate, NumberPredicate, TruthPredicate
from keyaki.lattice.product import States, find_text
from keyaki.lattice.scanner import GlobScanner, OctetsScanner, Scanner, TruthScanner

_MADE: Final = 30  # microseconds for each bound of a set, written out and put in its place among the others


def mixed_text(
    families: Mapping[Kind, Part], own: Kind | None, holds: Sequence[Union], fails: Sequence[Union], meter: Meter
) -> str | tuple[str, ...]:
    """Return a text that satisfies the part of each family, lies in each union of ``holds`` and in none of ``fails``.

    Of the family ``own`` only canonical texts are values, and the text must be one. If there is no such text, what is returned
    stands for all states of the product (see ``keyaki.lattice.product``). Raises Exhausted iff the meter runs out.
    """
    meter.spend(_MADE * sum(size(part.inside) for part in families.values()))
    types = [_scanner(part, canonical=kind is own) for kind, part in families.items()]
    shapes = [_shape(kind, canonical=kind is own) for kind, part in families.items() if part.holds or kind is own]
    return find_text(types, _glob_scanners(holds, fails, types), shapes, meter, _without_zones)


def dated_text(
    seconds: Seconds, holds: Sequence[Union], fails: Sequence[Union], meter: Meter, *, epoch: bool
) -> str | tuple[str, ...]:
    """Return the text of one of the seconds that lies in each union of ``holds`` and in none of ``fails``.

    The text is that in digits iff ``epoch``. Otherwise as ``mixed_text``.
    """
    meter.spend(_MADE * size(seconds))
    types, shape = _date_scanner(seconds, epoch=epoch), _date_scanner(Seconds.top(), epoch=epoch)
    return find_text([types], _glob_scanners(holds, fails, [types]), [shape], meter)


def _without_zones(types: Sequence[Scanner], alive: Iterable[States]) -> list[Scanner]:
    """The scanners, that of instants without zones where the globs leave room for none: it is a hundred times smaller then."""
    shapes = (state for states in alive for state in states if isinstance(state, InstantState))
    if any(shape.zone not in {"", "Z"} for shape in shapes):
        return list(types)
    return [
        InstantScanner(scanner.instants, zones=False) if isinstance(scanner, InstantScanner) and not scanner.others else scanner
        for scanner in types
    ]


def _date_scanner(seconds: Seconds, *, epoch: bool) -> Scanner:
    if epoch:
        return NumberScanner(Numbers(seconds.cuts), canonical=True, whole=True)
    return InstantScanner(Instants(seconds.cuts), canonical=True)


def _glob_scanners(holds: Sequence[Union], fails: Sequence[Union], beside: Sequence[Scanner]) -> list[Scanner]:
    """Return one scanner for each union that must hold and one for all that must fail.

    A glob that needs a character which a scanner ``beside`` them never reads is left out where it must hold: it would keep
    alive texts that lead nowhere.
    """
    readable = [Chars(scanner.letters) for scanner in beside if not scanner.others]
    scanners: list[Scanner] = [GlobScanner(glob for glob in union.globs if _fits(glob, readable)) for union in holds]
    globs = [glob for union in fails for glob in union.globs]
    return [*scanners, GlobScanner(globs, others=True)] if globs else scanners


def _fits(glob: Glob, readable: Sequence[Chars]) -> bool:
    return not any((token.chars & chars).is_empty for chars in readable for token in glob.tokens if not token.run)


def _scanner(part: Part, *, canonical: bool) -> Scanner:
    """Return the scanner of a family's part; ``canonical`` where every text of the universe is a value of the family."""
    others = not part.holds and not canonical
    inside: Any = part.inside
    if part.kind is NumberPredicate:
        return NumberScanner(inside, others=others, canonical=canonical)
    if part.kind is InstantPredicate:
        return InstantScanner(inside, others=others)
    if part.kind is AddressPredicate:
        return AddressScanner(inside, others=others, canonical=canonical)
    if part.kind is TruthPredicate:
        return TruthScanner(inside.values, others=others)
    return OctetsScanner(map(octets_text, inside.values), all_but=inside.all_but, others=others)


def _shape(kind: Kind, *, canonical: bool) -> Scanner:
    """Return a small scanner that accepts all texts of a family."""
    if kind is InstantPredicate:
        return InstantScanner(TOPS[kind], shape=True)
    return _scanner(Part(kind, (0,), (), TOPS[kind]), canonical=canonical)
