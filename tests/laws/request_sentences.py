"""Sentences on requests: what the context of a request to a key holds, given the key and the types of keys (section 6)."""

from __future__ import annotations

from sentence_cases import (
    AT_KEY,
    ENCRYPTING,
    HOME,
    MULTI_REGION,
    SINGLE_REGION,
    Case,
    X,
    absent,
    allow,
    deny,
    is_one,
    like,
    present,
)

DECIDED_BY_THE_ARN = {
    "account-is-the-arns": Case(
        "the account of the ARN is 111122223333, so aws:ResourceAccount is no other",
        True,
        [allow(f"arn:aws:kms:*:{HOME}:key/*", StringNotEquals={"aws:ResourceAccount": HOME})],
        ("aws:ResourceAccount", X),
        AT_KEY,
    ),
    "region-is-the-arns": Case(
        "the Region of the ARN is us-east-1, so aws:RequestedRegion is no other",
        True,
        [allow("arn:aws:kms:us-east-1:*:key/*", StringNotEquals={"aws:RequestedRegion": "us-east-1"})],
        ("aws:RequestedRegion", X),
        AT_KEY,
    ),
    "account-is-always-there": Case(
        "aws:ResourceAccount is never absent", True, [absent("aws:ResourceAccount")], ("aws:ResourceAccount", X)
    ),
    "region-is-always-there": Case(
        "aws:RequestedRegion is never absent", True, [absent("aws:RequestedRegion")], ("aws:RequestedRegion", X)
    ),
    "multi-region-is-always-there": Case(
        "kms:MultiRegion is never absent", True, [absent("kms:MultiRegion")], ("kms:MultiRegion", X)
    ),
    "mrk-is-multi-region": Case(
        "the id starts mrk-, so kms:MultiRegion is true",
        True,
        [allow(MULTI_REGION, Bool={"kms:MultiRegion": "false"})],
        ("kms:MultiRegion", X),
    ),
    "uuid-is-not-multi-region": Case(
        "the id is a UUID, so kms:MultiRegion is false",
        True,
        [allow(SINGLE_REGION, Bool={"kms:MultiRegion": "true"})],
        ("kms:MultiRegion", X),
    ),
    "mrk-has-a-key-type": Case(
        "a multi-Region key is a primary or a replica",
        True,
        [allow(MULTI_REGION, Null={"kms:MultiRegionKeyType": "true"})],
        ("kms:MultiRegionKeyType", X),
    ),
    "uuid-has-no-key-type": Case(
        "a single-Region key is neither",
        True,
        [allow(SINGLE_REGION, Null={"kms:MultiRegionKeyType": "false"})],
        ("kms:MultiRegionKeyType", X),
    ),
    "key-type-is-one-of-two": Case(
        "there is no third type",
        True,
        [allow(StringNotEquals={"kms:MultiRegionKeyType": ["PRIMARY", "REPLICA"]}, Null={"kms:MultiRegionKeyType": "false"})],
        ("kms:MultiRegionKeyType", X),
    ),
    "key-type-may-be-replica": Case(
        "a replica is a key like any other", False, [is_one("kms:MultiRegionKeyType", "REPLICA")], ("REPLICA", "THIRD")
    ),
    "key-type-may-be-primary": Case(
        "and so is a primary", False, [is_one("kms:MultiRegionKeyType", "PRIMARY")], ("PRIMARY", "primary")
    ),
}

