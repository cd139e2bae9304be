from __future__ import annotations

from keyaki.outputs.evidence import condition_name, decisive_action, decisive_resource, decisive_spans, failing_parts, obstacles
from keyaki.policy import Policy, Request
from keyaki.reference.evaluate import Context
from keyaki.syntax.lower import policy_from
from keyaki.syntax.parse import parse

KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
REQUEST = Request("kms:Decrypt", KEY, {"aws:MultiFactorAuthPresent": "true", "aws:TagKeys": ["a", "b"]})


def policy_of(*statements: dict[str, object]) -> Policy:
    """A policy of the statements."""
    return policy_from({"Version": "2012-10-17", "Statement": list(statements)})


def failing(policy: Policy) -> list[list[str]]:
    """The failing parts of each statement."""
    context = Context(policy, REQUEST)
    return [failing_parts(statement, context) for statement in policy.statements]


def deny(**members: object) -> dict[str, object]:
    """A Deny of all KMS actions, but for the members given."""
    return {"Effect": "Deny", "Action": "kms:*", "Resource": "*", **members}


def test_obstacles_are_the_denies_of_the_action_that_do_not_apply() -> None:
    """A Deny that applies, one of other actions, and an Allow are none."""
    policy = policy_of(
        deny(Effect="Allow", Resource="arn:aws:kms:eu-west-1:*:key/*"),
        deny(Action="s3:*", Resource="arn:aws:s3:::*"),
        deny(),
        deny(Resource="arn:aws:kms:eu-west-1:*:key/*"),
        deny(Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}}),
    )
    assert [(deny.index, why) for deny, why in obstacles(policy, REQUEST)] == [
        (3, "its Resource `arn:aws:kms:eu-west-1:*:key/*` does not cover the resource"),
        (4, "Bool aws:MultiFactorAuthPresent `false` does not hold, it is `true`"),
    ]


def test_every_part_that_fails_is_said() -> None:
    """Action, resource and each condition that do not hold are named, with what the request has there."""
    policy = policy_of(
        deny(
            Action=["s3:*", "iam:*"],
            Resource="arn:aws:kms:eu-west-1:*:key/*",
            Condition={
                "StringEquals": {"kms:ViaService": ["a", "b"], "aws:MultiFactorAuthPresent": "true"},
                "ForAnyValue:StringLike": {"aws:TagKeys": "c"},
            },
        )
    )
    assert failing(policy)[0] == [
        "its Action of 2 entries does not cover the action",
        "its Resource `arn:aws:kms:eu-west-1:*:key/*` does not cover the resource",
        "StringEquals kms:ViaService `a` and `b` does not hold, it is absent",
        "ForAnyValue:StringLike aws:TagKeys `c` does not hold, it holds `a` and `b`",
    ]


def test_not_forms_and_empty_lists_are_named_as_such() -> None:
    """A NotAction or NotResource that leaves the request out is called by its name, and so is a list that is empty."""
    policy = policy_of(
        {"Effect": "Deny", "NotAction": "kms:*", "NotResource": ["*", "arn:aws:s3:::x"]}, deny(Action=[], Resource="*")
    )
    first, second = failing(policy)
    assert first == [
        "its NotAction `kms:*` does not cover the action",
        "its NotResource of 2 entries does not cover the resource",
    ]
    assert second == ["its empty Action does not cover the action"]


def test_a_statement_that_applies_has_no_failing_part() -> None:
    """Reasons are given iff the statement does not apply."""
    policy = policy_of(deny(), deny(Effect="Allow", Condition={"Null": {"kms:ViaService": "true"}}))
    assert failing(policy) == [[], []]


def test_decisive_entries_are_those_that_match() -> None:
    """Of Action and Resource the matching entries decide, of a Not form all of them do."""
    policy = policy_of(
        deny(Effect="Allow", Action=["kms:Encrypt", "kms:dec*", "*"], Resource=["arn:aws:kms:eu-*", "*", KEY]),
        {"Effect": "Allow", "NotAction": ["iam:*", "s3:*"], "NotResource": ["arn:aws:s3:::x"]},
    )
    plain, negated = policy.statements
    assert decisive_action(plain, REQUEST) == [1, 2]
    assert decisive_resource(policy, plain, REQUEST) == [1, 2]
    assert decisive_action(negated, REQUEST) == [0, 1]
    assert decisive_resource(policy, negated, REQUEST) == [0]


def test_a_condition_is_named_by_operator_key_and_values() -> None:
    """Many values are cut with a count, and none at all is said so."""
    policy = policy_of(deny(Condition={"StringLike": {"aws:userid": list("abcde")}, "StringEquals": {"aws:userid": []}}))
    assert [condition_name(entry) for entry in policy.statements[0].conditions] == [
        "StringLike aws:userid `a`, `b`, `c` and 2 more",
        "StringEquals aws:userid an empty list",
    ]


def test_the_places_of_decisive_entries_are_exact() -> None:
    """Each span holds exactly the entry that matches, on the line and column that it has in the text."""
    text = """{"Version": "2012-10-17", "Statement": [
  {"Effect": "Deny", "Action": "iam:*", "Resource": "*"},
  {"Effect": "Allow", "Action": ["s3:*",
     "kms:\\u0044*"], "NotResource": "arn:aws:s3:::*"}]}"""
    policy = parse(text)
    spans = decisive_spans(policy, 1, REQUEST)
    assert [text[span.start : span.end] for span in spans] == ['"kms:\\u0044*"', '"arn:aws:s3:::*"']
    for span in spans:
        assert span.line == text.count("\n", 0, span.start) + 1
        assert span.column == span.start - text.rfind("\n", 0, span.start)


def test_a_place_that_reads_otherwise_is_not_shown() -> None:
    """Where an old policy repeats an element the place of the other one is no evidence; without text there are no places."""
    text = '{"Statement": {"Effect": "Allow", "Action": "kms:*", "Action": "s3:*", "Resource": "*"}}'
    policy = parse(text, legacy=True)
    assert [text[span.start : span.end] for span in decisive_spans(policy, 0, REQUEST)] == ['"*"']
    assert decisive_spans(policy_of(deny(Effect="Allow")), 0, REQUEST) == []
