from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from families import Case, allow, document
from keyaki import check, policy_from, verify
from rivals import program
from rivals.contest import ROUNDS, Entrant, Result, contest, kept, restored, result
from rivals.contest import document as text_of
from rivals.program import Answer, MissingError, Said, Worker
from rivals.questions import Question, of_families, of_tricky, sampled, script
from rivals.report import Lead, cell, comma_separated, leads, markdown, standings
from rivals.tricky import TRICKY
from rivals.worker import answer, serve

SECOND = 1_000_000_000


def question(name: str, expected: str = "FAILED", family: str = "", n: int = 0) -> Question:
    """A question of the set ``families``."""
    return Question("families", name, document([allow("*")]), expected, family, n)


def outcome(name: str, by: str, said: Said, took: int, **facts: Any) -> Result:
    """A result of the set ``managed``, where FAILED is right."""
    given = {"family": "", "n": 0, "expected": "FAILED", "least": took, "read": 5, "rounds": 3} | facts
    return Result(group="managed", question=name, by=by, said=said, took=took, **given)


class Scripted:
    """A program that gives the next of some answers each time it is asked, and keeps what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.calls: list[list[str]] = []

    def ask(self, texts: Sequence[str]) -> Iterator[Answer]:
        """Yield an answer to each text: the next one, the last again and again."""
        self.calls.append(list(texts))
        for _ in texts:
            yield self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def entrant(program: Any, *, quick: bool = True, name: str = "keyaki") -> Entrant:
    """A column of a scripted program."""
    return Entrant(name, program, text_of, quick=quick)


def everything(*_: object) -> bool:
    """True."""
    return True


# Questions


@pytest.mark.parametrize("name", TRICKY)
def test_the_engine_is_not_tricked(name: str) -> None:
    """Each tricky policy gets the verdict that was worked out by hand, with evidence that holds."""
    case: Case = TRICKY[name]
    policy = policy_from(case.document)
    verdict = check(policy)
    assert verdict.outcome.value == case.outcome
    verify(policy, verdict)


def test_families_grow() -> None:
    """Within a family sizes grow, so that who runs out of time on a small one need not be asked about a large one."""
    last: dict[str, int] = {}
    for asked in of_families():
        assert not asked.family or asked.n > last.get(asked.family, 0)
        last[asked.family] = asked.n
    assert {f"{family}, {side}" for family in ("account pairs", "windows") for side in ("sat", "unsat")} <= set(last)


def test_questions_are_told_apart_and_have_scripts() -> None:
    """No two questions of a set share a name, each can be written for a solver, and selecting beforehand adds nothing."""
    asked = [*of_families(), *of_tricky()]
    assert len({(one.group, one.name) for one in asked}) == len(asked)
    for one in asked:
        if one.n <= 10:
            assert "(check-sat)" in script(one.text, selected=True)
            assert len(script(one.text, selected=True)) <= len(script(one.text, selected=False))


def test_a_sample_is_always_the_same() -> None:
    """A sample keeps the order, has its size or everything, and does not change from run to run."""
    asked = [question(str(number)) for number in range(40)]
    chosen = [one.name for one in sampled(asked, 5)]
    assert chosen == [one.name for one in sampled(asked, 5)]
    assert chosen == sorted(chosen, key=int)
    assert (len(chosen), sampled(asked, 99)) == (5, asked)


# The contest


def test_quick_programs_are_asked_a_set_at_one_go() -> None:
    """A quick program gets all texts of a set together, once in each round."""
    asked = [question("a"), question("b")]
    one = Scripted(Answer(Said.FAILED, 1, 2))
    found = list(contest(asked, [entrant(one)], everything))
    assert one.calls == [[each.text for each in asked]] * ROUNDS
    assert [(each.question, each.said, each.took, each.read, each.rounds) for each in found] == [
        ("a", Said.FAILED, 2, 1, ROUNDS),
        ("b", Said.FAILED, 2, 1, ROUNDS),
    ]


def test_who_takes_long_is_asked_once() -> None:
    """What took more than a second is not asked again, what took less is asked in each round."""
    slow, brief = Scripted(Answer(Said.FAILED, 0, 2 * SECOND)), Scripted(Answer(Said.FAILED, 0, 2))
    list(contest([question("a")], [entrant(slow, quick=False, name="z3"), entrant(brief, quick=False, name="cvc5")], everything))
    assert (len(slow.calls), len(brief.calls)) == (1, ROUNDS)


def test_who_is_lost_is_not_asked_about_more() -> None:
    """After a timeout on a member of a family its larger members are left out, other questions are not."""
    asked = [question("p 1", family="p", n=1), question("p 2", family="p", n=2), question("q"), question("r")]
    late = Answer(Said.TIMEOUT, 0, 20 * SECOND)
    one = Scripted(late, late, Answer(Said.FAILED, 0, 2 * SECOND))
    found = list(contest(asked, [entrant(one, quick=False)], everything))
    assert [(each.question, each.said) for each in found] == [("p 1", Said.TIMEOUT), ("q", Said.TIMEOUT), ("r", Said.FAILED)]


def test_who_is_not_asked_has_no_result() -> None:
    """A question that an entrant is spared is no result of his."""
    asked = [question("a"), question("b")]
    found = contest(asked, [entrant(Scripted(Answer(Said.PASSED, 0, 1)))], lambda _, each: each.name == "b")
    assert [each.question for each in found] == ["b"]


@pytest.mark.parametrize(
    ("said", "told", "wrong"),
    [
        ([Said.FAILED, Said.FAILED], Said.FAILED, False),
        ([Said.FAILED, Said.PASSED], Said.PASSED, True),
        ([Said.UNKNOWN, Said.PASSED], Said.PASSED, True),
        ([Said.UNKNOWN, Said.FAILED], Said.UNKNOWN, False),
        ([Said.ERROR], Said.ERROR, False),
    ],
)
def test_of_several_answers_a_wrong_one_counts(said: list[Said], told: Said, wrong: bool) -> None:
    """One wrong answer in any round is a wrong answer; none at all is not."""
    found = result(question("a"), "z3", [Answer(one, 0, 1) for one in said])
    assert (found.said, found.is_wrong) == (told, wrong)


def test_times_are_medians() -> None:
    """A result has the median and the least of what deciding took, and the median of reading."""
    found = result(question("a"), "z3", [Answer(Said.FAILED, read, took) for read, took in [(1, 10), (2, 50), (9, 20)]])
    assert (found.took, found.least, found.read, found.rounds) == (20, 10, 2, 3)


def test_a_kept_result_is_the_result() -> None:
    """What a record holds of a result is the result, through JSON, in the form of any other result in a record."""
    for one in (outcome("a", "z3", Said.UNKNOWN, 7, why="gave up"), outcome("b", "cvc5", Said.PASSED, 8, family="f", n=3)):
        assert restored(json.loads(json.dumps(kept(one)))) == one
        assert {"by", "median_ns"} <= set(kept(one))


# The table


def field() -> list[Result]:
    """Three programs on three questions."""
    return [
        outcome("a", "keyaki", Said.FAILED, 10),
        outcome("a", "z3", Said.FAILED, 1000),
        outcome("a", "cvc5", Said.FAILED, 400),
        outcome("b", "keyaki", Said.FAILED, 20),
        outcome("b", "z3", Said.TIMEOUT, 20 * SECOND),
        outcome("b", "cvc5", Said.PASSED, 10),
        outcome("c", "keyaki", Said.PASSED, 30, expected="PASSED"),
        outcome("c", "cvc5", Said.UNKNOWN, 3000, expected="PASSED"),
        outcome("c", "scanner", Said.FAILED, 3, expected="PASSED"),
    ]


def test_standings_count() -> None:
    """Missed findings, false alarms, silence and timeouts are counted apart; multiples are taken question by question."""
    found = {one.by: one for one in standings(field())}
    assert {name: one.asked for name, one in found.items()} == {"keyaki": 3, "z3": 2, "cvc5": 3, "scanner": 1}
    assert (found["cvc5"].missed, found["cvc5"].alarms, found["cvc5"].silent, found["cvc5"].timeouts) == (1, 0, 1, 0)
    assert (found["z3"].missed, found["z3"].timeouts, found["scanner"].alarms) == (0, 1, 1)
    assert (found["cvc5"].middle, found["cvc5"].longest, found["cvc5"].together) == (400, 3000, 3410)
    assert found["cvc5"].multiple == 40
    assert found["keyaki"].multiple == 1


def test_programs_stand_in_their_order() -> None:
    """Who is asked first, and who is spared the first question, changes nothing of the order of a table."""
    for rows in (field(), field()[::-1]):
        assert [one.by for one in standings(rows)] == ["keyaki", "z3", "cvc5", "scanner"]


def test_only_a_right_answer_is_ahead() -> None:
    """Who is faster with a wrong answer, or with none, is not ahead of keyaki."""
    assert [one.ahead for one in standings(field())] == [0, 0, 0, 0]
    assert standings([*field(), outcome("b", "quick", Said.FAILED, 19)])[-1].ahead == 1


def test_the_lead_is_over_the_faster_solver() -> None:
    """Each question counts the solver that took less, whatever it said: of nobody's time is a wrong answer's taken away."""
    (found,) = leads(field())
    assert found == Lead("managed", "", 3, 40, 0.5, ("b",))


def test_cells_tell_what_is_not_right() -> None:
    """A cell has the time, and a word where the answer is wrong, missing or late."""
    said = [Said.FAILED, Said.PASSED, Said.UNKNOWN, Said.ERROR]
    cells = [cell(outcome("a", "z3", one, 1500)) for one in said]
    assert cells == ["1.5 µs", "1.5 µs, wrong", "1.5 µs, no answer", "1.5 µs, error"]
    assert cell(outcome("a", "z3", Said.TIMEOUT, 20 * SECOND)) == "over 20 s"


def test_the_table_is_a_table() -> None:
    """All rows of a Markdown table have as many cells as its head, whatever stands in the names."""
    rows = [one._replace(group="tricky", question=f"kms:*|{one.question}") for one in field()]
    blocks = "\n".join(markdown(standings(rows), rows)).split("\n\n")
    tables = [[line.replace("\\|", "") for line in block.splitlines()] for block in blocks if block.startswith("|")]
    assert len(tables) == 3
    assert all(len({line.count("|") for line in table}) == 1 for table in tables)
    assert tables[-1][2].startswith(r"| kms:\*")
    assert "not asked" in tables[-1][2]


def test_every_answer_is_a_line_of_the_csv() -> None:
    """The CSV has a line for each answer under the names of its columns."""
    lines = comma_separated(field()).splitlines()
    assert lines[0].split(",")[:3] == ["group", "question", "family"]
    assert lines[1] == "managed,a,,0,FAILED,keyaki,FAILED,10,10,5,3,"
    assert len(lines) == 1 + len(field())


# Programs in processes of their own


class Echo:
    """An adapter whose answer is what it reads; it raises where it is told to."""

    packages = ("lark",)

    def read(self, text: str) -> str:
        """Return the text."""
        return text

    def decide(self, given: str) -> str:
        """Return it again, or raise."""
        if given == "raise":
            raise ValueError(given)
        return given


def test_a_worker_answers_each_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker writes its versions, and then a line for each text of each line, in order; an exception is an answer too."""
    monkeypatch.setattr("rivals.worker._limit", lambda _: None)
    lines = [{"texts": ["FAILED", "raise"], "seconds": 1}, {"texts": ["PASSED"], "seconds": 1}]
    written = StringIO()
    serve(Echo(), StringIO("".join(json.dumps(line) + "\n" for line in lines)), written)
    versions, *answers = [json.loads(line) for line in written.getvalue().splitlines()]
    assert set(versions) == {"lark"}
    assert [one["said"] for one in answers] == ["FAILED", "error", "PASSED"]
    assert answers[1]["why"] == "ValueError: raise"


