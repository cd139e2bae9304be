from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from generated_account import NARROW, OPEN, STRINGS, TRUST, account, encoded, managed, principal

from keyaki.controls.subject import Kind, Subject
from keyaki.inputs.container import default_version
from keyaki.inputs.read import subjects
from keyaki.syntax.lower import policy_from

Write = Callable[..., str]


def read(path: str, **options: Any) -> list[Subject]:
    """The subjects of one file, after a check of what every subject must keep to."""
    found = list(subjects([path], **options))
    for subject in found:
        assert [subject.policy, subject.error, subject.skip].count(None) == 2
        assert subject.path == path
    return found


def behind(value: Any, pointer: str) -> Any:
    """What the JSON pointer leads to."""
    for part in pointer.split("/")[1:]:
        value = value[int(part)] if isinstance(value, list) else value[part.replace("~1", "/").replace("~0", "~")]
    return value


@pytest.mark.parametrize("encoding", ["object", *STRINGS])
@pytest.mark.parametrize("indent", [None, 4])
def test_an_account_holds_each_policy_once(write: Write, encoding: str, indent: int | None) -> None:
    """Of an account come the default version of each managed policy and each inline policy, with its name, owner and pointer."""
    content = account(3, lambda index: encoded(NARROW if index else OPEN, encoding))
    path = write(content, indent=indent)
    found = read(path)
    assert [(subject.kind, subject.owner, subject.name) for subject in found] == [
        (Kind.USER_POLICY, "ann", "open"),
        (Kind.USER_POLICY, "ann", "narrow"),
        (Kind.GROUP_POLICY, "admins", "open"),
        (Kind.ROLE_POLICY, "reader", "narrow"),
        (Kind.MANAGED_POLICY, None, "policy0"),
        (Kind.MANAGED_POLICY, None, "policy1"),
        (Kind.MANAGED_POLICY, None, "policy2"),
    ]
    documents = [OPEN, NARROW, OPEN, NARROW, OPEN, NARROW, NARROW]
    assert [subject.policy for subject in found] == [policy_from(document) for document in documents]
    for subject, document in zip(found, documents, strict=True):
        assert behind(content, subject.pointer) in (document, encoded(document, encoding))
    assert [subject.arn for subject in found[4:]] == [each["Arn"] for each in content["Policies"]]
    assert (found[4].attachments, found[4].boundary_usages, found[3].trust) == (1, 0, TRUST)


def test_statements_of_an_object_are_found_in_the_file(write: Write) -> None:
    """A subject read from an object knows where its statements stand in the file; one read from a string does not."""
    content = account(2, lambda index: encoded(NARROW, "string" if index else "object"))
    path = write(content)
    text = json.dumps(content, indent=2)
    for subject in read(path):
        policy = subject.located().policy
        assert policy is not None
        spans = [statement.span for statement in policy.statements]
        if subject.name == "policy1":
            assert spans == [None, None]
            continue
        statements = behind(content, subject.pointer)["Statement"]
        assert [json.loads(text[span.start : span.end]) for span in spans if span] == statements
        assert [text.split("\n")[span.line - 1][span.column - 1] for span in spans if span] == ["{"] * len(spans)
        assert policy == subject.policy


def test_members_come_in_any_order(write: Write) -> None:
    """An account whose lists, items and documents have their members in reverse order gives the same policies."""

    def reverse(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: reverse(value[name]) for name in reversed(value)}
        return [reverse(each) for each in value] if isinstance(value, list) else value

    content = account(2)
    straight = {(subject.name, subject.owner): subject.policy for subject in read(write(content))}
    backwards = {(subject.name, subject.owner): subject.policy for subject in read(write(reverse(content)))}
    assert backwards == straight


