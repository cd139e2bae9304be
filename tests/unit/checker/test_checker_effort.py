from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from attrs import evolve

import keyaki
from keyaki.checker import effort
from keyaki.checker.tokens import Cover, Machine, Product, bits, matches, plain, run, wildcard
from keyaki.errors import EvidenceError
from keyaki.verdict import Outcome


def policy(*statements: dict[str, Any]) -> keyaki.Policy:
    """An identity policy of some statements."""
    return keyaki.policy_from({"Version": "2012-10-17", "Statement": list(statements)})


def allow(resource: str | list[str] = "*", effect: str = "Allow", **condition: dict[str, Any]) -> dict[str, Any]:
    """A statement about everything in KMS."""
    return {"Effect": effect, "Action": "kms:*", "Resource": resource, "Condition": condition}


def test_steps_are_counted_inside_only_and_past_the_bound_refused() -> None:
    """Outside of a verification any number of steps passes; inside, the one past the bound and all after it are refused."""
    effort.spend(effort.MOST * 2)
    with effort.bounded(10):
        effort.spend(10)
        for _ in range(2):
            with pytest.raises(EvidenceError, match="too large"):
                effort.spend(1)
    effort.spend(effort.MOST * 2)


def test_one_verification_inside_another_has_its_own_count() -> None:
    """What is counted inside is not counted outside."""
    with effort.bounded(10):
        with effort.bounded(5):
            effort.spend(5)
        effort.spend(10)