TWO_NAMES = {
    "caller-account": Case(
        "the caller has one account under both names",
        True,
        [allow(StringEquals={"kms:CallerAccount": HOME}, StringNotEquals={"aws:PrincipalAccount": HOME})],
        ("kms:CallerAccount", X),
    ),
    "caller-account-is-12-digits": Case(
        "the caller's account is 12 digits",
        True,
        [allow(StringNotLike={"aws:PrincipalAccount": "????????????"})],
        ("aws:PrincipalAccount", X),
    ),
    "caller-account-is-digits": Case("and digits only", True, [like("kms:CallerAccount", "*a*")], ("*a*", "*7*")),
    "one-time": Case(
        "it is not before 2024 under one name and after 2025 under the other",
        True,
        [allow(DateLessThan={"aws:CurrentTime": "2024"}, DateGreaterThan={"aws:EpochTime": "2025"})],
        ("aws:CurrentTime", "aws:TokenIssueTime"),
    ),
    "whole-seconds": Case(
        "no whole second lies between two that are neighbours",
        True,
        [
            allow(
                DateGreaterThan={"aws:CurrentTime": "2024-01-01T00:00:00Z"},
                DateLessThan={"aws:CurrentTime": "2024-01-01T00:00:01Z"},
            )
        ],
        ("aws:CurrentTime", X),
    ),
    "dates-of-epoch-time": Case(
        "Date operators read aws:EpochTime",
        False,
        [allow(DateEquals={"aws:EpochTime": "2024-01-01"})],
        ("2024-01-01", "1970-01-01"),
    ),
    "numbers-of-current-time": Case(
        "Numeric operators read no date",
        True,
        [allow(NumericGreaterThan={"aws:CurrentTime": 0})],
        ("aws:CurrentTime", "aws:EpochTime"),
    ),
    "key-spec": Case(
        "the key has one spec under both names",
        True,
        [allow(StringEquals={"kms:KeySpec": "RSA_2048"}, StringNotEquals={"kms:CustomerMasterKeySpec": "RSA_2048"})],
        ("kms:CustomerMasterKeySpec", X),
    ),
    "key-usage": Case(
        "the key has one usage under both names",
        True,
        [allow(StringEquals={"kms:KeyUsage": "SIGN_VERIFY"}, StringNotEquals={"kms:CustomerMasterKeyUsage": "SIGN_VERIFY"})],
        ("kms:CustomerMasterKeyUsage", X),
        ENCRYPTING,
    ),
}

ALWAYS = (
    *("kms:CallerAccount", "aws:PrincipalAccount", "aws:PrincipalArn", "aws:PrincipalType", "aws:userid", "aws:UserAgent"),
    *(
        "aws:SecureTransport",
        "aws:CurrentTime",
        "aws:EpochTime",
        "aws:ViaAWSService",
        "aws:PrincipalIsAWSService",
        "kms:KeyOrigin",
    ),
    *("kms:KeySpec", "kms:KeyUsage", "kms:CustomerMasterKeySpec", "kms:CustomerMasterKeyUsage"),
)
OTHERS = (
    *(
        "kms:ViaService",
        "kms:EncryptionContext:a",
        "aws:SourceIp",
        "aws:TokenIssueTime",
        "aws:MultiFactorAuthPresent",
        "aws:PrincipalTag/t",
    ),
    *("kms:MultiRegionKeyType", "aws:SourceArn", "kms:RequestAlias", "saml:aud", "aws:PrincipalOrgID", "kms:GrantConstraintType"),
)
PRESENCE = {
    **{f"{key}-is-always-there": Case(f"{key} is never absent", True, [absent(key)], (key, X), ENCRYPTING) for key in ALWAYS},
    **{
        f"{key}-may-be-absent": Case(f"{key} may be absent", False, [absent(key)], (key, "aws:UserAgent"), ENCRYPTING)
        for key in OTHERS
    },
    **{
        f"{key}-may-be-there": Case(f"{key} may be present", False, [present(key)], (key, "aws:PrincipalServiceName"))
        for key in OTHERS
    },
    "the-default-of-a-time-is-dead": Case(
        "a variable of a key that is always present never has its default",
        True,
        [is_one(X, "${aws:EpochTime, 'x'}"), deny(StringNotEquals={X: "x"})],
        ("aws:EpochTime", "aws:PrincipalTag/y"),
    ),
    "principal-is-no-service": Case(
        "an identity policy's principal is no service",
        True,
        [allow(Bool={"aws:PrincipalIsAWSService": "true"})],
        ("aws:PrincipalIsAWSService", "aws:ViaAWSService"),
    ),
    "algorithm-on-decryption": Case(
        "decryption names its algorithm", True, [absent("kms:EncryptionAlgorithm")], ("kms:EncryptionAlgorithm", X)
    ),
    "algorithm-elsewhere": Case(
        "other actions need not",
        False,
        [absent("kms:EncryptionAlgorithm")],
        ("kms:EncryptionAlgorithm", "kms:KeySpec"),
        ENCRYPTING,
    ),
    "algorithm-anywhere": Case(
        "but a key may be there on any action",
        False,
        [present("kms:EncryptionAlgorithm")],
        ("kms:EncryptionAlgorithm", "aws:PrincipalServiceName"),
        {"actions": ("kms:CreateGrant",)},
    ),
    "usage-on-decryption": Case(
        "only a key for encryption decrypts", True, [is_one("kms:KeyUsage", "SIGN_VERIFY")], ("SIGN_VERIFY", "ENCRYPT_DECRYPT")
    ),
    "usage-under-its-other-name": Case(
        "under both names", True, [is_one("kms:CustomerMasterKeyUsage", "SIGN_VERIFY")], ("SIGN_VERIFY", "ENCRYPT_DECRYPT")
    ),
    "usage-elsewhere": Case(
        "other actions are for keys of any usage", False, [is_one("kms:KeyUsage", "SIGN_VERIFY")], ("SIGN_VERIFY", ""), ENCRYPTING
    ),
    "no-service-name": Case(
        "aws:PrincipalServiceName is never there", True, [like("aws:PrincipalServiceName", "*")], ("aws:PrincipalServiceName", X)
    ),
    "no-service-names": Case(
        "nor is aws:PrincipalServiceNamesList",
        True,
        [allow(**{"ForAnyValue:StringLike": {"aws:PrincipalServiceNamesList": "*"}})],
        ("aws:PrincipalServiceNamesList", "aws:TagKeys"),
    ),
}