@pytest.mark.parametrize("document", ["", "{", 5, None, {}, {"Statement": 1}, "%7B%ff", [OPEN]], ids=repr)
def test_one_bad_document_is_one_error(write: Write, document: Any) -> None:
    """Whatever stands in the place of a document, that policy is an error with its name and pointer, and the others are read."""
    content = account(3)
    content["Policies"][1]["PolicyVersionList"][1]["Document"] = document
    content["UserDetailList"][0]["UserPolicyList"][0]["PolicyDocument"] = document
    bad = [subject for subject in read(write(content)) if subject.error]
    assert [(subject.name, subject.pointer) for subject in bad] == [
        ("open", "/UserDetailList/0/UserPolicyList/0/PolicyDocument"),
        ("policy1", "/Policies/1/PolicyVersionList/1/Document"),
    ]
    assert len(read(write(content))) == 7


BROKEN_ITEMS = [
    5,
    None,
    [],
    {},
    {"PolicyVersionList": {}},
    {"PolicyVersionList": []},
    {"PolicyVersionList": [5]},
    {"PolicyVersionList": None},
]


@pytest.mark.parametrize("item", BROKEN_ITEMS, ids=repr)
def test_one_bad_managed_policy_is_one_error(write: Write, item: Any) -> None:
    """A managed policy without a usable version is an error, and the others are read."""
    content = account(2)
    content["Policies"].insert(1, item)
    found = read(write(content))
    assert len(found) == 7
    bad = [subject for subject in found if subject.error]
    assert [(subject.kind, subject.pointer.split("/")[2]) for subject in bad] == [(Kind.MANAGED_POLICY, "1")]


@pytest.mark.parametrize(
    "policies", [5, {}, "x", [5], [{"PolicyName": "p"}], [{"PolicyName": "p", "PolicyDocument": None}]], ids=repr
)
def test_one_bad_inline_policy_is_one_error(write: Write, policies: Any) -> None:
    """A list of inline policies that is none, or an entry without a document, is an error of its principal's kind."""
    content = account(2)
    content["GroupDetailList"][0]["GroupPolicyList"] = policies
    found = read(write(content))
    assert len(found) == 6
    assert [(subject.kind, subject.owner) for subject in found if subject.error] == [(Kind.GROUP_POLICY, "admins")]


@pytest.mark.parametrize("value", [{}, "x", 5, {"PolicyVersionList": []}])
@pytest.mark.parametrize("name", ["Policies", "UserDetailList"])
def test_a_list_that_is_none_is_an_error(write: Write, name: str, value: Any) -> None:
    """An account whose list of policies or principals is something else has an error there; null stands for no list."""
    content = account(1)
    rest = [subject.pointer for subject in read(write(content | {name: None}))]
    found = read(write(content | {name: value}))
    assert [subject.pointer for subject in found if subject.error] == [f"/{name}"]
    assert [subject.pointer for subject in found if subject.policy] == rest


@pytest.mark.parametrize("policies", [[], None])
def test_a_principal_without_inline_policies_has_no_subject(write: Write, policies: Any) -> None:
    """A group whose list of inline policies is empty or null gives nothing."""
    content = {"GroupDetailList": [principal("Group", "g", {}, GroupPolicyList=policies)]}
    assert read(write(content)) == []


def test_a_repeated_member_inside_a_document_is_that_documents_error(write: Write) -> None:
    """A document in which a member stands twice is an error with both places, in an object and in a string alike."""
    repeated = '{"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Effect": "Allow"}}'
    content = account(3, lambda index: ["OBJECT", encoded(OPEN, "object"), repeated][index])
    text = json.dumps(content, indent=2).replace('"OBJECT"', repeated)
    bad = [subject for subject in read(write(text)) if subject.error]
    assert [(subject.name, subject.error.code) for subject in bad if subject.error] == [
        ("policy0", "duplicate-member"),
        ("policy2", "duplicate-member"),
    ]
    first = bad[0].error
    assert first is not None
    assert first.span is not None
    assert text[first.span.start :].startswith('"Effect": "Allow"')
    assert len([subject for subject in read(write(text), legacy=True) if subject.error]) == 0


