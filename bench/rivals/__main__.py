"""Ask keyaki and other programs the same questions in one run, and write one table of verdicts and times.

Needs the extras ``bench`` and ``rivals``. The scanners may live in an environment of their own, whose interpreter ``--scanners``
names. A run takes some minutes; do nothing else on the machine meanwhile.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from provenance import provenance  # noqa: E402 - likewise
from rivals.contest import Entrant, Result, contest, document, kept, plainly, restored, selected  # noqa: E402 - after the path
from rivals.program import FIRST, SECONDS, MissingError, Worker  # noqa: E402 - likewise
from rivals.questions import SEED, Question, of_all_managed, of_families, of_managed, of_tricky, sampled  # noqa: E402 - likewise
from rivals.report import SELECTED, SOLVERS, Standing, comma_separated, markdown, standings  # noqa: E402 - likewise
from tracking import PACKAGES, SCHEMA, Record, read_all, write  # noqa: E402 - likewise

RECORDS: Final = HERE.parent / "record" / "rivals"
SLOWEST: Final = "z3"
"""The program that is asked about a sample of AWS's policies only, so that a run ends within ten minutes."""
SCANNERS: Final = ("cloudsplaining", "parliament")
OWN: Final = ("keyaki", "keyaki, from the object", "one fixed key")
SETS: Final = ("managed", "families", "tricky", "all managed")
LARGEST: Final = SETS[-1]


def main() -> int:
    """Return the exit status: 1 iff keyaki, or a solver, gave a wrong answer."""
    arguments = _arguments()
    if arguments.table or arguments.csv:
        return _shown(arguments, read_all(RECORDS)[-1:])
    record = _run(arguments)
    if not arguments.only and arguments.seconds == SECONDS:
        print(f"wrote {write(record, RECORDS).relative_to(HERE.parents[1])}")
    return _shown(arguments, [record])


def _arguments() -> Namespace:
    parser = ArgumentParser("python bench/rivals", description=__doc__)
    parser.add_argument("--scanners", metavar="PYTHON", default=sys.executable, help="the interpreter that has the scanners")
    parser.add_argument("--sample", type=int, default=12, metavar="N", help=f"policies of AWS's that {SLOWEST} is asked about")
    parser.add_argument("--all", dest="sample", action="store_const", const=1_000_000, help="all of them: an hour or so")
    parser.add_argument("--seconds", type=int, default=SECONDS, metavar="N", help="of the processor, for each question (20)")
    parser.add_argument("--only", metavar="SET", choices=SETS, help="one set of questions; not kept, as with --seconds")
    parser.add_argument("--table", action="store_true", help="run nothing; write the table of the last record again")
    parser.add_argument("--csv", action="store_true", help="run nothing; print each answer of the last record")
    return parser.parse_args()


def _run(arguments: Namespace) -> Record:
    """Ask everybody everything. Return the record: standings of all sets, answers of all but the largest."""
    workers = {name: worker for name in (*OWN, *SOLVERS, *SCANNERS) if (worker := _worker(name, arguments))}
    record = {
        "schema": SCHEMA,
        **provenance(PACKAGES),
        "seconds": arguments.seconds,
        "sample": {"seed": SEED, SLOWEST: arguments.sample},
    }
    try:
        results = list(_results(arguments, workers))
    finally:
        for worker in workers.values():
            record["packages"] |= worker.versions
            worker.close()
    record["standings"] = [one._asdict() for one in standings(results)]
    record["results"] = {f"{one.group}/{one.question}/{one.by}": kept(one) for one in results if one.group != LARGEST}
    return record


def _worker(name: str, arguments: Namespace) -> Worker | None:
    """Return the program, or None, with a message, where it is not installed."""
    try:
        if name in SOLVERS:
            return Worker(name, seconds=arguments.seconds, first=FIRST)
        return Worker(name, arguments.scanners if name in SCANNERS else sys.executable, seconds=arguments.seconds)
    except MissingError:
        print(f"left out: {name} is not installed")
        return None


def _results(arguments: Namespace, workers: Mapping[str, Worker]) -> Iterator[Result]:
    """Yield the results of each set."""
    scanners = [Entrant(name, workers[name], document) for name in SCANNERS if name in workers]
    entrants = [Entrant("keyaki", workers["keyaki"], document)]
    for name in SOLVERS:
        if name in workers:
            entrants.append(Entrant(name, workers[name], plainly, quick=False))
            entrants.append(Entrant(name + SELECTED, workers[name], selected, quick=False))
    entrants += [Entrant("one fixed key", workers["one fixed key"], document), *scanners]
    if arguments.only in {None, "managed"}:
        questions = of_managed()
        chosen = {question.name for question in sampled(questions, arguments.sample)}
        yield from contest(questions, entrants, lambda one, asked: not one.name.startswith(SLOWEST) or asked.name in chosen)
    plain = [one for one in entrants if SELECTED not in one.name]
    for name, found in (("families", of_families), ("tricky", of_tricky)):
        if arguments.only in {None, name}:
            yield from contest(list(found()), plain, everything)
    if arguments.only in {None, LARGEST}:
        name = "keyaki, from the object"
        yield from contest(of_all_managed(), [Entrant(name, workers[name], document), *scanners], everything)


def everything(_: Entrant, __: Question) -> bool:
    """Return True: every program is asked every question."""
    return True


def _shown(arguments: Namespace, records: Sequence[Record]) -> int:
    """Show a record. Return 1 iff there is none, or keyaki or a solver is wrong in it."""
    if not records:
        print("there is no record of rivals yet")
        return 1
    results = [restored(found) for found in records[0]["results"].values()]
    if arguments.csv:
        print(comma_separated(results), end="")
        return 0
    lines = "\n".join(markdown([Standing(**found) for found in records[0]["standings"]], results)) + "\n"
    print(lines)
    if records[0]["seconds"] == SECONDS and not arguments.only:
        (RECORDS / "table.md").write_text(lines, encoding="utf-8")
    wrong = [one for one in results if one.is_wrong and one.by.split(",")[0] in {"keyaki", *SOLVERS}]
    for one in wrong:
        print(f"wrong: {one.by} says {one.said.value} of {one.group}/{one.question}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
