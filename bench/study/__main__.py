"""Put questions about policies to keyaki, z3 and cvc5, and write a table (CSV) and a plot (SVG) of verdicts and latencies.

Without a source named, all that need no file are taken: the parametric families and a sample of the AWS managed policies.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from provenance import provenance
from rivals.program import FIRST, MissingError, Worker
from study.growth import of_pairs
from study.sources import SEED, of_families, of_folder, of_managed, of_versions
from study.subject import Subject
from study.table import Table, read, summary
from study.trial import DIALECTS, columns, trial

SOLVERS = ("z3", "cvc5")
PACKAGES = ("keyaki", "attrs", "z3-solver", "cvc5", "moto")
SMOKE = (1, 2)
DEFAULT_SAMPLE = "20"
"""How many pairs of managed policies are asked about where nothing else is said."""


def main(argv: list[str] | None = None) -> int:
    """Return the exit status: 1 iff two answers differ, or one from what is known."""
    arguments = _arguments(argv)
    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    path = out / "study.csv"
    dialects = tuple(arguments.dialect or DIALECTS)
    solvers = {name: solver for name in (arguments.solver or SOLVERS) if (solver := _solver(name, arguments.seconds))}
    header = {**provenance(PACKAGES), "seed": arguments.seed, "limit": f"{arguments.seconds} s of the processor for each script"}
    try:
        with path.open("w", encoding="utf-8", newline="") as stream:
            table = Table(stream, columns(dialects, tuple(solvers)), {**header, "sources": _told(arguments)})
            for number, subject in enumerate(_subjects(arguments), 1):
                table.write(trial(subject, solvers, dialects))
                _progress(number, subject)
    finally:
        for solver in solvers.values():
            solver.close()
    rows = read(path)
    print("\n".join(summary(rows)))
    if not arguments.no_plot and rows:
        from study.plot import draw  # noqa: PLC0415 - needs matplotlib

        draw(rows, out / "study.svg")
    return int(any(row["agree"] == "no" for row in rows))


def _arguments(argv: list[str] | None) -> Namespace:
    parser = ArgumentParser("python bench/study", description=__doc__)
    sources = parser.add_argument_group("sources")
    sources.add_argument("--families", action="store_true", help="the parametric families")
    sources.add_argument("--managed", metavar="N", help="N pairs of the AWS managed policies in moto's wheel, or `all`")
    sources.add_argument("--folder", metavar="PATH", type=Path, help="the identity policies in a folder")
    sources.add_argument("--versions", metavar="FILE", type=Path, help="versions of policies, a JSON object a line (or .xz)")
    sources.add_argument("--every", metavar="N", type=int, default=1, help="each N-th pair of versions only")
    sources.add_argument("--seed", type=int, default=SEED, help="of the sample of pairs")
    sources.add_argument("--smoke", action="store_true", help="the smallest members of the families only")
    how = parser.add_argument_group("how")
    how.add_argument("--seconds", type=int, default=10, metavar="N", help="limit of a solver, for each script (default: 10)")
    how.add_argument("--solver", action="append", choices=SOLVERS, help="one solver only; may be repeated")
    how.add_argument("--dialect", action="append", choices=DIALECTS, help="one dialect only; may be repeated")
    how.add_argument("--out", default="study", metavar="FOLDER", help="where study.csv and study.svg go (default: study)")
    how.add_argument("--no-plot", action="store_true", help="the table only")
    return parser.parse_args(argv)


def _subjects(arguments: Namespace) -> Iterator[Subject]:
    anything = arguments.families or arguments.managed or arguments.folder or arguments.versions or arguments.smoke
    if arguments.smoke:
        yield from of_families(SMOKE[1:])
        yield from of_pairs(SMOKE)
    elif arguments.families or not anything:
        yield from of_families()
        yield from of_pairs()
    if arguments.managed or not anything:
        managed = arguments.managed or DEFAULT_SAMPLE
        yield from of_managed(None if managed == "all" else int(managed), arguments.seed)
    if arguments.folder:
        yield from of_folder(arguments.folder)
    if arguments.versions:
        yield from of_versions(arguments.versions, arguments.every)


def _told(arguments: Namespace) -> str:
    """The sources, files and folders by their last name only."""
    found = ["smallest families"] if arguments.smoke else ["families"] if arguments.families else []
    found += [f"managed {arguments.managed}"] if arguments.managed else []
    found += [f"folder {arguments.folder.name}"] if arguments.folder else []
    found += [f"versions {arguments.versions.name}, every {arguments.every}"] if arguments.versions else []
    return "; ".join(found) or f"families; managed {DEFAULT_SAMPLE}"


def _solver(name: str, seconds: int) -> Worker | None:
    try:
        return Worker(name, first=FIRST, seconds=seconds)
    except MissingError:
        print(f"{name} is not installed and is left out", file=sys.stderr)
        return None


def _progress(number: int, subject: Subject) -> None:
    if sys.stderr.isatty():
        print(f"\r{number}: {subject.question}, {subject.family}, {subject.name}"[:100].ljust(100), end="", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