SORTS = {
    "truth value": "kms:ReEncryptOnSameKey kms:GrantIsForAWSResource kms:BypassPolicyLockoutSafetyCheck aws:SecureTransport "
    "aws:ViaAWSService aws:MultiFactorAuthPresent",
    "number": "aws:MultiFactorAuthAge kms:RotationPeriodInDays kms:ScheduleKeyDeletionPendingWindowInDays",
    "date": "aws:CurrentTime aws:EpochTime aws:TokenIssueTime kms:ValidTo",
    "address": "aws:SourceIp aws:VpcSourceIp",
    "ARN": "aws:PrincipalArn aws:SourceArn aws:SourceVpcArn kms:GrantConstraintSourceArn",
}
LISTS = (
    "kms:ResourceAliases kms:EncryptionContextKeys kms:GrantOperations aws:TagKeys aws:CalledVia aws:PrincipalOrgPaths "
    "aws:ResourceOrgPaths aws:SourceOrgPaths aws:VpceOrgPaths"
).split()
TYPES = {
    **{
        f"{key}-is-typed": Case(f"no {sort} starts like this", True, [like(key, "xx*")], (key, X))
        for sort, keys in SORTS.items()
        for key in keys.split()
    },
    **{
        f"{key}-is-a-list": Case(
            f"{key} holds a list, in which two texts can be",
            False,
            [allow(**{"ForAnyValue:StringLike": {key: "alias/a"}, "ForAnyValue:StringEquals": {key: "alias/b"}})],
            (key, X),
        )
        for key in LISTS
    },
    "booleans": Case(
        "a Bool key holds true or false",
        True,
        [allow(StringNotEquals={"aws:SecureTransport": ["true", "false"]})],
        ("aws:SecureTransport", X),
    ),
    "booleans-are-lower-case": Case("in lower case", True, [is_one("aws:SecureTransport", "TRUE")], ("TRUE", "true")),
    "numbers": Case("a Numeric key holds decimals", True, [like("aws:MultiFactorAuthAge", "*x*")], ("aws:MultiFactorAuthAge", X)),
    "numbers-are-shortest": Case("with no zero at their end", True, [like("aws:MultiFactorAuthAge", "*.*0")], ("*.*0", "*.*5")),
    "numbers-have-no-plus": Case("and no plus sign", True, [like("aws:MultiFactorAuthAge", "+*")], ("+*", "-*")),
    "numbers-have-one-zero": Case("and no zero before a digit", True, [like("aws:MultiFactorAuthAge", "0?")], ("0?", "0.?")),
    "numbers-have-no-exponent": Case("and no exponent", True, [like("aws:MultiFactorAuthAge", "*e*")], ("*e*", "*1*")),
    "zero-has-no-sign": Case("and zero has no sign", True, [is_one("aws:MultiFactorAuthAge", "-0")], ("-0", "-1")),
    "numbers-of-one-text": Case(
        "a number has one text there, on a tag it has many",
        True,
        [allow(NumericEquals={"kms:RotationPeriodInDays": 5}, StringNotEquals={"kms:RotationPeriodInDays": "5"})],
        ("kms:RotationPeriodInDays", X),
    ),
    "dates": Case(
        "a Date key holds the one form of a date-time",
        True,
        [allow(StringNotLike={"aws:CurrentTime": "????-??-??T??:??:??Z"})],
        ("aws:CurrentTime", X),
    ),
    "dates-are-utc": Case("in UTC", True, [like("aws:TokenIssueTime", "*+*")], ("*+*", "*-*")),
    "dates-are-real": Case("and on a day that there is", True, [like("kms:ValidTo", "2023-02-29*")], ("2023", "2024")),
    "epoch-time-is-digits": Case("aws:EpochTime holds digits", True, [like("aws:EpochTime", "*-*")], ("*-*", "*7*")),
    "epoch-time-starts-at-10000": Case(
        "from 10000 on, for four digits are a year", True, [is_one("aws:EpochTime", "9999")], ("9999", "10000")
    ),
    "current-time-starts-there-too": Case(
        "which bounds its other name where the policy mentions both",
        True,
        [allow(DateLessThan={"aws:CurrentTime": "1970-01-01T02:46:40Z"}), deny(DateEquals={"aws:EpochTime": "2000"})],
        ("02:46:40Z", "02:46:41Z"),
    ),
    "addresses": Case("an IP key holds addresses", True, [like("aws:SourceIp", "*x*")], ("aws:SourceIp", X)),
    "addresses-are-lower-case": Case("in lower case", True, [like("aws:VpcSourceIp", "*DB8*")], ("DB8", "db8")),
    "addresses-are-short": Case(
        "as RFC 5952 writes them", True, [is_one("aws:SourceIp", "2001:db8:0:0:0:0:0:1")], ("db8:0:0:0:0:0:1", "db8::1")
    ),
    "arns": Case("an Arn key's value starts with arn", True, [like("aws:SourceArn", "a?x:*")], ("aws:SourceArn", X)),
    "arns-have-six-fields": Case(
        "and has six fields",
        True,
        [like("aws:SourceArn", "arn:*"), deny(StringLike={"aws:SourceArn": "*:*:*:*:*:*"})],
        ("aws:SourceArn", X),
    ),
    "arns-may-be-empty-inside": Case("which may be empty", False, [is_one("aws:SourceArn", "arn:::::")], ("arn:::::", "arn::::")),
    "arns-keep-further-colons": Case(
        "the sixth with colons in it", False, [is_one("aws:SourceVpcArn", "arn:a:b:c:d:e:f")], ("arn:a:", "orn:a:")
    ),
    "aliases": Case(
        "a request's alias starts with alias/",
        True,
        [allow(StringNotLike={"kms:RequestAlias": "alias/*"}, Null={"kms:RequestAlias": "false"})],
        ("kms:RequestAlias", X),
    ),
    "aliases-are-not-empty": Case("and goes on", True, [is_one("kms:RequestAlias", "alias/")], ("alias/", "alias/a")),
    "aliases-have-few-characters": Case(
        "with certain characters only", True, [like("kms:RequestAlias", "alias/*.*")], ("*.*", "*:*")
    ),
    "aliases-of-the-resource": Case(
        "each of kms:ResourceAliases too",
        True,
        [allow(**{"ForAnyValue:StringNotLike": {"kms:ResourceAliases": "alias/*"}})],
        ("kms:ResourceAliases", "aws:TagKeys"),
    ),
    "texts-are-not-empty": Case("every other key holds a text of one or more characters", True, [is_one(X, "")], ('""', '" "')),
    "texts-are-any": Case("of any characters", False, [is_one(X, "\u00e9 :*?\n")], (X, "aws:SecureTransport")),
    "numbers-on-tags": Case(
        "a Numeric test on a tag holds of the texts that are numbers and pass",
        False,
        [allow(NumericEquals={X: 5}, StringLike={X: "+*.0"})],
        (X, "aws:MultiFactorAuthAge"),
    ),
    "foreign-lists": Case(
        "a key of another prefix under a set prefix holds a list",
        False,
        [allow(**{"ForAnyValue:StringEquals": {"saml:x": "a"}, "ForAnyValue:StringLike": {"saml:x": "b"}})],
        ("saml:x", X),
    ),
    "kms-keys-hold-one-value": Case(
        "a key of kms: that the catalogue does not call multi-valued holds one value",
        True,
        [allow(**{"ForAnyValue:StringEquals": {"kms:ViaService": "a"}, "ForAnyValue:StringLike": {"kms:ViaService": "b"}})],
        ("kms:ViaService", "kms:GrantOperations"),
    ),
    "lists-are-lists": Case(
        "the value of a multi-valued key is a list, of which a Deny without set prefix says nothing",
        False,
        [present("aws:TagKeys"), deny(StringLike={"aws:TagKeys": "*"})],
        ("aws:TagKeys", X),
    ),
    "lists-by-a-prefix-elsewhere": Case(
        "also where only another statement uses the set prefix",
        False,
        [present("saml:x"), deny(StringLike={"saml:x": "*"}), deny(**{"ForAnyValue:StringEquals": {"saml:x": "b"}})],
        ("saml:x", X),
    ),
}