@pytest.mark.parametrize(
    ("old", "new", "bad"),
    [
        ('"PolicyName": "policy1"', '"PolicyName": "other", "PolicyName": "policy1"', ["/Policies/1"]),
        ('"VersionId": "v2"', '"VersionId": "v1", "VersionId": "v2"', ["/Policies/0", "/Policies/1"]),
        ('"PolicyName": "narrow"', '"PolicyName": "x", "PolicyName": "y"', ["/UserDetailList/0", "/RoleDetailList/0"]),
        ('"Policies": [', '"Policies": [], "Policies": [', ["/Policies"]),
        ('"Policies": [', '"Marker": "a", "Marker": "a", "Policies": [', []),
    ],
)
def test_a_repeated_member_outside_documents_is_its_items_error(write: Write, old: str, new: str, bad: list[str]) -> None:
    """What repeats a member may hide a document, so it is an error; what else the file holds is read."""
    text = json.dumps(account(2))
    assert old in text
    found = read(write(text.replace(old, new)))
    assert [subject.pointer for subject in found if subject.error] == bad
    assert all(subject.error.code == "duplicate-member" for subject in found if subject.error)


def test_a_role_whose_trust_policy_is_ambiguous_is_read_without_it(write: Write) -> None:
    """A repeated member in a trust policy is no error, since it is not judged, but then nothing is known of it."""
    text = json.dumps(account(0)).replace('"Action": "sts:AssumeRole"', '"Action": "a:b", "Action": "sts:AssumeRole"')
    role = next(subject for subject in read(write(text)) if subject.kind is Kind.ROLE_POLICY)
    assert role.policy is not None
    assert role.trust is None


@pytest.mark.parametrize("encoding", ["url", "string"])
def test_a_trust_policy_may_be_encoded(write: Write, encoding: str) -> None:
    """A trust policy that is a string comes as its JSON text."""
    content = account(0)
    content["RoleDetailList"][0]["AssumeRolePolicyDocument"] = encoded(TRUST, encoding)
    role = read(write(content))[-1]
    assert json.loads(role.trust) == TRUST


def test_what_is_no_utf_8_excludes_and_warns_of_nothing(write: Write) -> None:
    """A trust policy or document whose escapes are no UTF-8 tells nothing; only the document is an error."""
    role = principal("Role", "r", {"good": OPEN, "bad": "%7B%ff" + "x" * 11_000}, AssumeRolePolicyDocument="%7B%ff")
    good, bad = read(write({"RoleDetailList": [role]}))
    assert (good.trust, good.policy) == (None, policy_from(OPEN))
    assert bad.error is not None
    assert bad.error.code == "bad-utf8"


def version(number: int, **facts: Any) -> dict[str, Any]:
    """A version of a managed policy."""
    return {"VersionId": f"v{number}", "Document": {}, **facts}


@pytest.mark.parametrize(
    ("versions", "named", "index"),
    [
        ([version(2, IsDefaultVersion=True), version(1, IsDefaultVersion=False)], "v2", 0),
        ([version(2, IsDefaultVersion=False), version(1, IsDefaultVersion=True)], "v1", 1),
        ([version(2, IsDefaultVersion=False), version(1, IsDefaultVersion=True)], None, 1),
        ([version(2), version(1)], "v1", 1),
        ([version(1)], None, 0),
        ([version(1, IsDefaultVersion=False)], None, None),
        ([version(2), version(1)], None, None),
        ([version(2), version(1)], "v3", None),
        ([version(2, IsDefaultVersion=True), version(1, IsDefaultVersion=True)], "v2", None),
        ([5, version(1, IsDefaultVersion=True)], None, 1),
        ([5], None, None),
        ([5, version(1)], None, None),
        ([], None, None),
    ],
)
def test_the_default_version(versions: list[Any], named: str | None, index: int | None) -> None:
    """The default version is the one that is marked, else the one that is named, else the only one; in doubt there is none."""
    assert default_version(versions, named) == index


def test_get_policy_version(write: Write) -> None:
    """The output of get-policy-version is a managed policy whose name is not known."""
    for encoding in ("object", "string", "url"):
        content = {"PolicyVersion": {**version(3, IsDefaultVersion=True), "Document": encoded(OPEN, encoding)}}
        (subject,) = read(write(content))
        assert (subject.kind, subject.pointer, subject.name) == (Kind.MANAGED_POLICY, "/PolicyVersion/Document", None)
        assert subject.policy == policy_from(OPEN)


