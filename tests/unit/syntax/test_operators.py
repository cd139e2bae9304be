"""The names of condition operators: the whole universe of them, and what is near it."""

import itertools

import pytest

from keyaki.policy import Family, Operator, Quantifier
from keyaki.syntax.operators import operator_hint, operator_name, operator_named

NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnLike",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
}
BASES = {**{family.value: (family, False) for family in Family}, "ArnEquals": (Family.ARN_LIKE, False)}
BASES |= {name: (Family(positive), True) for name, positive in NEGATED.items()}
PREFIXES = {"": None, "ForAllValues:": Quantifier.FOR_ALL_VALUES, "ForAnyValue:": Quantifier.FOR_ANY_VALUE}
UNIVERSE = {
    prefix + base + suffix: Operator(*BASES[base], bool(suffix), PREFIXES[prefix])
    for prefix, base, suffix in itertools.product(PREFIXES, BASES, ("", "IfExists"))
    if base + suffix != "NullIfExists"
}


def test_the_universe_has_all_operators_of_the_language() -> None:
    """27 base names, 26 of them with IfExists, each bare and with two set prefixes."""
    assert len(BASES) == 27
    assert len(UNIVERSE) == (27 + 26) * 3


@pytest.mark.parametrize("name", UNIVERSE)
def test_every_name_means_its_operator_in_any_case(name: str) -> None:
    """A name is read after ASCII case folding, and is kept as written."""
    for spelling in (name, name.lower(), name.upper(), name.swapcase()):
        found = operator_named(spelling)
        assert found == UNIVERSE[name]
        assert found is not None
        assert found.name == spelling


@pytest.mark.parametrize("name", UNIVERSE)
def test_the_canonical_name_is_one_per_operator(name: str) -> None:
    """The canonical name is in the universe, and reads back to the operator it names."""
    canonical = operator_name(UNIVERSE[name])
    assert canonical in UNIVERSE
    assert UNIVERSE[canonical] == UNIVERSE[name]
    assert operator_name(UNIVERSE[canonical]) == canonical
    assert canonical == name or ("Arn" in name and "Equals" in name)


@pytest.mark.parametrize(
    "name",
    [
        *("NullIfExists", "ForAnyValue:NullIfExists", "ForAnyValue:", "ForAllValues", "ForAllValues:ForAnyValue:Bool"),
        *("", "IfExists", "StringEqualsIfExistsIfExists", "StringNotequal", "BinaryNotEquals", "ArnEqualsIgnoreCase", "NotBool"),
        *(" Bool", "Bool ", "\u212aull", "StringLi\u212ae", "IpAddre\u017fs"),
    ],
)
def test_no_other_name_is_an_operator(name: str) -> None:
    """What AWS does not list is none; folding is ASCII, so a Kelvin sign is no k."""
    assert operator_named(name) is None


def test_a_name_with_a_letter_missing_is_hinted_at() -> None:
    """A name that lacks one letter behind its set prefix is no operator, and nearly always the hint is the name itself."""
    tried = hit = 0
    for name in UNIVERSE:
        for place in range(name.find(":") + 1, len(name), 2):
            broken = name[:place] + name[place + 1 :]
            if operator_named(broken) is None:
                tried += 1
                hit += f"`{name}`" in operator_hint(broken)
    assert hit / tried > 0.95


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("NullIfExists", "`Null` without IfExists"),
        ("ForAnyValues:StringLike", "`ForAnyValue:StringLike`"),
        ("ForAnyValuesStringLike", "`ForAnyValue:StringLike`"),
        ("ForAllValue:StringEqual", "`ForAllValues:StringEquals`"),
        ("ForAnyValue::StringEqualsIfExists", "`ForAnyValue:StringEqualsIfExists`"),
        ("BoolIfExist", "`Bool"),
        ("kms:ViaService", "such as `StringEquals`"),
        ("x" * 10_000, "such as `StringEquals`"),
    ],
)
def test_a_hint_names_what_was_meant(name: str, meant: str) -> None:
    """The hint spells the nearest operator with its prefix and suffix, or gives examples where none is near."""
    assert meant in operator_hint(name)