FREE = {
    **{
        f"{key}-is-free": Case(
            f"the owner of a fresh key sets {key}", False, [is_one(key, "anything")], (key, "aws:ResourceAccount")
        )
        for key in ("aws:ResourceTag/team", "kms:KeySpec", "kms:KeyOrigin", "aws:ResourceOrgID")
    },
    "resource-aliases-are-free": Case(
        "and its aliases",
        False,
        [allow(**{"ForAnyValue:StringEquals": {"kms:ResourceAliases": "alias/anything"}})],
        ("kms:ResourceAliases", "aws:PrincipalServiceNamesList"),
    ),
    "arn-and-account-of-the-principal": Case(
        "no relation ties the principal's ARN to its account",
        False,
        [allow(StringEquals={"aws:PrincipalAccount": HOME}, ArnLike={"aws:PrincipalArn": "arn:aws:iam::444455556666:*"})],
        ("aws:PrincipalArn", "aws:PrincipalServiceName"),
    ),
    "calls-and-their-way": Case(
        "nor aws:ViaAWSService to aws:CalledVia",
        False,
        [allow(Bool={"aws:ViaAWSService": "false"}, **{"ForAnyValue:StringLike": {"aws:CalledVia": "*"}})],
        ("aws:CalledVia", "aws:PrincipalServiceNamesList"),
    ),
    "first-of-the-calls": Case(
        "nor aws:CalledViaFirst to its list",
        False,
        [allow(Null={"aws:CalledVia": "true"}, StringLike={"aws:CalledViaFirst": "*"})],
        ("aws:CalledViaFirst", "aws:PrincipalServiceName"),
    ),
    "age-without-presence": Case(
        "nor the age of a second factor to its presence",
        False,
        [allow(Bool={"aws:MultiFactorAuthPresent": "false"}, NumericLessThan={"aws:MultiFactorAuthAge": 60})],
        ("aws:MultiFactorAuthPresent", "aws:PrincipalServiceName"),
    ),
    "spec-and-usage": Case(
        "nor a key's spec to its usage",
        False,
        [allow(StringEquals={"kms:KeySpec": "HMAC_256", "kms:KeyUsage": "ENCRYPT_DECRYPT"})],
        ("ENCRYPT_DECRYPT", "SIGN_VERIFY"),
    ),
}


REQUESTS = {**DECIDED_BY_THE_ARN, **TWO_NAMES, **PRESENCE, **TYPES, **FREE}
