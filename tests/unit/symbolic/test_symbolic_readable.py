from __future__ import annotations

import pytest

from keyaki.automata.glob import ANY, NOT_COLON, Glob, wildcard
from keyaki.automata.product import Union
from keyaki.catalogue import PARTITIONS, REGIONS
from keyaki.lattice.decimals import Numbers
from keyaki.lattice.predicate import NumberPredicate, TextPredicate
from keyaki.symbolic.fields import FREE, FieldTable, fields_of, written
from keyaki.symbolic.keyarn import KeyKind, is_account, is_region, kind_of
from keyaki.symbolic.names import Names
from keyaki.symbolic.readable import TEXTS, Readable
from keyaki.symbolic.theory import Case, Part

HOME = "111122223333"
EVERYWHERE = frozenset(REGIONS["aws"])


def six(text: str) -> Glob:
    """The glob of an ARN pattern each of whose wildcards stays in its field."""
    return wildcard(text, NOT_COLON)


def arns(*patterns: str, names: Names = Names(), kind: KeyKind | None = None, part: str = Part.NONE) -> list[list[str]]:  # noqa: B008 - frozen
    """The candidates for a resource that some patterns must match, in fields."""
    holds = [TextPredicate(Union(tuple(map(six, patterns))))] if patterns else []
    return [text.split(":") for text in Readable("aws", names).texts("resource", Case(kind, None, part), holds)]


@pytest.mark.parametrize("partition", PARTITIONS)
def test_candidates_are_keys_of_the_partition(partition: str) -> None:
    """Every candidate is a key ARN of the partition, the first of a real Region; several kinds of key are among them."""
    found = [text.split(":") for text in Readable(partition, Names()).texts("resource", Case(None, None, Part.NONE), [])]
    assert found[0][3] == REGIONS[partition][0]
    for _, where, service, region, account, key in found:
        assert (where, service) == (partition, "kms")
        assert is_region(region)
        assert is_account(account)
        assert kind_of(key.removeprefix("key/")) is not None
    assert {kind_of(one[5].removeprefix("key/")) for one in found} == set(KeyKind)


def test_candidates_are_of_the_case() -> None:
    """Candidates are of the kind asked for, and fresh in what the case asks to be fresh."""
    assert {kind_of(one[5].removeprefix("key/")) for one in arns(kind=KeyKind.MRK)} == {KeyKind.MRK}
    first = arns()[0][5].removeprefix("key/")
    assert first not in {one[5].removeprefix("key/") for one in arns(names=Names(ids=frozenset({first})))}
    names = Names(frozenset({"us-east-1", "us-east-2"}), frozenset({HOME}))
    for part, regions, accounts in ((Part.REGION, 1, 0), (Part.ACCOUNT, 0, 1), (Part.BOTH, 1, 1)):
        found = arns(names=names, part=part)
        assert found
        if regions:
            assert not {one[3] for one in found} & names.regions
        if accounts:
            assert not {one[4] for one in found} & names.accounts


def test_candidates_are_guided_by_what_must_match() -> None:
    """The fields of the shortest list of patterns say which texts are tried; a field written out is tried as it is."""
    found = arns(f"arn:aws:kms:eu-*:{HOME}:key/mrk-*")
    assert found
    assert all(one[3].startswith("eu-") and one[4] == HOME and one[5].startswith("key/mrk-") for one in found)
    assert {one[3] for one in arns("arn:aws:kms:zz-nice-7:*:key/*")} == {"zz-nice-7"}
    assert arns("arn:aws:kms:zz-nice-7:*:key/*", names=Names(frozenset({"zz-nice-7"})), part=Part.REGION) == []
    assert {one[3][:3] for one in arns("arn:aws:kms:us-*:*:key/*", "arn:aws:kms:eu-*:*:key/*")} == {"us-", "eu-"}


def test_a_field_that_no_preferred_text_fits_gets_a_word_of_its_own() -> None:
    """Where no example fits one field, a word of that field's form is found and the other fields stay readable."""
    for pattern, at in (
        (f"arn:aws:kms:*:{'7' * 6}*:key/*", 4),
        ("arn:aws:kms:zz-*:*:key/*", 3),
        ("arn:aws:kms:*:*:key/fffff*", 5),
    ):
        found = arns(pattern)
        assert found
        first = arns()[0]
        assert [place for place in range(6) if found[0][place] != first[place]] == [at]
    assert arns("arn:aws:kms:*:x*:key/*") == []


def test_patterns_over_colons_guide_nothing() -> None:
    """A glob whose run may cross a colon has no fields, so the plain candidates are tried."""
    holds = [TextPredicate(Union((wildcard("arn:*:key/*", ANY),))), NumberPredicate(Numbers.top())]
    found = list(Readable("aws", Names()).texts("resource", Case(None, None, Part.NONE), holds))
    assert found == [":".join(fields) for fields in arns()]


def test_every_key_has_candidates() -> None:
    """Known keys have texts that their readers know, others a short word."""
    readable, case = Readable("aws", Names()), Case(None, None, Part.NONE)
    assert next(iter(readable.texts("kms:keyusage", case, []))) == "ENCRYPT_DECRYPT"
    assert next(iter(readable.texts("saml:x", case, []))) == "example"
    assert all(texts for texts in TEXTS.values())


def test_named_regions_come_after_the_fresh_ones() -> None:
    """Where everything real is named, a Region that is new is tried where the Region must be fresh."""
    found = arns(names=Names(EVERYWHERE), part=Part.REGION)
    assert found
    assert not {one[3] for one in found} & EVERYWHERE


def test_fields_are_those_between_colons() -> None:
    """A glob has fields iff it has six and no token crosses a colon; a field is written out iff it has one text."""
    fields = fields_of(six("arn:aws:kms:us-*:*:key/?"))
    assert fields is not None
    assert [written(field) for field in fields] == ["arn", "aws", "kms", None, None, None]
    assert fields[4] == FREE
    assert fields_of(six("a:b:c:d:e")) is fields_of(six("a:b:c:d:e:f:g")) is fields_of(wildcard("a:b:c:d:e:*")) is None


def test_accounts_are_known_iff_every_glob_writes_one_out() -> None:
    """The accounts of globs are those written, or None if one is open or has no fields."""
    table = FieldTable()
    home, other = six(f"arn:aws:kms:*:{HOME}:*"), six("arn:aws:kms:*:444455556666:*")
    assert table.accounts([home, other, home]) == {HOME, "444455556666"}
    assert table.accounts([home, six("arn:aws:kms:*:1*:*")]) is None
    assert table.accounts([wildcard("*")]) is None
    assert table.accounts([]) == frozenset()
    assert table(home) is table(home)
