"""Containers: the outputs of AWS's commands that hold policies, and which subjects stand in them.

``get-account-authorization-details`` gives the whole account: the default version of each managed policy, and the inline
policies of users, groups and roles. ``get-policy-version`` gives one version of a managed policy, ``get-user-policy`` and its
like one inline policy. A list of any of these (pages of one output, say) is read item by item.

A member that stands twice in an item would hide what it said first, so the item is an error then, and only that item.

Sources: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html and its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from attrs import evolve

from keyaki.controls.subject import Kind, Subject
from keyaki.errors import InputError, KeyakiError
from keyaki.inputs.cursor import Cursor, Doubled, UndecodableError, holds_doubled
from keyaki.inputs.document import decoded_string, parse_part, read_document
from keyaki.inputs.form import HOLDERS, Form, Holder, form_at
from keyaki.inputs.share import WHOLE, Share
from keyaki.inputs.source import Source, Spot, pointer
from keyaki.inputs.storage import LARGE, document_size, limit, size_warning

_DOCUMENTS: Final = frozenset({"Document", "PolicyDocument", "AssumeRolePolicyDocument"})
"""Members that hold policy documents: what is repeated inside one is that document's own error."""

Keys = tuple[str | int, ...]


class Item(NamedTuple):
    """A decoded object of a file with its place: offsets, and the keys that lead to it."""

    value: dict[str, Any]
    start: int
    end: int
    keys: Keys
    doubled: bool


