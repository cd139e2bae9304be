"""The reference evaluator against the examples of AWS's own documentation.

Each case is a policy from a page of the IAM or KMS documentation, told in our own policies, and what the page says that it
does with a request. The pages: condition operators, conditions with several keys or values, single-valued and multivalued
context keys, variables and tags, the Resource and NotResource elements, evaluation logic, and the KMS key ARN best practices.
"""

from __future__ import annotations

from typing import Any

import pytest

from keyaki.policy import Decision, Request
from keyaki.reference.evaluate import allows
from keyaki.syntax.lower import policy_from

ALLOW, DENIED, NOTHING = Decision.ALLOW, Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY
USER_ARN = "arn:aws:iam::111122223333:user/zhang"


def document(*statements: dict[str, Any], version: str = "2012-10-17") -> dict[str, Any]:
    """A policy document."""
    return {"Version": version, "Statement": list(statements)}


def access_keys(condition: dict[str, Any]) -> dict[str, Any]:
    """The page on operators lets access keys be managed under one condition at a time."""
    return document(
        {"Effect": "Allow", "Action": "iam:*AccessKey*", "Resource": "arn:aws:iam::111122223333:user/*", "Condition": condition}
    )


def asked(action: str, resource: str, **context: Any) -> Request:
    """A request; a double underscore in a name stands for the colon of its key."""
    return Request(action, resource, {key.replace("__", ":", 1): value for key, value in context.items()})


def create_key(**context: Any) -> Request:
    """A request to create an access key."""
    return asked("iam:CreateAccessKey", USER_ARN, **context)