def test_a_version_that_is_not_the_default_is_skipped(write: Write) -> None:
    """A version that is marked as another than the default is not judged, and says so; one without the mark is judged."""
    (subject,) = read(write({"PolicyVersion": {**version(3, IsDefaultVersion=False), "Document": OPEN}}))
    assert subject.skip == "version `v3` is not the default version of its policy"
    (subject,) = read(write({"PolicyVersion": {**version(3), "Document": OPEN}}))
    assert subject.policy is not None


@pytest.mark.parametrize(("sort", "kind"), [("User", Kind.USER_POLICY), ("Group", Kind.GROUP_POLICY), ("Role", Kind.ROLE_POLICY)])
def test_get_inline_policy(write: Write, sort: str, kind: Kind) -> None:
    """The output of get-user-policy and its like is one inline policy with its owner."""
    (subject,) = read(write({f"{sort}Name": "who", "PolicyName": "what", "PolicyDocument": encoded(OPEN, "url")}))
    assert (subject.kind, subject.owner, subject.name, subject.pointer) == (kind, "who", "what", "/PolicyDocument")
    assert subject.policy == policy_from(OPEN)


def test_a_policy_document_without_a_principal_is_a_document(write: Write) -> None:
    """A PolicyDocument that belongs to nobody, as in a template, is a bare document."""
    (subject,) = read(write({"PolicyName": "what", "PolicyDocument": OPEN}))
    assert (subject.kind, subject.name) == (Kind.DOCUMENT, "what")


@pytest.mark.parametrize(
    "content",
    [
        {"Policy": {"PolicyName": "p", "Arn": "a", "DefaultVersionId": "v1"}},
        {"Versions": [{"VersionId": "v1"}]},
        {"PolicyNames": ["a"]},
        {"AttachedPolicies": []},
        {"Role": {"RoleName": "r", "AssumeRolePolicyDocument": TRUST}},
        {"PolicyVersion": {"VersionId": "v1", "IsDefaultVersion": True}},
        {"PolicyVersion": None},
    ],
    ids=lambda content: next(iter(content)),
)
def test_an_output_without_documents_is_a_clear_error(write: Write, content: Any) -> None:
    """A known output that holds no document is one error that says so."""
    (subject,) = read(write(content))
    assert subject.error is not None
    assert subject.error.code == "no-document"


def test_pages_in_a_list(write: Write) -> None:
    """A list of outputs is read item by item; the pointers begin with the index."""
    pages = [account(2), {"Policies": [managed("late", OPEN)]}, {"PolicyVersion": {**version(1), "Document": OPEN}}, OPEN]
    found = read(write(pages))
    assert [subject.name for subject in found][-4:] == ["policy1", "late", None, None]
    assert [subject.pointer for subject in found][-3:] == [
        "/1/Policies/0/PolicyVersionList/1/Document",
        "/2/PolicyVersion/Document",
        "/3",
    ]
    for subject in found:
        assert subject.policy == policy_from(behind(pages, subject.pointer))
    assert found[-1].policy is not None
    assert found[-1].policy.statements[0].span is not None


def test_a_repeated_member_in_a_listed_policy_is_the_parsers_error(write: Write) -> None:
    """A policy that is an item of a list is parsed in place: its repeated members are told, or merged, as in its own file."""
    text = "[{}, {}]".format(
        json.dumps(OPEN), '{"Statement": {"Effect": "Deny", "Effect": "Allow", "Action": "a:b", "Resource": "*"}}'
    )
    error = read(write(text))[1].error
    assert error is not None
    assert (error.code, error.column) == ("duplicate-member", text.index('"Effect": "Allow", "Action": "a:b"') + 1)
    assert [subject.error for subject in read(write(text), legacy=True)] == [None, None]