class Container:
    """A file that holds policies, being read. What cannot be read becomes a subject with an error.

    ``unit`` counts the items of the file, and the errors beside them, up to that of the subject given last.
    """

    def __init__(self, source: Source, *, legacy: bool, share: Share = WHOLE) -> None:
        self._source = source
        self._legacy = legacy
        self._share = share
        self.unit = -1

    def takes(self) -> bool:
        """True iff the next unit is in the share; each unit of the file must be asked about once, in order."""
        self.unit += 1
        return self.unit in self._share

    def subjects(self, cursor: Cursor, form: Form, keys: Keys = ()) -> Iterator[Subject]:
        """The subjects of the share in the value at the cursor, which has the form; the cursor ends behind it.

        Raises:
            CursorError: the text is no JSON. What stands before that place has been given by then.
        """
        if form is Form.LIST:
            for index in cursor.items():
                yield from self._listed(cursor, (*keys, index))
        elif form is Form.ACCOUNT:
            yield from self._account(cursor, keys)
        else:
            yield from self._item(cursor, keys, form)

    def _listed(self, cursor: Cursor, keys: Keys) -> Iterator[Subject]:
        form = form_at(self._source.text, cursor.at)
        if form is None or form is Form.LIST:
            if self.takes():
                message = "this item of the list is neither a policy nor an output that holds policies"
                yield self._broken(Kind.DOCUMENT, keys, message)
            cursor.pass_over()
        else:
            yield from self.subjects(cursor, form, keys)

    def _account(self, cursor: Cursor, keys: Keys) -> Iterator[Subject]:
        seen: set[str] = set()
        for name in cursor.members():
            holder = HOLDERS.get(name)
            if holder or name == "Policies":
                yield from self._unlisted(cursor, (*keys, name), seen)
            if (holder or name == "Policies") and cursor.peek() == "[":
                for index in cursor.items():
                    yield from self._item(cursor, (*keys, name, index), Form.PRINCIPAL if holder else Form.MANAGED, holder)
            else:
                cursor.pass_over()

    def _unlisted(self, cursor: Cursor, keys: Keys, seen: set[str]) -> Iterator[Subject]:
        """The error, if any, about the member at the cursor, which should be a list and stand once; null is an empty list."""
        name = str(keys[-1])
        twice = name in seen
        seen.add(name)
        if not (twice or cursor.peek() not in ("[", "n")) or not self.takes():
            return
        if twice:
            yield self._broken(Kind.DOCUMENT, keys, f"`{name}` stands twice", code="duplicate-member")
        else:
            yield self._broken(Kind.DOCUMENT, keys, "a list is expected here", at=(cursor.at, cursor.at + 1))

    def _item(self, cursor: Cursor, keys: Keys, form: Form, holder: Holder | None = None) -> Iterator[Subject]:
        """The subjects in one value of an account, or of a smaller output; none where it is in another share."""
        if not self.takes():
            cursor.pass_over()
            return
        kind = holder.kind if holder else _KINDS.get(form, Kind.DOCUMENT)
        start = cursor.at
        try:
            value = cursor.value()
        except UndecodableError as error:
            cursor.skip()
            yield self._broken(kind, keys, error.message, code="too-large", at=(start, cursor.at))
            return
        item = Item(value, start, cursor.at, keys, cursor.doubled)
        twice = _repeated(value) if item.doubled and form is not Form.POLICY else None
        if not isinstance(value, dict):
            yield self._broken(kind, keys, "an object is expected here", at=(start, cursor.at))
        elif twice:
            message = "a member stands twice in this object or in one of its lists"
            yield self._broken(kind, keys, message, code="duplicate-member", at=(start, cursor.at))
        elif form is Form.PRINCIPAL:
            yield from self._principal(item, holder or _holder_of(value))
        else:
            yield self._single(item, form)

    def _single(self, item: Item, form: Form) -> Subject:
        """The one subject in an output that holds one document."""
        readers = {
            Form.MANAGED: self._managed,
            Form.VERSION: self._version,
            Form.INLINE: self._inline,
            Form.WRAPPED: self._wrapped,
            Form.NAMES: self._names,
            Form.POLICY: self._bare,
        }
        return readers[form](item)

    def _managed(self, item: Item) -> Subject:
        """A managed policy of an account's details: its default version."""
        name, arn = _text(item.value, "PolicyName"), _text(item.value, "Arn")
        versions = item.value.get("PolicyVersionList")
        if not isinstance(versions, list):
            return self._broken(
                Kind.MANAGED_POLICY, item.keys, "the managed policy comes without its versions", name=name, arn=arn
            )
        index = default_version(versions, item.value.get("DefaultVersionId"))
        if index is None:
            message = f"none or several of the {len(versions)} versions of the managed policy are its default version"
            return self._broken(Kind.MANAGED_POLICY, item.keys, message, name=name, arn=arn)
        return self._document(
            Kind.MANAGED_POLICY,
            item,
            ("PolicyVersionList", index, "Document"),
            name=name,
            arn=arn,
            attachments=_count(item.value, "AttachmentCount"),
            boundary_usages=_count(item.value, "PermissionsBoundaryUsageCount"),
        )

    def _version(self, item: Item) -> Subject:
        """One version of a managed policy. Its policy's name stands nowhere in the output."""
        version = item.value["PolicyVersion"]
        if isinstance(version, dict) and version.get("IsDefaultVersion") is False:
            shown = _text(version, "VersionId") or "this"
            reason = f"version `{shown}` is not the default version of its policy"
            where = pointer((*item.keys, "PolicyVersion", "Document"))
            return Subject(Kind.MANAGED_POLICY, self._source.path, where, skip=reason)
        return self._document(Kind.MANAGED_POLICY, item, ("PolicyVersion", "Document"))

    def _inline(self, item: Item) -> Subject:
        """One inline policy by itself; without the name of a principal it is a mere document."""
        holder = _holder_of(item.value)
        return self._document(
            holder.kind if holder else Kind.DOCUMENT,
            item,
            ("PolicyDocument",),
            name=_text(item.value, "PolicyName"),
            owner=_text(item.value, holder.name) if holder else None,
        )

    def _wrapped(self, item: Item) -> Subject:
        """A document under ``Policy``, as other services print resource policies; IAM's get-policy has none there."""
        policy = item.value["Policy"]
        if isinstance(policy, str) or (isinstance(policy, dict) and "Statement" in policy):
            return self._document(Kind.DOCUMENT, item, ("Policy",))
        return self._names(item)

    def _names(self, item: Item) -> Subject:
        hint = "`aws iam get-account-authorization-details` prints every policy, `aws iam get-policy-version` a managed one"
        return self._broken(Kind.DOCUMENT, item.keys, "this output holds no identity policy document", hint=hint)

    def _bare(self, item: Item) -> Subject:
        """A policy document that is an item of a list."""
        where = pointer(item.keys)
        try:
            policy = parse_part(self._source, item.start, item.end, legacy=self._legacy)
        except KeyakiError as error:
            return Subject(Kind.DOCUMENT, self._source.path, where, error=error)
        return Subject(Kind.DOCUMENT, self._source.path, where, policy=policy)

    def _principal(self, item: Item, holder: Holder | None) -> Iterator[Subject]:
        """The inline policies of a user, group or role."""
        policies = item.value.get(holder.policies) if holder else None
        if holder is None or policies is None:
            return
        owner = _text(item.value, holder.name)
        if not isinstance(policies, list):
            keys = (*item.keys, holder.policies)
            yield self._broken(holder.kind, keys, "a list of inline policies is expected here", owner=owner)
            return
        trust = _trust(item) if holder.kind is Kind.ROLE_POLICY else None
        size = _inline_size(item, holder)
        for index, entry in enumerate(policies):
            keys = (holder.policies, index)
            if isinstance(entry, dict):
                name, where = _text(entry, "PolicyName"), (*keys, "PolicyDocument")
                yield self._document(holder.kind, item, where, size, name=name, owner=owner, trust=trust)
            else:
                message = "an inline policy with its document is expected here"
                yield self._broken(holder.kind, (*item.keys, *keys), message, owner=owner)

    def _document(self, kind: Kind, item: Item, keys: Keys, size: int | None = None, **facts: Any) -> Subject:
        """The subject of the document behind the keys. ``size`` counts against IAM's limit; None is the document's own."""
        spot = Spot(self._source, item.start, item.end, keys, pointer((*item.keys, *keys)))
        value = _behind(item.value, keys)
        if value is None:
            return self._broken(kind, (*item.keys, *keys), "the policy document is missing", **facts)
        try:
            policy = read_document(value, spot, doubled=item.doubled, legacy=self._legacy)
        except KeyakiError as error:
            return Subject(kind, self._source.path, spot.pointer, error=error, **facts)
        warning = size_warning(kind, _size(item, kind, value) if size is None else size)
        if warning or policy.warnings:
            others = tuple(each for each in policy.warnings if each.code != LARGE)
            policy = evolve(policy, warnings=(*others, warning) if warning else others)
        places = spot.located if isinstance(value, dict) else None
        return Subject(kind, self._source.path, spot.pointer, policy=policy, places=places, **facts)

    def _broken(  # noqa: PLR0913 - an error has a code, a place and a hint, and its subject has facts
        self,
        kind: Kind,
        keys: Keys,
        message: str,
        *,
        code: str = "no-document",
        hint: str | None = None,
        at: tuple[int, int] | None = None,
        **facts: Any,
    ) -> Subject:
        span = self._source.span(*at) if at else None
        error = InputError(message, code=code, hint=hint, span=span)
        return Subject(kind, self._source.path, pointer(keys), error=error, **facts)


