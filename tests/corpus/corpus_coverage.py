"""The coverage table: which operator, in which form and effect, decides the verdict of which cases.

``python tests/corpus/corpus_coverage.py`` writes ``coverage.md`` anew.
"""

from __future__ import annotations

from collections import defaultdict

from corpus_cases import FOLDER, cases

OPERATORS = (
    *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"),
    *("ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"),
    *("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals"),
    *("NumericGreaterThan", "NumericGreaterThanEquals"),
    *("DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"),
    *("Bool", "BinaryEquals", "IpAddress", "NotIpAddress"),
)
FORMS = ("{}", "{}IfExists", "ForAllValues:{}", "ForAnyValue:{}")
EFFECTS = ("Allow", "Deny")
TABLE = FOLDER / "coverage.md"
HEAD = """\
# Coverage of the corpus

Written by `python tests/corpus/corpus_coverage.py`; a test compares it with the cases.

{files}

## Operators that decide

An entry of a Condition is decisive in a case iff without it the verdict is another (scope confined, mode exact). On an Allow
such a case PASSED, on a Deny it FAILED. Each operator decides in at least two cases in each form and on each effect. The cells
count the cases; the lists below name them.

Null takes no IfExists: `NullIfExists` is an error. `ForAllValues:Null` always holds, so it never decides; `ForAnyValue:Null`
never holds, so it always does. IfExists behind a set prefix changes nothing; the cases that show it stand at the end.
"""


def required() -> list[tuple[str, str]]:
    """Every operator form and effect that must decide in two cases or more."""
    names = [form.format(operator) for operator in OPERATORS for form in FORMS]
    return [(name, effect) for name in [*names, "Null", "ForAnyValue:Null"] for effect in EFFECTS]


def deciding() -> dict[tuple[str, str], list[str]]:
    """Operator form and effect to the names of the cases where such an entry is decisive, each once, in corpus order."""
    found: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for case in cases():
        statements = case.statements()
        for entry in case.decisive:
            found[entry.operator, statements[entry.statement]["Effect"]][case.name] = None
    return {cell: list(names) for cell, names in found.items()}


def table() -> str:
    """The whole text of ``coverage.md``."""
    found = deciding()
    lines = [HEAD.format(files=_files())]
    lines += ["| operator | effect | bare | IfExists | ForAllValues | ForAnyValue |", "|---|---|---|---|---|---|"]
    lines += [_row(operator, effect, found) for operator in OPERATORS for effect in EFFECTS]
    lines += [_row("Null", effect, found) for effect in EFFECTS]
    cells = required()
    cells += sorted(cell for cell in found if cell not in set(cells))
    lines += ["", "## Where each decides", ""]
    lines += [f"* `{name}` on {effect}: {', '.join(found.get((name, effect), ()))}" for name, effect in cells]
    return "\n".join(lines) + "\n"


def _row(operator: str, effect: str, found: dict[tuple[str, str], list[str]]) -> str:
    counts = [str(len(found.get((form.format(operator), effect), ()))) for form in FORMS]
    return f"| {operator} | {effect} | {' | '.join(counts)} |"


def _files() -> str:
    tally: dict[str, list[int]] = {}
    for case in cases():
        row = tally.setdefault(case.file, [0, 0])
        row[0] += 1
        row[1] += case.outcome == "FAILED"
    rows = [f"| {file} | {count} | {failed} | {count - failed} |" for file, (count, failed) in tally.items()]
    total, failed = (sum(row[part] for row in tally.values()) for part in (0, 1))
    head = ["| file | policies | FAILED | PASSED |", "|---|---|---|---|"]
    return "\n".join([*head, *rows, f"| all | {total} | {failed} | {total - failed} |"])


if __name__ == "__main__":
    TABLE.write_text(table(), encoding="utf-8")