TAGGED = access_keys({"StringEquals": {"aws:PrincipalTag/job-category": "iamuser-admin"}})
FRESH = access_keys({"DateGreaterThan": {"aws:TokenIssueTime": "2020-01-01T00:00:01Z"}})
OFFICE = access_keys({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})
HOME = document(
    {"Effect": "Allow", "Action": ["s3:ListAllMyBuckets", "s3:GetBucketLocation"], "Resource": "arn:aws:s3:::*"},
    {
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": "arn:aws:s3:::files",
        "Condition": {"StringLike": {"s3:prefix": ["", "home/", "home/${aws:username}/"]}},
    },
    {
        "Effect": "Allow",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::files/home/${aws:username}", "arn:aws:s3:::files/home/${aws:username}/*"],
    },
)
UP_TO_TEN = document(
    {
        "Effect": "Allow",
        "Action": "s3:ListBucket",
        "Resource": "arn:aws:s3:::files",
        "Condition": {"NumericLessThanEquals": {"s3:max-keys": "10"}},
    }
)
PLAIN_HTTP = document(
    {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
    {
        "Effect": "Deny",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::files", "arn:aws:s3:::files/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    },
)
BINARY = document(
    {
        "Effect": "Allow",
        "Action": "x:Y",
        "Resource": "*",
        "Condition": {"BinaryEquals": {"x:key": "QmluYXJ5VmFsdWVJbkJhc2U2NA=="}},
    }
)
BOTH_FAMILIES = document(
    {
        "Effect": "Allow",
        "Action": "someservice:*",
        "Resource": "*",
        "Condition": {"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:DB8:1234:5678::/64"]}},
    }
)
FINANCE = "arn:aws:someservice:*:111122223333:finance/*"
STRANGE = "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt"


def sourced(operator: str) -> dict[str, Any]:
    """The page compares StringLike with ArnLike on one pattern."""
    return document({"Effect": "Allow", "Action": "x:Y", "Resource": "*", "Condition": {operator: {"aws:SourceArn": FINANCE}}})


def instances(operator: str) -> dict[str, Any]:
    """The page shows why RunInstances needs IfExists: images and the like have no instance type."""
    types = ["t1.*", "t2.*", "m3.*"]
    return document(
        {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*", "Condition": {operator: {"ec2:InstanceType": types}}}
    )


IMAGE = "arn:aws:ec2:us-east-1::image/ami-1"
LONG_TERM = document(
    {"Effect": "Allow", "Action": "ec2:*", "Resource": "*", "Condition": {"Null": {"aws:TokenIssueTime": "true"}}}
)

OPERATORS = [
    ("a tag that is equal", TAGGED, create_key(**{"aws__PrincipalTag/job-category": "iamuser-admin"}), ALLOW),
    ("key names ignore case", TAGGED, create_key(**{"AWS__principaltag/Job-Category": "iamuser-admin"}), ALLOW),
    ("values do not", TAGGED, create_key(**{"aws__PrincipalTag/job-category": "IAMuser-admin"}), NOTHING),
    ("no tag at all", TAGGED, create_key(), NOTHING),
    (
        "an action that the wildcards cover",
        TAGGED,
        asked("iam:GetAccessKeyLastUsed", USER_ARN, **{"aws__PrincipalTag/job-category": "iamuser-admin"}),
        ALLOW,
    ),
    (
        "one that they do not",
        TAGGED,
        asked("iam:GetUser", USER_ARN, **{"aws__PrincipalTag/job-category": "iamuser-admin"}),
        NOTHING,
    ),
    ("credentials of 2020", FRESH, create_key(aws__TokenIssueTime="2020-06-01T00:00:00Z"), ALLOW),
    ("credentials of the boundary second", FRESH, create_key(aws__TokenIssueTime="2020-01-01T00:00:01Z"), NOTHING),
    ("long-term credentials have no issue time", FRESH, create_key(), NOTHING),
    ("the first address of the office", OFFICE, create_key(aws__SourceIp="203.0.113.0"), ALLOW),
    ("the last", OFFICE, create_key(aws__SourceIp="203.0.113.255"), ALLOW),
    ("the next", OFFICE, create_key(aws__SourceIp="203.0.114.0"), NOTHING),
    ("through a VPC endpoint there is no source address", OFFICE, create_key(), NOTHING),
    ("the empty prefix", HOME, asked("s3:ListBucket", "arn:aws:s3:::files", s3__prefix="", aws__username="zhang"), ALLOW),
    (
        "one's own home",
        HOME,
        asked("s3:ListBucket", "arn:aws:s3:::files", s3__prefix="home/zhang/", aws__username="zhang"),
        ALLOW,
    ),
    ("another's home", HOME, asked("s3:ListBucket", "arn:aws:s3:::files", s3__prefix="home/li/", aws__username="zhang"), NOTHING),
    ("an object at home", HOME, asked("s3:GetObject", "arn:aws:s3:::files/home/zhang/a/b", aws__username="zhang"), ALLOW),
    ("an object of another", HOME, asked("s3:GetObject", "arn:aws:s3:::files/home/li/a", aws__username="zhang"), NOTHING),
    ("a role has no user name", HOME, asked("s3:GetObject", "arn:aws:s3:::files/home/zhang/a"), NOTHING),
    ("without a user name other statements stand", HOME, asked("s3:GetBucketLocation", "arn:aws:s3:::files"), ALLOW),
    ("up to ten", UP_TO_TEN, asked("s3:ListBucket", "arn:aws:s3:::files", **{"s3__max-keys": "10"}), ALLOW),
    ("eleven", UP_TO_TEN, asked("s3:ListBucket", "arn:aws:s3:::files", **{"s3__max-keys": "11"}), NOTHING),
    ("nine compares as a number", UP_TO_TEN, asked("s3:ListBucket", "arn:aws:s3:::files", **{"s3__max-keys": "9"}), ALLOW),
    ("plain HTTP is denied", PLAIN_HTTP, asked("s3:GetObject", "arn:aws:s3:::files/a", aws__SecureTransport="false"), DENIED),
    ("TLS is not", PLAIN_HTTP, asked("s3:GetObject", "arn:aws:s3:::files/a", aws__SecureTransport="true"), ALLOW),
    ("the same bytes", BINARY, asked("x:Y", "*", x__key="QmluYXJ5VmFsdWVJbkJhc2U2NA=="), ALLOW),
    ("the text that the bytes spell", BINARY, asked("x:Y", "*", x__key="BinaryValueInBase64"), NOTHING),
    ("the IPv4 range", BOTH_FAMILIES, asked("someservice:A", "*", aws__SourceIp="203.0.113.7"), ALLOW),
    ("the IPv6 range", BOTH_FAMILIES, asked("someservice:A", "*", aws__SourceIp="2001:db8:1234:5678:9abc::1"), ALLOW),
    ("outside of both", BOTH_FAMILIES, asked("someservice:A", "*", aws__SourceIp="2001:db8:1234:5679::"), NOTHING),
    ("StringLike crosses colons", sourced("StringLike"), asked("x:Y", "*", aws__SourceArn=STRANGE), ALLOW),
    ("ArnLike does not", sourced("ArnLike"), asked("x:Y", "*", aws__SourceArn=STRANGE), NOTHING),
    ("ArnEquals is ArnLike", sourced("ArnEquals"), asked("x:Y", "*", aws__SourceArn=FINANCE.replace("*", "x")), ALLOW),
    (
        "an instance of an allowed type",
        instances("StringLike"),
        asked("ec2:RunInstances", IMAGE, ec2__InstanceType="t2.micro"),
        ALLOW,
    ),
    ("an image has no type", instances("StringLike"), asked("ec2:RunInstances", IMAGE), NOTHING),
    ("IfExists lets it pass", instances("StringLikeIfExists"), asked("ec2:RunInstances", IMAGE), ALLOW),
    (
        "but not another type",
        instances("StringLikeIfExists"),
        asked("ec2:RunInstances", IMAGE, ec2__InstanceType="c5.large"),
        NOTHING,
    ),
    ("Null true: no temporary credentials", LONG_TERM, asked("ec2:StopInstances", IMAGE), ALLOW),
    ("with them", LONG_TERM, asked("ec2:StopInstances", IMAGE, aws__TokenIssueTime="2024-01-01T00:00:00Z"), NOTHING),
]

JOHN = {"StringEquals": {"aws:username": "john"}}
JOHN_ANY_CASE = {"StringEqualsIgnoreCase": {"aws:username": "john"}}


def reading(condition: dict[str, Any], effect: str = "Allow") -> dict[str, Any]:
    """One statement under one condition; a Deny stands beside an Allow of everything."""
    statement = {"Effect": effect, "Action": "s3:GetObject", "Resource": "*", "Condition": condition}
    return document(statement) if effect == "Allow" else document({"Effect": "Allow", "Action": "*", "Resource": "*"}, statement)


def get_object(**context: Any) -> Request:
    """A request to read an object."""
    return asked("s3:GetObject", "arn:aws:s3:::files/a", **context)


FULL_BLOCK = {
    "StringEquals": {"aws:PrincipalTag/department": ["finance", "hr", "legal"], "aws:PrincipalTag/role": ["audit", "security"]},
    "ArnLike": {"aws:PrincipalArn": ["arn:aws:iam::222222222222:user/ana", "arn:aws:iam::222222222222:user/mary"]},
}
MARY = "arn:aws:iam::222222222222:user/mary"
NOT_THESE = {"StringNotEquals": {"aws:PrincipalTag/department": ["hr", "legal"]}}

LOGIC = [
    ("the name in its case", reading(JOHN), get_object(aws__username="john"), ALLOW),
    ("another case", reading(JOHN), get_object(aws__username="John"), NOTHING),
    ("another case, ignored", reading(JOHN_ANY_CASE), get_object(AWS__USERNAME="John"), ALLOW),
    (
        "one value of each key of each operator",
        reading(FULL_BLOCK),
        get_object(**{"aws__PrincipalTag/department": "hr", "aws__PrincipalTag/role": "audit", "aws__PrincipalArn": MARY}),
        ALLOW,
    ),
    (
        "one key fails",
        reading(FULL_BLOCK),
        get_object(**{"aws__PrincipalTag/department": "hr", "aws__PrincipalTag/role": "dev", "aws__PrincipalArn": MARY}),
        NOTHING,
    ),
    (
        "one operator fails",
        reading(FULL_BLOCK),
        get_object(**{"aws__PrincipalTag/department": "hr", "aws__PrincipalTag/role": "audit", "aws__PrincipalArn": MARY[:-1]}),
        NOTHING,
    ),
    ("negated values are NOR", reading(NOT_THESE, "Deny"), get_object(**{"aws__PrincipalTag/department": "finance"}), DENIED),
    ("the first of them", reading(NOT_THESE, "Deny"), get_object(**{"aws__PrincipalTag/department": "hr"}), ALLOW),
    ("the second of them", reading(NOT_THESE, "Deny"), get_object(**{"aws__PrincipalTag/department": "legal"}), ALLOW),
    ("a negated operator is true of an absent key", reading(NOT_THESE, "Deny"), get_object(), DENIED),
    (
        "a negated operator with IfExists denies too when the tag is missing",
        reading({"StringNotEqualsIfExists": {"aws:PrincipalTag/department": "hr"}}, "Deny"),
        get_object(),
        DENIED,
    ),
    (
        "between two dates, at an address",
        reading(
            {
                "DateGreaterThan": {"aws:CurrentTime": "2019-07-16T12:00:00Z"},
                "DateLessThan": {"aws:CurrentTime": "2019-07-16T15:00:00Z"},
                "IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24"]},
            }
        ),
        get_object(aws__CurrentTime="2019-07-16T13:30:00Z", aws__SourceIp="203.0.113.9"),
        ALLOW,
    ),
    (
        "after the second date",
        reading(
            {
                "DateGreaterThan": {"aws:CurrentTime": "2019-07-16T12:00:00Z"},
                "DateLessThan": {"aws:CurrentTime": "2019-07-16T15:00:00Z"},
                "IpAddress": {"aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24"]},
            }
        ),
        get_object(aws__CurrentTime="2019-07-16T15:00:00Z", aws__SourceIp="203.0.113.9"),
        NOTHING,
    ),
]

THREAD = "arn:aws:dynamodb:us-east-2:111122223333:table/Thread"
ONLY = document(
    {
        "Effect": "Allow",
        "Action": "dynamodb:GetItem",
        "Resource": THREAD,
        "Condition": {"ForAllValues:StringLike": {"dynamodb:Attributes": ["PostDateTime", "Message", "Tags"]}},
    }
)
NEVER = document(
    {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"},
    {
        "Effect": "Deny",
        "Action": "dynamodb:PutItem",
        "Resource": THREAD,
        "Condition": {"ForAnyValue:StringLike": {"dynamodb:Attributes": ["ID", "PostDateTime"]}},
    },
)
TAG_KEYS = document(
    {"Effect": "Allow", "Action": "iam:*", "Resource": "*"},
    {
        "Effect": "Deny",
        "Action": ["iam:TagUser", "iam:TagRole"],
        "Resource": "*",
        "Condition": {"ForAnyValue:StringNotLike": {"aws:TagKeys": ["env-*", "cost-*"]}},
    },
)
EXISTING_TAGS = document(
    {
        "Effect": "Allow",
        "Action": "ec2:CreateTags",
        "Resource": "*",
        "Condition": {
            "ForAllValues:StringEquals": {"aws:TagKeys": ["environment", "cost-center"]},
            "Null": {"aws:TagKeys": "false"},
        },
    }
)


def get_item(*attributes: str) -> Request:
    """A request for attributes of the table."""
    return asked("dynamodb:GetItem", THREAD, dynamodb__Attributes=list(attributes))


def put_item(*attributes: str) -> Request:
    """A request to write attributes of the table."""
    return asked("dynamodb:PutItem", THREAD, dynamodb__Attributes=list(attributes))


MULTI_VALUED = [
    ("all attributes are listed", ONLY, get_item("PostDateTime", "Message"), ALLOW),
    ("one is not", ONLY, get_item("PostDateTime", "UserName"), NOTHING),
    ("none is asked for", ONLY, get_item(), ALLOW),
    ("the key is not there", ONLY, asked("dynamodb:GetItem", THREAD), ALLOW),
    ("one of them is forbidden", NEVER, put_item("UserName", "Message", "PostDateTime"), DENIED),
    ("none of them is", NEVER, put_item("UserName"), ALLOW),
    ("an empty list meets nothing", NEVER, put_item(), ALLOW),
    ("each tag key has a prefix", TAG_KEYS, asked("iam:TagUser", USER_ARN, aws__TagKeys=["env-a", "cost-b"]), ALLOW),
    ("one has none", TAG_KEYS, asked("iam:TagUser", USER_ARN, aws__TagKeys=["env-a", "owner"]), DENIED),
    ("no tag keys", TAG_KEYS, asked("iam:TagUser", USER_ARN), ALLOW),
    ("listed tag keys, guarded", EXISTING_TAGS, asked("ec2:CreateTags", IMAGE, aws__TagKeys=["environment"]), ALLOW),
    ("the guard demands some", EXISTING_TAGS, asked("ec2:CreateTags", IMAGE, aws__TagKeys=[]), NOTHING),
    ("and the key", EXISTING_TAGS, asked("ec2:CreateTags", IMAGE), NOTHING),
]

QUEUE = document({"Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-2:*:${aws:username}-queue"})
OLD_QUEUE = document(
    {"Effect": "Allow", "Action": "sqs:*", "Resource": "arn:aws:sqs:us-east-2:*:${aws:username}-queue"}, version="2008-10-17"
)
TEAM = document(
    {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::files/${aws:PrincipalTag/team, 'company-wide'}/*"}
)
SPECIAL = document({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::files/${*}/${?}/${$}{x}"})


def team(folder: str, **context: Any) -> Request:
    """A request for an object in a team's folder."""
    return asked("s3:GetObject", f"arn:aws:s3:::files/{folder}/a", **context)


VARIABLES = [
    (
        "one's own queue",
        QUEUE,
        asked("sqs:SendMessage", "arn:aws:sqs:us-east-2:111122223333:zhang-queue", aws__username="zhang"),
        ALLOW,
    ),
    ("another's", QUEUE, asked("sqs:SendMessage", "arn:aws:sqs:us-east-2:111122223333:li-queue", aws__username="zhang"), NOTHING),
    ("no user name", QUEUE, asked("sqs:SendMessage", "arn:aws:sqs:us-east-2:111122223333:zhang-queue"), NOTHING),
    (
        "the old version has no variables",
        OLD_QUEUE,
        asked("sqs:SendMessage", "arn:aws:sqs:us-east-2:111122223333:zhang-queue", aws__username="zhang"),
        NOTHING,
    ),
    (
        "there it is a name",
        OLD_QUEUE,
        asked("sqs:SendMessage", "arn:aws:sqs:us-east-2:111122223333:${aws:username}-queue"),
        ALLOW,
    ),
    ("the team's folder", TEAM, team("blue", **{"aws__PrincipalTag/team": "blue"}), ALLOW),
    ("not the default's as well", TEAM, team("company-wide", **{"aws__PrincipalTag/team": "blue"}), NOTHING),
    ("without a team the default's", TEAM, team("company-wide"), ALLOW),
    ("and no other", TEAM, team("blue"), NOTHING),
    ("escapes are plain characters", SPECIAL, asked("s3:GetObject", "arn:aws:s3:::files/*/?/${x}"), ALLOW),
    ("and no wildcards", SPECIAL, asked("s3:GetObject", "arn:aws:s3:::files/a/?/${x}"), NOTHING),
]

KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def decrypting(effect: str = "Allow", **element: Any) -> dict[str, Any]:
    """Decrypt under one element; a Deny stands beside an Allow of all keys."""
    statement = {"Effect": effect, "Action": "kms:Decrypt", **element}
    return (
        document(statement) if effect == "Allow" else document({"Effect": "Allow", "Action": "kms:*", "Resource": "*"}, statement)
    )


def decrypt(resource: str = KEY, **context: Any) -> Request:
    """A request to decrypt."""
    return asked("kms:Decrypt", resource, **context)


RESOURCES = [
    ("a key by its ARN", decrypting(Resource=KEY), decrypt(), ALLOW),
    ("another key", decrypting(Resource=KEY[:-1] + "c"), decrypt(), NOTHING),
    ("keys of an account in a Region", decrypting(Resource="arn:aws:kms:us-west-2:111122223333:key/*"), decrypt(), ALLOW),
    ("of an account in every Region", decrypting(Resource="arn:aws:kms:*:111122223333:key/*"), decrypt(), ALLOW),
    ("of another account", decrypting(Resource="arn:aws:kms:*:444455556666:key/*"), decrypt(), NOTHING),
    (
        "an alias ARN grants no use of its key",
        decrypting(Resource="arn:aws:kms:us-west-2:111122223333:alias/*"),
        decrypt(),
        NOTHING,
    ),
    ("missing fields of an ARN are completed", decrypting(Resource="arn:aws:kms"), decrypt(), ALLOW),
    ("also after the Region", decrypting(Resource="arn:aws:kms:us-west-2"), decrypt(), ALLOW),
    ("with another Region", decrypting(Resource="arn:aws:kms:us-east-1"), decrypt(), NOTHING),
    ("a Deny completes them too", decrypting("Deny", Resource="arn:aws:kms"), decrypt(), DENIED),
    ("a Deny of all but one key", decrypting("Deny", NotResource=KEY), decrypt(), ALLOW),
    ("denies the others", decrypting("Deny", NotResource=KEY), decrypt(KEY[:-1] + "c"), DENIED),
    ("an Allow of all but one", decrypting(NotResource=KEY), decrypt(), NOTHING),
    ("allows the others", decrypting(NotResource=KEY), decrypt(KEY[:-1] + "c"), ALLOW),
    (
        "keys with an alias, in the way the KMS page on aliases shows",
        decrypting(Resource="*", Condition={"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/ProjectAlpha*"}}),
        decrypt(kms__ResourceAliases=["alias/other", "alias/ProjectAlpha1"]),
        ALLOW,
    ),
    (
        "a key without such an alias",
        decrypting(Resource="*", Condition={"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/ProjectAlpha*"}}),
        decrypt(kms__ResourceAliases=["alias/other"]),
        NOTHING,
    ),
    (
        "a key without any alias",
        decrypting(Resource="*", Condition={"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/ProjectAlpha*"}}),
        decrypt(),
        NOTHING,
    ),
    (
        "an encryption context that is required",
        decrypting(Resource="*", Condition={"StringEquals": {"kms:EncryptionContext:AppName": "ExampleApp"}}),
        decrypt(**{"kms__EncryptionContext:appname": "ExampleApp"}),
        ALLOW,
    ),
    (
        "only through a service",
        decrypting(Resource="*", Condition={"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}),
        decrypt(kms__ViaService="s3.us-west-2.amazonaws.com"),
        ALLOW,
    ),
    (
        "not directly",
        decrypting(Resource="*", Condition={"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}),
        decrypt(),
        NOTHING,
    ),
]

CASES = [
    pytest.param(subject, request, expected, id=f"{page}: {what}")
    for page, cases in (
        ("operators", OPERATORS),
        ("logic", LOGIC),
        ("multivalued", MULTI_VALUED),
        ("variables", VARIABLES),
        ("resources", RESOURCES),
    )
    for what, subject, request, expected in cases
]


@pytest.mark.parametrize(("subject", "request_", "expected"), CASES)
def test_documented_examples(subject: dict[str, Any], request_: Request, expected: Decision) -> None:
    """The evaluator decides each request as the documentation says."""
    assert allows(policy_from(subject), request_) is expected