_KINDS: Final = {Form.MANAGED: Kind.MANAGED_POLICY, Form.VERSION: Kind.MANAGED_POLICY}


def default_version(versions: list[Any], named: Any = None) -> int | None:
    """The index of the default version: the one that is marked so, else the one that is named, else the only one.

    None where there is no such version, or more than one.
    """
    objects = [(index, version) for index, version in enumerate(versions) if isinstance(version, dict)]
    marked = [index for index, version in objects if version.get("IsDefaultVersion") is True]
    if not marked and named is not None:
        marked = [index for index, version in objects if version.get("VersionId") == named]
    if not marked and len(versions) == 1:
        marked = [index for index, version in objects if "IsDefaultVersion" not in version]
    return marked[0] if len(marked) == 1 else None


def _holder_of(value: dict[str, Any]) -> Holder | None:
    """The sort of principal that the object describes or belongs to: the one whose name it has."""
    return next((holder for holder in HOLDERS.values() if holder.name in value), None)


def _behind(value: Any, keys: Keys) -> Any:
    """What stands behind the keys, or None where the way is blocked."""
    for key in keys:
        value = value[key] if isinstance(key, int) or (isinstance(value, dict) and key in value) else None
    return value


def _repeated(value: Any) -> bool:
    """True iff a member name is repeated in the value outside the policy documents in it."""
    pending = [value]
    while pending:
        found = pending.pop()
        if isinstance(found, Doubled):
            return True
        if isinstance(found, dict):
            pending.extend(inner for name, inner in found.items() if name not in _DOCUMENTS)
        elif isinstance(found, list):
            pending.extend(found)
    return False


def _trust(item: Item) -> Any:
    """The role's trust policy, decoded or as JSON text, or None where it says two things at once or cannot be decoded."""
    trust = item.value.get("AssumeRolePolicyDocument")
    if item.doubled and holds_doubled(trust):
        return None
    try:
        return decoded_string(trust) if isinstance(trust, str) else trust
    except UnicodeDecodeError:
        return None


def _text(value: dict[str, Any], name: str) -> str | None:
    found = value.get(name)
    return found if isinstance(found, str) else None


def _count(value: dict[str, Any], name: str) -> int | None:
    found = value.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _size(item: Item, kind: Kind, document: Any) -> int:
    """The stored size of the document, or 0 where the item that holds it is too small for it to matter."""
    if item.end - item.start <= limit(kind):
        return 0
    try:
        return document_size(decoded_string(document) if isinstance(document, str) else document)
    except (UnicodeDecodeError, RecursionError):  # no policy, as reading it will say
        return 0


def _inline_size(item: Item, holder: Holder) -> int:
    """The stored size of all inline policies of the principal."""
    entries = item.value[holder.policies]
    return sum(_size(item, holder.kind, entry.get("PolicyDocument", "")) for entry in entries if isinstance(entry, dict))
