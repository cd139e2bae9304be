"""The facts of AWS that the engine rests on: KMS actions, types of context keys, partitions and Regions.

Sources: the Service Authorization Reference for AWS KMS, the IAM and AWS KMS lists of condition keys, and the AWS Regions
page. Nothing here is an algorithm; a change of AWS's is a change of this file.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

ACTIONS_ON_A_KEY: Final = tuple(
    "Decrypt ReEncryptFrom ReEncryptTo Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext "
    "GenerateDataKeyWithoutPlaintext GenerateMac VerifyMac Sign Verify DeriveSharedSecret DescribeKey GetPublicKey CreateGrant "
    "ListGrants RevokeGrant RetireGrant PutKeyPolicy GetKeyPolicy ListKeyPolicies EnableKey DisableKey EnableKeyRotation "
    "DisableKeyRotation RotateKeyOnDemand GetKeyRotationStatus ListKeyRotations GetKeyLastUsage ScheduleKeyDeletion "
    "CancelKeyDeletion ImportKeyMaterial DeleteImportedKeyMaterial GetParametersForImport TagResource UntagResource "
    "ListResourceTags UpdateKeyDescription ReplicateKey UpdatePrimaryRegion SynchronizeMultiRegionKey".split()
)
ACTIONS_ON_ALIAS_AND_KEY: Final = ("CreateAlias", "UpdateAlias", "DeleteAlias")
ACTIONS_ON_NOTHING: Final = tuple(
    "CreateKey ListKeys ListAliases ListRetirableGrants GenerateRandom ConnectCustomKeyStore CreateCustomKeyStore "
    "DeleteCustomKeyStore DisconnectCustomKeyStore UpdateCustomKeyStore DescribeCustomKeyStores".split()
)
KEY_ACTIONS: Final = tuple(f"kms:{name}" for name in ACTIONS_ON_A_KEY + ACTIONS_ON_ALIAS_AND_KEY)
"""The actions that a blocked pattern can stand for."""
DECRYPTION_ACTIONS: Final = ("kms:Decrypt", "kms:ReEncryptFrom")


class Sort(str, Enum):
    """What values a context key holds."""

    STRING = "String"
    BOOL = "Bool"
    NUMERIC = "Numeric"
    DATE = "Date"
    IP = "IP"
    ARN = "Arn"


_BY_SORT: Final = {
    Sort.BOOL: "kms:MultiRegion kms:ReEncryptOnSameKey kms:GrantIsForAWSResource kms:BypassPolicyLockoutSafetyCheck "
    "aws:SecureTransport aws:ViaAWSService aws:MultiFactorAuthPresent aws:PrincipalIsAWSService",
    Sort.NUMERIC: "aws:MultiFactorAuthAge kms:RotationPeriodInDays kms:ScheduleKeyDeletionPendingWindowInDays",
    Sort.DATE: "aws:CurrentTime aws:EpochTime aws:TokenIssueTime kms:ValidTo",
    Sort.IP: "aws:SourceIp aws:VpcSourceIp",
    Sort.ARN: "aws:PrincipalArn aws:SourceArn aws:SourceVpcArn kms:GrantConstraintSourceArn",
}
SORTS: Final = {key.lower(): sort for sort, keys in _BY_SORT.items() for key in keys.split()}
"""Case-folded context key to its sort; every other key is a String."""

MULTI_VALUED: Final = frozenset(
    "kms:resourcealiases kms:encryptioncontextkeys kms:grantoperations aws:tagkeys aws:calledvia aws:principalorgpaths "
    "aws:resourceorgpaths aws:sourceorgpaths aws:vpceorgpaths aws:principalservicenameslist".split()
)
"""Case-folded keys of `aws:` and `kms:` whose value is a list."""

ALIAS_VALUED: Final = frozenset({"kms:resourcealiases", "kms:requestalias"})
"""Case-folded keys each of whose values is `alias/` and one or more of `[a-zA-Z0-9:/_-]`."""

ALWAYS_PRESENT: Final = frozenset(
    "kms:calleraccount aws:principalaccount aws:principalarn aws:principaltype aws:userid aws:useragent aws:securetransport "
    "aws:currenttime aws:epochtime aws:viaawsservice aws:principalisawsservice kms:keyorigin kms:keyspec kms:keyusage "
    "kms:customermasterkeyspec kms:customermasterkeyusage aws:resourceaccount aws:requestedregion kms:multiregion".split()
)
PRESENT_ON_DECRYPTION: Final = frozenset({"kms:encryptionalgorithm"})
NEVER_PRESENT: Final = frozenset({"aws:principalservicename", "aws:principalservicenameslist"})

SAME_VALUE: Final = {
    "aws:principalaccount": "kms:calleraccount",
    "aws:epochtime": "aws:currenttime",
    "kms:customermasterkeyspec": "kms:keyspec",
    "kms:customermasterkeyusage": "kms:keyusage",
}
"""Case-folded key to the key that holds the same value under another name."""

_SPELLINGS: Final = (
    "kms:CallerAccount kms:CustomerMasterKeySpec kms:CustomerMasterKeyUsage kms:EncryptionAlgorithm kms:EncryptionContextKeys "
    "kms:GrantConstraintType kms:GrantOperations kms:GranteePrincipal kms:KeyOrigin kms:KeySpec kms:KeyUsage "
    "kms:MultiRegionKeyType kms:PrimaryRegion kms:ReplicaRegion kms:RequestAlias kms:ResourceAliases kms:ViaService "
    "kms:WrappingAlgorithm kms:WrappingKeySpec kms:ExpirationModel kms:DataKeyPairSpec kms:KeyAgreementAlgorithm "
    "kms:MacAlgorithm kms:MessageType kms:RecipientAttestation kms:RetiringPrincipal kms:SigningAlgorithm aws:CalledVia "
    "aws:CalledViaFirst aws:CalledViaLast aws:FederatedProvider aws:PrincipalAccount aws:PrincipalOrgID aws:PrincipalOrgPaths "
    "aws:PrincipalServiceName aws:PrincipalServiceNamesList aws:PrincipalType aws:Referer aws:RequestedRegion "
    "aws:ResourceAccount aws:ResourceOrgID aws:ResourceOrgPaths aws:SourceAccount aws:SourceIdentity aws:SourceOrgID "
    "aws:SourceOrgPaths aws:SourceVpc aws:SourceVpce aws:TagKeys aws:userid aws:username aws:UserAgent aws:VpceAccount "
    "aws:VpceOrgID aws:VpceOrgPaths"
)
SPELLINGS: Final = {key.lower(): key for keys in (*_BY_SORT.values(), _SPELLINGS) for key in keys.split()}
"""Case-folded context key to the spelling AWS documents, for what people read."""

REGIONS: Final = {
    "aws": tuple(
        "us-east-1 us-east-2 us-west-1 us-west-2 eu-west-1 eu-west-2 eu-west-3 eu-central-1 eu-central-2 eu-north-1 eu-south-1 "
        "eu-south-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 "
        "ap-southeast-5 ap-southeast-6 ap-southeast-7 ap-south-1 ap-south-2 ap-east-1 ap-east-2 ca-central-1 ca-west-1 sa-east-1 "
        "sa-west-1 af-south-1 il-central-1 me-central-1 me-south-1 me-west-1 mx-central-1".split()
    ),
    "aws-cn": ("cn-north-1", "cn-northwest-1"),
    "aws-us-gov": ("us-gov-west-1", "us-gov-east-1"),
    "aws-iso": ("us-iso-east-1", "us-iso-west-1"),
    "aws-iso-b": ("us-isob-east-1", "us-isob-west-1"),
    "aws-iso-e": ("eu-isoe-west-1",),
    "aws-iso-f": ("us-isof-south-1", "us-isof-east-1"),
    "aws-eusc": ("eusc-de-east-1",),
}
"""Partition to its Regions, the ones a reader knows best first."""
PARTITIONS: Final = tuple(REGIONS)