def test_reading_and_deciding_are_timed_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a program takes to read a text is not counted as deciding."""
    ticks = iter([0, 7, 10, 100])
    monkeypatch.setattr("rivals.worker.thread_time_ns", lambda: next(ticks))
    monkeypatch.setattr("rivals.worker._limit", lambda _: None)
    found = answer(Echo(), "FAILED", 1)
    assert (found["read"], found["took"]) == (7, 90)


def test_keyaki_and_the_evaluator_answer_from_their_processes() -> None:
    """The real workers start, say which version they are, and answer; the evaluator misses what is not on its one key."""
    far, near = document([allow("arn:aws:kms:us-*:*:key/*")]), document([allow("*")])
    expected = {"keyaki": "FAILED", "keyaki, from the object": "FAILED", "one fixed key": "PASSED"}
    for name, said in expected.items():
        worker = Worker(name)
        found = list(worker.ask([json.dumps(far), json.dumps(near)]))
        worker.close()
        assert [one.said.value for one in found] == [said, "FAILED"]
        assert all(one.took > 0 for one in found)
        assert set(worker.versions) == {"keyaki"}


FRAGILE = """
import json, os, signal, sys
print(json.dumps({"fragile": "1"}), flush=True)
for line in sys.stdin:
    for text in json.loads(line)["texts"]:
        if text == "break":
            sys.exit(7)
        if text == "late":
            os.kill(os.getpid(), signal.SIGXCPU)
        print(json.dumps({"said": "FAILED", "read": 1, "took": 2, "why": ""}), flush=True)
