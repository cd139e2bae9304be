from __future__ import annotations

import io
import json
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keyaki import __version__
from keyaki.controls.judge import Result
from keyaki.controls.subject import Kind, Subject
from keyaki.errors import PolicySyntaxError, Span
from keyaki.outputs.document import DocumentWriter, result_document
from keyaki.outputs.tally import Tally
from keyaki.policy import ConditionEntry, Effect, Element, Family, Operator, Policy, PolicyWarning, Request, Statement
from keyaki.verdict import Carrier, Grant, Mode, Outcome, Question, Scope, Verdict

SCHEMA = json.loads(files("keyaki.outputs").joinpath("report.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)

QUESTION = Question("KMS.1", ("kms:Decrypt",), Scope.CONFINED, Mode.EXACT, "aws", 1000)
KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ENTRY = ConditionEntry(Operator(Family.STRING_EQUALS, name="stringequals"), "kms:ViaService", ("s3",))
TEXTS = st.text(st.characters(exclude_categories=[]), max_size=12)


def policy_with(sid: str | None = "Use") -> Policy:
    """A policy of an Allow with a condition and a Deny."""
    allow = Statement(0, Effect.ALLOW, Element(False, ("kms:*",)), Element(False, ("*",)), (ENTRY,), sid, span=Span(9, 40, 3, 5))
    deny = Statement(1, Effect.DENY, Element(False, ("kms:*",)), Element(False, ("*",)))
    return Policy("2012-10-17", (allow, deny))


def failed(context: dict[str, str | list[str]] | None = None, sid: str | None = "Use") -> Result:
    """A FAILED of a managed policy."""
    subject = Subject(
        Kind.MANAGED_POLICY, "a.json", "/Policies/0", name="p", arn="arn:aws:iam::1:policy/p", policy=policy_with(sid)
    )
    grant = Grant(0, Request("kms:Decrypt", KEY, context or {}))
    warnings = (PolicyWarning("w-w", "a warning", 1, Span(1, 2, 1, 2)), PolicyWarning("v", "another"))
    return Result(subject, "KMS.1", "FAILED", verdict=Verdict(Outcome.FAILED, QUESTION, (grant,), warnings=warnings))


def passed() -> Result:
    """A PASSED with a Deny and a condition as its carriers."""
    subject = Subject(Kind.DOCUMENT, "b.json", policy=policy_with())
    carriers = (Carrier(1, None, "the whole Deny"), Carrier(0, 0, "the condition"))
    return Result(subject, "KMS.1", "PASSED", verdict=Verdict(Outcome.PASSED, QUESTION, carriers=carriers, certificate={}))


def undecided() -> Result:
    """An UNDECIDED of a user's inline policy."""
    subject = Subject(Kind.USER_POLICY, "c.json", "/UserDetailList/0/UserPolicyList/0", name="p", owner="u", policy=policy_with())
    return Result(subject, "KMS.2", "UNDECIDED", verdict=Verdict(Outcome.UNDECIDED, QUESTION, reason="out of steps"))


def error() -> Result:
    """An ERROR with its place."""
    failure = PolicySyntaxError("a comma too many", code="trailing-comma", span=Span(3, 4, 2, 7), hint="remove it")
    return Result(Subject(Kind.DOCUMENT, "d.json", error=failure), "KMS.1", "ERROR", error=failure)


def skipped() -> Result:
    """A SKIPPED with its reason."""
    return Result(Subject(Kind.DOCUMENT, "e.json", skip="a trust policy"), "KMS.1", "SKIPPED", reason="a trust policy")


def document_of(*results: Result) -> dict[str, Any]:
    """The document of the results, read back."""
    out, tally = io.StringIO(), Tally()
    writer = DocumentWriter(out)
    for result in results:
        tally.add([result])
        writer.write([result])
    writer.finish(tally)
    return dict(json.loads(out.getvalue()))


def test_the_schema_is_a_schema() -> None:
    """The published file is valid JSON Schema of draft 2020-12."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_lists_every_member_of_every_closed_set() -> None:
    """Scopes, modes, kinds, outcomes and partitions of the schema are those of the code."""
    from keyaki.catalogue import PARTITIONS
    from keyaki.outputs.tally import OUTCOMES

    parts = SCHEMA["$defs"]
    question = parts["question"]["properties"]
    assert question["scope"]["enum"] == [str(scope) for scope in Scope]
    assert question["mode"]["enum"] == [str(mode) for mode in Mode]
    assert question["partition"]["enum"] == list(PARTITIONS)
    assert parts["subject"]["properties"]["kind"]["enum"] == [str(kind) for kind in Kind]
    assert parts["result"]["properties"]["outcome"]["enum"] == list(OUTCOMES)
    assert list(SCHEMA["properties"]["summary"]["properties"]) == list(OUTCOMES)


def test_a_document_holds_all_results_and_their_counts() -> None:
    """Results come in order, each outcome validates, and the summary counts them."""
    document = document_of(failed(), passed(), undecided(), error(), skipped(), passed())
    VALIDATOR.validate(document)
    assert document["tool"] == {"name": "keyaki", "version": __version__}
    assert [result["outcome"] for result in document["results"]] == [
        "FAILED",
        "PASSED",
        "UNDECIDED",
        "ERROR",
        "SKIPPED",
        "PASSED",
    ]
    assert document["summary"] == {"PASSED": 2, "FAILED": 1, "UNDECIDED": 1, "ERROR": 1, "SKIPPED": 1}


def test_an_empty_document_is_whole() -> None:
    """A run that judges nothing still writes a valid document."""
    document = document_of()
    VALIDATOR.validate(document)
    assert document["results"] == []


def test_a_failed_result_in_full() -> None:
    """A FAILED tells subject, question, each granting statement with its place, and its witness with the context sorted."""
    found = result_document(failed({"b": "2", "a": ["1", "0"]}))
    witness = {"action": "kms:Decrypt", "resource": KEY, "context": {"a": ["1", "0"], "b": "2"}}
    assert list(found["witness"]["context"]) == ["a", "b"]
    assert found == {
        "subject": {
            "kind": "managed-policy",
            "name": "p",
            "arn": "arn:aws:iam::1:policy/p",
            "owner": None,
            "path": "a.json",
            "pointer": "/Policies/0",
        },
        "control": "KMS.1",
        "question": {
            "control": "KMS.1",
            "actions": ["kms:Decrypt"],
            "scope": "confined",
            "mode": "exact",
            "partition": "aws",
            "budget": 1000,
        },
        "outcome": "FAILED",
        "witness": witness,
        "statements": [{"index": 0, "sid": "Use", "line": 3, "column": 5, "witness": witness}],
        "carriers": [],
        "reason": None,
        "warnings": [
            {"code": "w-w", "message": "a warning", "statement": 1, "line": 1, "column": 2},
            {"code": "v", "message": "another", "statement": None, "line": None, "column": None},
        ],
        "error": None,
    }


def test_carriers_reasons_and_errors() -> None:
    """A PASSED tells its carriers as statement or condition, an UNDECIDED and a SKIPPED their reason, an ERROR its place."""
    deny, condition = result_document(passed())["carriers"]
    assert deny == {"index": 1, "sid": None, "line": None, "column": None, "condition": None, "what": "the whole Deny"}
    assert condition["condition"] == {"operator": "stringequals", "key": "kms:ViaService"}
    assert result_document(undecided())["reason"] == "out of steps"
    assert result_document(skipped())["reason"] == "a trust policy"
    assert result_document(error())["error"] == {
        "code": "trailing-comma",
        "message": "a comma too many",
        "line": 2,
        "column": 7,
        "hint": "remove it",
    }


@pytest.mark.parametrize(
    ("outcome", "member", "value"),
    [
        (failed, "witness", None),
        (failed, "statements", []),
        (passed, "witness", {"action": "kms:Decrypt", "resource": KEY, "context": {}}),
        (passed, "question", None),
        (undecided, "reason", None),
        (error, "error", None),
        (passed, "error", {"code": "x", "message": "", "line": None, "column": None, "hint": None}),
        (skipped, "outcome", "IGNORED"),
        (skipped, "more", 1),
    ],
)
def test_the_schema_refuses_what_contradicts_itself(outcome: Any, member: str, value: Any) -> None:
    """An outcome without its evidence, or with another's, is no valid result."""
    document = document_of(outcome())
    document["results"][0][member] = value
    assert not VALIDATOR.is_valid(document)


@given(st.dictionaries(TEXTS, TEXTS | st.lists(TEXTS, max_size=3), max_size=3), TEXTS)
@settings(deadline=None)
def test_any_text_survives_as_ascii(context: dict[str, str | list[str]], sid: str) -> None:
    """Whatever a policy holds, lone surrogates too, the document is ASCII, valid, and gives it back unchanged."""
    out, tally = io.StringIO(), Tally()
    result = failed(context, sid)
    writer = DocumentWriter(out)
    writer.write([result])
    writer.finish(tally)
    assert out.getvalue().isascii()
    document = json.loads(out.getvalue())
    VALIDATOR.validate(document)
    assert document["results"][0]["witness"]["context"] == context
    assert document["results"][0]["statements"][0]["sid"] == sid


def test_results_stand_one_to_a_line() -> None:
    """A document has a line for each result between its first and its last, and ends in one line feed."""
    out = io.StringIO()
    writer = DocumentWriter(out)
    writer.write([passed(), failed()])
    writer.finish(Tally())
    lines = out.getvalue().split("\n")
    assert len(lines) == 5
    assert lines[-1] == ""
    assert json.loads(lines[2])["outcome"] == "FAILED"
