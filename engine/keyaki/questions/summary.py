"""Summary: all that a policy grants, as regions that exclude each other and name no Deny.

Every region is a set of actions, resources and conditions that holds whole: whatever lies in it is allowed. Together they are
exactly what the policy allows, and a summary can be put in a policy's place in any question, so that this can be checked: it
is ``equivalent`` to its policy. A region may say what must not hold (a Deny's condition, say), which the policy language has
no words for.

The number of regions can grow with the product of the parts of statements that overlap, so it is bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import evolve, field, frozen

from keyaki.errors import QuestionError
from keyaki.policy import ConditionEntry, Element, Policy, Request
from keyaki.questions.ask import BUDGET, Asker, Proof
from keyaki.questions.cells import Actions, Cell, Part, cell_of, without
from keyaki.questions.reach import EVERY, Reach, is_literal
from keyaki.questions.sides import Entry, Given, Readback, Side, read
from keyaki.symbolic.encode import Region as Encoded
from keyaki.values import ascii_fold

MOST_REGIONS: Final = 500
"""How many regions a summary may have on the way; past it the policy counts as too tangled to be summarised."""


_PER_PART: Final = 8
"""Steps for each part of a cell when a request in it is looked for."""


@frozen
class GrantedRegion:
    """Requests that are all allowed, by Allow ``statement``.

    An action is one of ``actions``, where a pattern may have others taken out of it; ``where`` are the further parts in
    words, and ``example`` is a request in it.
    """

    statement: int
    actions: tuple[str, ...]
    where: tuple[str, ...]
    example: Request

    @property
    def words(self) -> str:
        """The region in words."""
        listed = ", ".join(self.actions)
        return f"{listed} {', '.join(self.where)}" if self.where else f"{listed} on every resource"


@frozen
class Summary(Readback):
    """What a policy grants, of one ``service`` or (None) of all."""

    service: str | None
    regions: tuple[GrantedRegion, ...]
    _policy: Policy = field(repr=False)
    _cells: tuple[Cell, ...] = field(repr=False, eq=False)

    def allows(self, request: Request) -> bool:
        """True iff the request lies in a region, by the reference evaluator."""
        return any(cell.holds(request) for cell in self._cells)

    def side(self, first: int) -> Side:
        """Return the summary as a side of a question."""
        return SummarySide(self, self._cells, self._policy, first)


class SummarySide(Side):
    """A side that allows what the cells of a summary hold."""

    def __init__(self, summary: Summary, cells: tuple[Cell, ...], policy: Policy, first: int) -> None:
        super().__init__(evolve(policy, statements=()), first)
        self.summary = summary
        (document,) = self.documents
        document.lists = cells[0].entry.document.lists if cells else frozenset()
        document.mentions = cells[0].entry.document.mentions if cells else {}
        for cell in cells:
            for actions in _together(cell.actions):
                self.levels[0].append(CellEntry(cell, actions, self.last))
                self.last += 1

    def allows(self, request: Request, principal: str | None = None) -> bool:
        """True iff the request lies in a region."""
        del principal
        return self.summary.allows(request)


def _together(actions: tuple[Actions, ...]) -> list[tuple[Actions, ...]]:
    """Return the actions in groups: those that are patterns and no more, and each other one by itself."""
    plain = tuple(one for one in actions if not one.within and not one.without)
    return [*([plain] if plain else []), *((one,) for one in actions if one.within or one.without)]


class CellEntry(Entry):
    """A cell, or as much of it as a group of its actions, as an Allow."""

    __slots__ = ("actions", "cell")
    is_whole = False

    def __init__(self, cell: Cell, actions: tuple[Actions, ...], number: int) -> None:
        super().__init__(cell.entry.document, cell.entry.statement, number)
        self.cell = cell
        self.actions = actions
        element = Element(False, tuple(one.pattern for one in actions))
        self.reach = Reach(evolve(cell.entry.statement, action=element))

    def applies(self, request: Request, principal: str | None) -> bool:
        """True iff the reference evaluator finds the request in the cell."""
        del principal
        return evolve(self.cell, actions=self.actions).holds(request)

    def region(self, several: frozenset[str] = frozenset()) -> Encoded | None:
        """Return what the cell asks of action, resource and context."""
        if several & self.document.mentions.keys():
            raise QuestionError("a summary cannot be compared with a policy that takes a key for a list that it does not")
        atoms = [atom for one in self.actions for atom in one.atoms(self.number)]
        for count, part in enumerate(self.cell.parts):
            atom = part.literal()
            atoms.append(evolve(atom, place=(self.number, f"part {count}")))
        return Encoded(self.number, self.statement.effect, tuple(atoms))


def summarise(policy: Given, service: str | None = None, *, budget: int = BUDGET) -> Summary:
    """Return all that an identity policy grants, or all of one service, as regions that exclude each other.

    Raises:
        PolicySyntaxError: a text or object is no policy. QuestionError: it is a resource policy or a set of policies, the
        service is no plain name, or the policy would need more than
            MOST_REGIONS regions.
        Exhausted: the budget is spent. Undecidable never leaves here: a region that could be empty is kept out only by proof.
    """
    if isinstance(policy, Readback) or not isinstance(policy, (Policy, str, bytes, bytearray, dict)):
        raise QuestionError("a summary is of one policy document")
    if service is not None and (not service or not is_literal(service) or ":" in service):
        raise QuestionError(f"`{service}` is no service", hint="it is what stands before the colon of an action: `s3`")
    side = Side(read(policy))
    if not side.is_identity:
        raise QuestionError("this is a resource policy; a summary is of an identity policy", code="resource-policy")
    found = _Summariser(side, None if service is None else ascii_fold(service), budget)
    cells = found.run()
    regions = tuple(
        GrantedRegion(cell.entry.statement.index, found.actions(cell), found.where(cell), example) for cell, example in cells
    )
    return Summary(service, regions, side.documents[0].policy, tuple(cell for cell, _ in cells))


class _Summariser:
    def __init__(self, side: Side, service: str | None, budget: int) -> None:
        self.side = side
        self.service = service
        self.asker = Asker((side,), budget)

    def run(self) -> list[tuple[Cell, Request]]:
        """Return the cells with a request in each, in the order of their statements."""
        entries = sorted(
            self.side.levels[0], key=lambda entry: (len(entry.statement.conditions), not _is_wide(entry), entry.number)
        )
        found: list[tuple[Cell, Request]] = []
        for at, entry in enumerate(entries):
            cell = cell_of(entry, self.service)
            if cell is not None:
                found += self._cells(cell, [*entries[:at], *self.side.denies])
                _bound(len(found))
        return sorted(found, key=lambda one: one[0].entry.number)

    def _cells(self, cell: Cell, others: list[Entry]) -> list[tuple[Cell, Request]]:
        cells = [cell]
        for other in others:
            after: list[Cell] = []
            for one in cells:
                self.asker.meter.spend(1 + len(one.parts) + sum(1 + other.reach.others(each.pattern) for each in one.actions))
                parts = list(without(one, other))
                after += parts if parts == [one] else [part for part in parts if self._example(part) is not None]
            cells = after
            _bound(len(cells))
        return [(narrowed, example) for one in cells for narrowed, example in self._narrowed(one)]

    def _narrowed(self, cell: Cell) -> Iterator[tuple[Cell, Request]]:
        """Yield the cell with those of its actions for which there is a request, if any."""
        examples = [(one, example) for one in cell.actions if (example := self._request(cell, one)) is not None]
        if examples:
            yield evolve(cell, actions=tuple(one for one, _ in examples)), examples[0][1]

    def _example(self, cell: Cell) -> Request | None:
        return next((found for one in cell.actions if (found := self._request(cell, one)) is not None), None)

    def _request(self, cell: Cell, actions: Actions) -> Request | None:
        if is_literal(actions.pattern) and not actions.hold(actions.pattern):
            return None
        self.asker.meter.spend(_PER_PART * (len(cell.parts) + len(actions.within) + len(actions.without)))
        entry = CellEntry(cell, (actions,), -3)
        one = evolve(cell, actions=(actions,))
        found = self.asker.ask(actions.pattern, [entry], [], lambda found: one.holds(found.request))
        return None if isinstance(found, Proof) else found.request

    def actions(self, cell: Cell) -> tuple[str, ...]:
        """The actions of a cell in words."""
        spelt = {ascii_fold(text): text for entry in self.side.entries for text in entry.statement.action.values}
        return tuple(_of_actions(one, spelt) for one in cell.actions)

    def where(self, cell: Cell) -> tuple[str, ...]:
        """The parts of a cell in words, each once."""
        return tuple(dict.fromkeys(map(_of_part, cell.parts)))


def _bound(count: int) -> None:
    if count > MOST_REGIONS:
        raise QuestionError(f"the policy's statements overlap in more than {MOST_REGIONS} regions", code="too-tangled")


def _is_wide(entry: Entry) -> bool:
    resource = entry.statement.resource
    return resource is not None and not resource.negated and EVERY in resource.values


def _of_actions(one: Actions, spelt: dict[str, str]) -> str:
    text = spelt.get(one.pattern, one.pattern)
    for patterns in one.within:
        text += f" that match {' or '.join(spelt.get(pattern, pattern) for pattern in patterns)}"
    if one.without:
        text += f" (not {', '.join(spelt.get(pattern, pattern) for pattern in one.without)})"
    return text


def _of_part(part: Part) -> str:
    statement = part.entry.statement
    if part.what == "resource" and statement.resource is not None:
        inside = part.truth is not statement.resource.negated
        return f"{'on' if inside else 'not on'} {', '.join(statement.resource.values)}"
    if part.what.startswith("has "):
        return f"where `{part.what.removeprefix('has ')}` is {'present' if part.truth else 'absent'}"
    return (
        f"{'where' if part.truth else 'unless'} {_of_condition(statement.conditions[int(part.what.removeprefix('condition '))])}"
    )


def _of_condition(entry: ConditionEntry) -> str:
    name = entry.operator.name or entry.operator.family.value
    return f"{name} of `{entry.key}` with {', '.join(entry.values)}"