"""


@pytest.fixture
def fragile(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Worker]:
    """A worker whose process ends at certain texts, as one does that is out of time."""
    (tmp_path / "worker.py").write_text(FRAGILE)
    monkeypatch.setattr(program, "HERE", tmp_path)
    worker = Worker("fragile", seconds=3)
    yield worker
    worker.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such signal")
def test_a_process_that_is_ended_ran_out_of_time(fragile: Worker) -> None:
    """The text at which a process is ended has no answer within the time, and those after it are put to a new process."""
    found = [one.said for one in fragile.ask(["a", "late", "b", "late"])]
    assert found == [Said.FAILED, Said.TIMEOUT, Said.FAILED, Said.TIMEOUT]
    assert [one.took for one in fragile.ask(["late", "a"])] == [3 * SECOND, 2]


def test_a_process_that_ends_by_itself_is_an_error(fragile: Worker) -> None:
    """A program that breaks is no program that took too long."""
    found = list(fragile.ask(["break", "a"]))
    assert [one.said for one in found] == [Said.ERROR, Said.FAILED]
    assert found[0].why == "ended with status 7"


def test_a_program_that_is_not_there_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A worker that ends before it says its version belongs to a program that is not installed."""
    (tmp_path / "worker.py").write_text("import sys; sys.exit(1)")
    monkeypatch.setattr(program, "HERE", tmp_path)
    with pytest.raises(MissingError):
        Worker("absent", sys.executable)
