"""What the language expects at each path of a policy, in words; the same for a text and for a decoded object."""

from __future__ import annotations

from typing import Any, Final

from keyaki.errors import PolicySyntaxError
from keyaki.syntax.lexeme import POLICY_ELEMENTS, STATEMENT_ELEMENTS, Path
from keyaki.syntax.source import Source
from keyaki.syntax.spelling import clipped, nearest, quoted

_TEXTS: Final = "a string or a list of strings"
_WORDS: Final = {
    "policy": "a policy",
    "Version": "a string",
    "Id": "a string",
    "Statement": "a statement or a list of statements",
    "statement": "a statement, in braces",
    "Sid": "a string",
    "Effect": "`Allow` or `Deny` in quotes",
    "Action": _TEXTS,
    "NotAction": _TEXTS,
    "Resource": _TEXTS,
    "NotResource": _TEXTS,
    "Principal": '`"*"` or an object of principals',
    "NotPrincipal": '`"*"` or an object of principals',
    "principal": _TEXTS,
    "Condition": "an object of condition operators",
    "operator": "an object of condition keys",
    "key": "a string, a number or a boolean, or a list of those",
    "item": "a string",
    "value": "a string, a number or a boolean",
}
_TEST: Final = '"Condition": {"StringEquals": {"aws:RequestedRegion": ["eu-west-1"]}}'
_WHO: Final = '"Principal": {"AWS": ["111122223333"]}'
_STATEMENT: Final = '"Statement": [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}]'
_EXAMPLES: Final = {
    "Version": '"Version": "2012-10-17"',
    "Id": '"Id": "some-id"',
    "Statement": _STATEMENT,
    "statement": _STATEMENT,
    "Sid": '"Sid": "SomeName"',
    "Effect": '"Effect": "Allow"',
    "Action": '"Action": ["kms:Decrypt"]',
    "NotAction": '"NotAction": ["kms:Decrypt"]',
    "Resource": '"Resource": ["arn:aws:s3:::bucket/*"]',
    "NotResource": '"NotResource": ["arn:aws:s3:::bucket/*"]',
    "Principal": _WHO,
    "NotPrincipal": _WHO.replace("P", "NotP", 1),
    "principal": _WHO,
    "Condition": _TEST,
    "operator": _TEST,
    "key": _TEST,
    "item": '["one", "two"]',
    "value": _TEST,
}
_LOOKED_AT: Final = 12  # comparing spellings is slow, and an object may have a hundred thousand names
_WRAPPERS: Final = (
    "PolicyDocument",
    "Document",
    "PolicyVersion",
    "AssumeRolePolicyDocument",
    "Policy",
    "UserDetailList",
    "Policies",
)


def role(path: Path) -> str:
    """Return what stands at ``path``: an element's name, or ``policy``, ``statement``, ``operator``, ``key`` and the like."""
    if not path or path[0] != "Statement":
        return str(path[0]) if path else "policy"
    rest = path[1:]
    if rest and isinstance(rest[0], int):
        rest = rest[1:]
        if not rest:
            return "statement"
    if not rest:
        return "Statement"
    element, below = str(rest[0]), rest[1:]
    if not below:
        return element
    if element == "Condition":
        return ("operator", "key", "value")[min(len(below), 3) - 1]
    return "item" if isinstance(below[-1], int) else "principal"


def expected_at(path: Path) -> str:
    """Return in words what value the language expects at ``path``."""
    return _WORDS.get(role(path), "a value")


def subject(path: Path) -> str:
    """Return in words what holds the value at ``path``, which is not the policy itself."""
    name = f"`{clipped([step for step in path if isinstance(step, str)][-1])}`"
    return f"an item of {name}" if isinstance(path[-1], int) else name


def wrong_type(source: Source, what: str, place: Any, path: Path) -> PolicySyntaxError:
    """Return the error about a value at ``path`` that is ``what`` (such as `a number`)."""
    if not path:
        message = f"{what} is no policy"
        return source.error("not-a-policy", message, place, "give one policy, an object with `Version` and `Statement`")
    hint = f"write it as in `{_EXAMPLES.get(role(path), _STATEMENT)}`"
    return source.error("wrong-type", f"{subject(path)} is {what}, not {expected_at(path)}", place, hint)


def unknown_element(source: Source, name: str, place: Any, path: Path, siblings: list[str]) -> PolicySyntaxError:
    """Return the error about a member ``name`` of the object at ``path`` that the language does not have there.

    ``siblings`` are the names in the same object, as far as they could be read.
    """
    shown = f"`{clipped(name)}`"
    inside = role(path) in ("Statement", "statement")
    here, there = (STATEMENT_ELEMENTS, POLICY_ELEMENTS) if inside else (POLICY_ELEMENTS, STATEMENT_ELEMENTS)
    if not inside and _is_other_document(siblings):
        return _other_document(source, place, siblings)
    if name in there:
        message = f"{shown} stands inside a statement" if inside else f"{shown} stands outside `Statement`"
        hint = "it belongs at the top of the policy" if inside else "put it into a statement, inside `Statement`"
        return source.error("misplaced-element", message, place, hint)
    meant = nearest(name, here)
    where = "a statement" if inside else "a policy"
    if meant is not None:
        return source.error(
            "misspelt-element", f"{shown} is no element of {where}", place, f"did you mean `{meant}`? letter case counts"
        )
    return source.error("unknown-element", f"{shown} is no element of {where}", place, f"{where} may hold {quoted(here)}")


def _is_other_document(names: list[str]) -> bool:
    """Return whether an object of these names is no policy at all, rather than one with a mistake."""
    if "Statement" in names:
        return False
    elements = POLICY_ELEMENTS + STATEMENT_ELEMENTS
    return _is_template(names) or not any(nearest(name, elements) for name in names[:_LOOKED_AT])


def _is_template(names: list[str]) -> bool:
    """Return whether an object of these names is a CloudFormation template."""
    return "AWSTemplateFormatVersion" in names or ("Resources" in names and not set(names) & set(STATEMENT_ELEMENTS))


def _other_document(source: Source, place: Any, siblings: list[str]) -> PolicySyntaxError:
    """Return the error about an object none of whose names is an element's."""
    names = set(siblings)
    if _is_template(siblings):
        message = "a CloudFormation template is no policy"
        hint = "give the `PolicyDocument` of one of its resources, with its functions resolved"
        return source.error("cloudformation", message, place, hint)
    wrapper = next((name for name in _WRAPPERS if name in names), None)
    message = f"an object with {quoted([clipped(name) for name in siblings[:4]], 'and')} is no policy"
    hint = f"give the policy inside `{wrapper}`" if wrapper else "a policy is an object with `Version` and `Statement`"
    return source.error("not-a-policy", message, place, hint)
