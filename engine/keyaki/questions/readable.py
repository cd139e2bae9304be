"""Readable values: what a witness should look like where the policies leave a choice. Candidates only; each is tested."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from keyaki.automata.glob import ANY, Glob, Token
from keyaki.lattice.predicate import Predicate, TextPredicate
from keyaki.questions.space import ACCOUNT, ACTION, PRINCIPAL, REGION
from keyaki.symbolic.names import Names
from keyaki.symbolic.readable import ACCOUNTS, OTHER_TEXTS, TEXTS, Readable
from keyaki.symbolic.theory import RESOURCE, Case

_TRIES: Final = 24
_ACTIONS: Final = ("s3:getobject", "ec2:describeinstances", "iam:passrole", "kms:decrypt", "example:action")
_KEYS: Final = ("key/1234abcd-12ab-34cd-56ef-1234567890ab", "key/mrk-1234abcd12ab34cd56ef1234567890ab")
_REGIONS: Final = ("us-east-1", "eu-west-1")
_FILLS: Final = ("example", "", "x", "other", "1")


class SpaceReadable(Readable):
    """Candidate values for a question about actions of one service (empty where there is none in particular)."""

    def __init__(self, service: str) -> None:
        super().__init__("aws", Names())
        self.service = service

    def texts(self, coordinate: str, case: Case, holds: Sequence[Predicate]) -> Sequence[str]:
        """Return candidate texts, the most readable first; ``holds`` are tests that the text must pass."""
        if coordinate == RESOURCE:
            return tuple(islice(self._resources(_guides(holds)), _TRIES))
        if coordinate == ACTION:
            return tuple(islice(_actions(_guides(holds)), _TRIES))
        if coordinate == PRINCIPAL:
            return (
                "AWS:arn:aws:iam::111122223333:role/example",
                "AWS:arn:aws:iam::444455556666:user/other",
                "Service:s3.amazonaws.com",
            )
        if coordinate == ACCOUNT:
            return ACCOUNTS
        if coordinate == REGION:
            return _REGIONS
        del case
        return TEXTS.get(coordinate, OTHER_TEXTS)

    def _resources(self, guides: Sequence[Glob]) -> Iterator[str]:
        if not guides or _is_free(guides[0]):
            service = self.service or "s3"
            if service == "kms":
                yield from (f"arn:aws:kms:us-east-1:111122223333:{key}" for key in _KEYS)
            if service != "s3":
                yield f"arn:aws:{service}:us-east-1:111122223333:example"
            yield from (
                "arn:aws:s3:::example",
                "arn:aws:s3:::example/example",
                "*",
                "arn:aws:ec2:us-east-1:111122223333:instance/i-1234abcd",
            )
            return
        for guide in guides[:_TRIES]:
            fields = _split(guide)
            if fields is None:
                yield from (_filled(guide.tokens, fill) for fill in _FILLS)
                continue
            for fill in _FILLS:
                for account in ("111122223333", "", "444455556666"):
                    for region in ("us-east-1", ""):
                        words = ("arn", "aws", self.service or "s3", region, account)
                        parts = [_filled(tokens, word) for tokens, word in zip(fields, words, strict=False)]
                        yield ":".join((*parts, *self._last(fields[5], fill)))

    def _last(self, tokens: Sequence[Token], fill: str) -> tuple[str, ...]:
        if len(tokens) == 1 and tokens[0].run and self.service == "kms" and fill == "example":
            return (_KEYS[0],)
        return (_filled(tokens, fill),)


def _guides(holds: Sequence[Predicate]) -> tuple[Glob, ...]:
    unions = [predicate.of.globs for predicate in holds if isinstance(predicate, TextPredicate)]
    return min(unions, key=_cost, default=())


def _cost(globs: tuple[Glob, ...]) -> tuple[int, int]:
    return len(globs), -max((sum(not token.run for token in glob.tokens) for glob in globs), default=0)


def _actions(guides: Sequence[Glob]) -> Iterator[str]:
    if not guides:
        yield from _ACTIONS
    for guide in guides[:_TRIES]:
        yield from (_filled(guide.tokens, fill) for fill in ("", "example", "x"))


def _is_free(glob: Glob) -> bool:
    return len(glob.tokens) == 1 and glob.tokens[0].run


def _split(glob: Glob) -> list[list[Token]] | None:
    """Return the fields of a glob of ARNs, split at its first five colons, or None where it has fewer."""
    fields: list[list[Token]] = [[]]
    for token in glob.tokens:
        if len(fields) < 6 and not token.run and token.chars.members == frozenset(":") and not token.chars.complement:
            fields.append([])
        else:
            fields[-1].append(token)
    return fields if len(fields) == 6 else None


def _filled(tokens: Sequence[Token], fill: str) -> str:
    """Return a text of the tokens, each run the fill as far as it may; the fill itself where it is as long and fits."""
    if len(tokens) == len(fill) and all(not token.run and token.reads(char) for token, char in zip(tokens, fill, strict=True)):
        return fill
    parts = []
    for token in tokens:
        if token.run:
            parts.append(fill if token.chars == ANY or all(token.reads(char) for char in fill) else "")
        elif len(token.chars.members) == 1 and not token.chars.complement:
            parts.extend(token.chars.members)
        else:
            parts.append(next((char for char in "x1a0-/_." if token.reads(char)), min(token.chars.members, default="x")))
    return "".join(parts)