def test_evidence_past_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A right certificate that repeats itself is believed within the bound, and refused past it, as are witnesses."""
    given = policy(allow(), allow("arn:aws:kms:*:*:key/*", "Deny"))
    verdict = keyaki.check(given)
    certificate = dict(verdict.certificate or {})
    long = evolve(verdict, certificate={**certificate, "proofs": certificate["proofs"] * 20})
    granting = policy(allow())
    failed = keyaki.check(granting)
    repeated = evolve(failed, grants=failed.grants * 20)
    keyaki.verify(given, long)
    keyaki.verify(granting, repeated)
    monkeypatch.setattr(effort, "MOST", 700)
    for asked, one in ((given, long), (granting, repeated)):
        with pytest.raises(EvidenceError, match="too large"):
            keyaki.verify(asked, one)


def test_answers_past_the_bound_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """So it is with the evidence of answers about whole policies."""
    one = policy(allow("arn:aws:kms:us-east-1:*:key/*"))
    other = policy(allow("arn:aws:kms:*:*:key/*", StringLike={"aws:PrincipalTag/t": "a*"}))
    for answer in (keyaki.disjoint(one, policy(allow("arn:aws:kms:eu-west-1:*:key/*"))), keyaki.implies(one, other)):
        second = other if answer.reasons else policy(allow("arn:aws:kms:eu-west-1:*:key/*"))
        keyaki.verify_answer(answer, one, second)
        with monkeypatch.context() as patched:
            patched.setattr(effort, "MOST", 10)
            with pytest.raises(EvidenceError, match="too large"):
                keyaki.verify_answer(answer, one, second)


def test_many_named_accounts_are_gathered_once() -> None:
    """Hundreds of Allows of one account each pass, and their certificate verifies: what is named is gathered once."""
    given = policy(*(allow(f"arn:aws:kms:us-east-1:{number:012}:key/*") for number in range(400)))
    keyaki.verify(given, keyaki.check(given))


def test_long_texts_verify() -> None:
    """A text of two hundred thousand characters that a Deny covers is compared in one pass."""
    text = "a" * 200_000
    given = policy(
        allow(StringEquals={"aws:PrincipalTag/t": text}), allow("*", "Deny", StringLike={"aws:PrincipalTag/t": text + "*"})
    )
    verdict = keyaki.check(given)
    assert verdict.outcome is Outcome.PASSED
    keyaki.verify(given, verdict)


def test_a_question_about_no_action_is_refused() -> None:
    """A PASSED of a question without actions claims nothing, and is no evidence."""
    given = policy(allow("arn:aws:kms:us-east-1:111122223333:key/*"))
    verdict = keyaki.check(given)
    question = evolve(verdict.question, actions=())
    certificate = {**(verdict.certificate or {}), "proofs": []}
    certificate["question"] = {**certificate["question"], "actions": []}
    with pytest.raises(EvidenceError, match="no action"):
        keyaki.verify(given, evolve(verdict, question=question, certificate=certificate))


def test_statements_with_one_number_are_refused() -> None:
    """A proof names a statement by its number, so of two with one number neither is proved."""
    given = policy(allow("arn:aws:kms:us-east-1:111122223333:key/*"), allow("arn:aws:kms:us-east-1:111122223333:key/*"))
    twice = evolve(given, statements=(given.statements[0], evolve(given.statements[1], index=0)))
    with pytest.raises(EvidenceError):
        keyaki.verify(twice, keyaki.check(given))


@pytest.mark.parametrize("text", ["*", "a*", "*b", "a*b", "*a*a*b", "a?b", "?*?", "**a**", "a*?*b", "ab"])
def test_skipping_by_carry_is_skipping_one_by_one(text: str) -> None:
    """From any live positions the carry reaches what going from run to run reaches."""
    machine = Machine(wildcard(text))
    for live in range(1 << len(text) + 1):
        reached = live
        for at in range(len(text)):
            if reached >> at & 1 and machine.runs >> at & 1:
                reached |= 1 << at + 1
        assert machine.skip(live) == reached


def test_bits_are_the_sum_of_their_shifts() -> None:
    """An integer built octet by octet is the one built shift by shift, repetitions aside."""
    for places in ([], [0], [7, 8, 9], [3, 3, 40], list(range(0, 100, 7))):
        assert bits(places, 101) == sum(1 << at for at in set(places))


def test_packed_states_cover_as_live_sets_do() -> None:
    """A state covers another one iff it has more where patterns must hold, and less where they must fail."""
    product = Product([[wildcard("a*")], [wildcard("*b")]], [[wildcard("*c")]])
    states = [(one, two, three) for one in range(8) for two in range(8) for three in range(8)]
    for mine in states[::7]:
        for more in states[::5]:
            expected = not mine[0] & ~more[0] and not mine[1] & ~more[1] and not more[2] & ~mine[2]
            assert product.covers(more, mine) == expected


def test_letters_tell_apart_what_tokens_tell_apart() -> None:
    """Two characters that some token tells apart have letters of their own, and no two letters are told apart by none."""
    product = Product([[wildcard("ab*")]], [[(run(plain("a")[0]),)]], apart="x")
    assert sorted(product.letters) == ["!", "a", "b", "x"]


def test_a_pattern_of_no_field_covers_nothing() -> None:
    """Patterns whose runs read colons have no fields, so they neither cover nor are covered."""
    assert not Cover([wildcard("a:*")]).covers(wildcard("a:*"))
    assert Cover([plain("a:b")]).covers(plain("a:b"))


@pytest.mark.parametrize(("text", "word", "found"), [("ab*ba", "aba", False), ("ab*ba", "abba", True), ("ab", "abc", False)])
def test_ends_of_a_pattern_do_not_share_characters(text: str, word: str, found: bool) -> None:
    """What stands before the first run and behind the last one needs a character each."""
    assert matches([wildcard(text)], word) is found


def test_leaves_follow_variables_as_deep_as_the_search_does() -> None:
    """A chain of hundreds of tags, each inside the next, ends in a verdict of the checker, not in a recursion."""
    tags = [f"aws:PrincipalTag/t{at}" for at in range(600)]
    chain = {one: f"x${{{other}}}" for one, other in pairwise(tags)}
    given = policy(allow(StringLike=chain, StringEquals={tags[0]: "y"}))
    verdict = keyaki.check(given)
    if verdict.outcome is Outcome.PASSED:
        keyaki.verify(given, verdict)