def test_the_items_of_a_query_are_read(write: Write) -> None:
    """The bare lists that a query cuts out of an account are read as they are in the account."""
    content = account(2)
    for name, count in (("Policies", 2), ("UserDetailList", 2), ("RoleDetailList", 1)):
        assert len([subject for subject in read(write(content[name])) if subject.policy]) == count


def test_an_item_that_is_nothing_known_is_an_error(write: Write) -> None:
    """In a list that begins with a policy, an item that is none is an error with its pointer."""
    found = read(write([OPEN, 5, {"a": 1}, NARROW]))
    assert [(subject.pointer, subject.error is not None) for subject in found] == [
        ("/0", False),
        ("/1", True),
        ("/2", True),
        ("/3", False),
    ]


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.99])
def test_a_file_that_breaks_off_is_an_error_after_what_was_whole(write: Write, keep: float) -> None:
    """A truncated account is judged as far as it goes, and then there is an error at the place where it stops being JSON."""
    text = json.dumps(account(5), indent=2)
    found = read(write(text[: int(len(text) * keep)]))
    assert [subject.error is not None for subject in found].count(True) == 1
    error = found[-1].error
    assert error is not None
    assert error.code == "bad-json"
    assert error.line is not None


@pytest.mark.parametrize("rest", ["{}", "]", "x", "\n{}"])
def test_what_follows_the_end_is_an_error(write: Write, rest: str) -> None:
    """Nothing that is not read goes unsaid: a second value after the first is an error, white space is not."""
    found = read(write(json.dumps(account(1)) + rest))
    assert [subject.error is not None for subject in found] == [False] * 5 + [True]
    assert all(subject.error is None for subject in read(write(json.dumps(account(1)) + " \n")))


@pytest.mark.parametrize("depth", [500, 200_000])
def test_a_policy_that_nests_too_deeply_is_one_error(write: Write, depth: int) -> None:
    """A document nested beyond reason is that policy's error, and the others are read."""
    text = json.dumps(account(2, lambda index: OPEN if index else "DEEP")).replace('"DEEP"', "[" * depth + "]" * depth)
    found = read(write(text))
    assert [subject.error is not None for subject in found] == [False] * 4 + [True, False]


@pytest.mark.parametrize("depth", [200, 400, 800, 900, 950, 970, 980, 985, 990, 995, 1000, 2000, 5000])
def test_every_depth_of_nesting_is_one_error(write: Write, depth: int) -> None:
    """Near the depth at which Python gives up, too, a deep inline policy is an error of its own and raises nothing."""
    content = {"UserDetailList": [principal("User", "u", {"deep": "DEEP", "pad": "x" * 3000})]}
    found = read(write(json.dumps(content).replace('"DEEP"', '{"Statement": ' + "[" * depth + "]" * depth + "}")))
    assert all(subject.error for subject in found)


@pytest.mark.parametrize(("count", "warned"), [(7, False), (14, True)])
def test_inline_policies_count_together(write: Write, count: int, warned: bool) -> None:
    """The size that IAM limits is that of all inline policies of a user together, white space not counted."""
    document = {"Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:s3:::" + "b" * 80}}
    content = {"UserDetailList": [principal("User", "u", {f"p{index}": document for index in range(count)})]}
    assert (count * len(json.dumps(document).replace(" ", "")) > 2048) is warned
    for subject in read(write(content, indent=8)):
        assert subject.policy is not None
        assert ["large-policy" in warning.code for warning in subject.policy.warnings].count(True) == warned


@pytest.mark.parametrize("encoding", ["object", "url", "string"])
def test_a_managed_policy_may_be_too_large_to_store(write: Write, encoding: str) -> None:
    """A managed policy over IAM's limit has the warning, once, and is judged all the same."""
    large = copy.deepcopy(OPEN)
    large["Statement"][0]["Resource"] = [f"arn:aws:s3:::bucket{index}" for index in range(300)]  # type: ignore[index]
    found = read(write({"Policies": [managed("large", encoded(large, encoding)), managed("small", OPEN)]}))
    codes = [[warning.code for warning in subject.policy.warnings] for subject in found if subject.policy]
    assert codes == [["large-policy"], []]
