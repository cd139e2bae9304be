"""The corpus of policies with verdicts argued by hand: an oracle that owes nothing to the engine."""

from __future__ import annotations

import json
from functools import cache

import pytest
from attrs import evolve
from corpus_cases import FOLDER, MODES, SCOPES, Case, Entry, cases, edited, without
from corpus_coverage import TABLE, deciding, required, table

import keyaki

CASES = [pytest.param(case, id=case.name) for case in cases()]
DECISIVE = [
    pytest.param(case, entry, id=f"{case.name}-{entry.statement}-{entry.operator}-{entry.key}")
    for case in cases()
    for entry in case.decisive
]
FLIP = {"FAILED": "PASSED", "PASSED": "FAILED"}


@cache
def verdicts(name: str) -> dict[tuple[str, str], keyaki.Verdict]:
    """The engine's verdict on a case in every mode and scope."""
    case = next(case for case in cases() if case.name == name)
    policy = keyaki.parse(case.policy)
    return {
        (mode, scope): keyaki.check(policy, scope=scope, mode=mode, actions=case.actions, partition=case.partition)
        for mode in MODES
        for scope in SCOPES
    }


def default_outcome(case: Case, text: str) -> str:
    """The engine's outcome for another text of the case's policy in the default scope and mode."""
    return str(keyaki.check(text, actions=case.actions, partition=case.partition).outcome)


def in_parity(policy: keyaki.Policy) -> keyaki.Policy:
    """The policy without the conditions of its Allows and without the Denies that hold a condition test."""
    kept = [s for s in policy.statements if s.effect == "Allow" or not s.conditions]
    return evolve(policy, statements=tuple(evolve(s, conditions=()) for s in kept))


@pytest.mark.parametrize("case", CASES)
def test_outcome_in_every_scope_and_mode(case: Case) -> None:
    """The engine agrees with the expected outcome in each scope and each mode."""
    found = {question: str(verdict.outcome) for question, verdict in verdicts(case.name).items()}
    assert found == case.expected, case.reason


@pytest.mark.parametrize("case", CASES)
def test_every_witness_replays(case: Case) -> None:
    """Each grant's witness is allowed by the reference evaluator, in parity by the policy that parity is about."""
    policy = keyaki.parse(case.policy)
    asked = {"exact": policy, "parity": in_parity(policy)}
    for (mode, scope), verdict in verdicts(case.name).items():
        assert bool(verdict.grants) == (verdict.outcome == "FAILED"), (mode, scope)
        for grant in verdict.grants:
            assert keyaki.allows(asked[mode], grant.witness) == "allow", (mode, scope, grant)


@pytest.mark.parametrize("case", CASES)
def test_every_verdict_verifies(case: Case) -> None:
    """The checker accepts each verdict's witnesses or certificate."""
    policy = keyaki.parse(case.policy)
    for verdict in verdicts(case.name).values():
        keyaki.verify(policy, verdict)


@pytest.mark.parametrize("case", CASES)
def test_neighbour_flips(case: Case) -> None:
    """One character or one entry away stands a policy with the opposite outcome."""
    assert case.neighbour.outcome == FLIP[case.outcome]
    assert default_outcome(case, edited(case)) == case.neighbour.outcome


@pytest.mark.parametrize(("case", "entry"), DECISIVE)
def test_decisive_entry_flips(case: Case, entry: Entry) -> None:
    """Without a condition entry that the case calls decisive the verdict is the opposite."""
    assert default_outcome(case, without(case, entry)) == FLIP[case.outcome]


def test_policies_are_many_and_distinct() -> None:
    """At least two hundred policies, no two of them one question, each under a name of its own."""
    names = [case.name for case in cases()]
    asked = [(json.dumps(json.loads(case.policy)), case.partition, case.actions) for case in cases()]
    assert len(names) >= 200
    assert len(set(names)) == len(names)
    assert len(set(asked)) == len(asked)


def test_shares_of_failed_and_passed() -> None:
    """Between 40 and 60 of a hundred policies FAILED in the default scope and mode."""
    failed = sum(case.outcome == "FAILED" for case in cases())
    assert 0.4 <= failed / len(cases()) <= 0.6


@pytest.mark.parametrize("case", CASES)
def test_expectations_are_monotone(case: Case) -> None:
    """Who fails a scope fails each wider one, and who fails with conditions fails without them."""
    failed = {question for question, outcome in case.expected.items() if outcome == "FAILED"}
    for mode in MODES:
        for narrow, wide in (("any", "account"), ("account", "confined"), ("confined", "key")):
            assert (mode, narrow) not in failed or (mode, wide) in failed
    assert all(("parity", scope) in failed for mode, scope in failed if mode == "exact")


@pytest.mark.parametrize("case", CASES)
def test_neighbour_is_near(case: Case) -> None:
    """A neighbour found in the text is one character away; one set in the document is one entry."""
    edit = case.neighbour
    if edit.kind == "find":
        assert one_character_apart(edit.place, edit.value)
    elif edit.kind == "set":
        assert not isinstance(edit.value, dict) or len(edit.value) == 1
    assert edited(case) != case.policy


def one_character_apart(one: str, other: str) -> bool:
    """True iff one character put in, taken out or replaced makes one text the other."""
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1 or short == long:
        return False
    same = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return short[same + (len(short) == len(long)) :] == long[same + 1 :]


def test_each_case_gives_reason_and_source() -> None:
    """Each case says why, and cites a page of AWS's or a topic of the semantics."""
    for case in cases():
        assert case.reason.endswith("."), case.name
        assert case.source.startswith(("https://docs.aws.amazon.com/", "docs/semantics.md, ")), case.name


def test_each_operator_form_decides_twice() -> None:
    """Each operator in each form is decisive in two cases or more, on an Allow and on a Deny."""
    found = deciding()
    assert [cell for cell in required() if len(found.get(cell, ())) < 2] == []


def test_coverage_table_is_up_to_date() -> None:
    """`coverage.md` is what the cases say."""
    assert TABLE.read_text(encoding="utf-8") == table()


def test_every_file_is_plain_ascii_toml() -> None:
    """The files hold ASCII alone, so that they read alike everywhere."""
    assert all(path.read_text("utf-8").isascii() for path in FOLDER.glob("*.toml"))
