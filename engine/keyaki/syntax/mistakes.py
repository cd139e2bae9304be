"""Mistakes: from the word that the parser refused to an error that says what is wrong there and what to do.

First the shape of the text at the place is looked at (a comment, a left-over of a template), then the situation (a comma
before a closing bracket, a name that is no element). Each mistake has a code of its own, and an example of each is a test.
Linear in the text, and costs nothing where a text is right.
"""

from __future__ import annotations

import json
import re
from typing import Final, NamedTuple

from keyaki.errors import PolicySyntaxError
from keyaki.syntax.expected import expected_at, role, subject, unknown_element, wrong_type
from keyaki.syntax.situation import Situation, Turn
from keyaki.syntax.source import TextSource
from keyaki.syntax.spelling import clipped

DEEPEST: Final = 64  # a policy nests six deep; anything near this is no slip of a writer
_BODY: Final = re.compile(r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*')
_NESTING: Final = re.compile(r'"[^"\\]*(?:\\.?[^"\\]*)*"?|[\[{]|[\]}]', re.DOTALL)  # an unclosed string runs to the end: linear
_CUT_ESCAPE: Final = re.compile(r"\\(?:u[0-9a-fA-F]{0,3})?\Z")
_ESCAPE: Final = re.compile(r"\\(?:u[0-9a-fA-F]{0,4}|.)?", re.DOTALL)
_WORD: Final = re.compile(r'"[^"\n]{0,38}"?|[^\s,"{}\[\]]{1,40}|.', re.DOTALL)
_NUMERAL: Final = re.compile(r"[\w.+-]+")
_NULL: Final = re.compile(r"null\b")
_NO_NUMBER: Final = "`{0}` is no JSON number"
_NUMBER_HINT: Final = "write it as in `1`, `-2.5` or `1e3`"
_FUNCTION: Final = re.compile(r'\{[ \t\r\n]*"(Ref|Fn::\w+)"')
_ELEMENT: Final = re.compile(r'"(Version|Statement)"[ \t\r\n]*:')
_YAML: Final = re.compile(r"(?:[ \t]*(?:#[^\n]*|---[^\n]*)?\n)*[ \t]*(?:---|(?:- )?[\"']?[A-Za-z][\w:]*[\"']?[ \t]*:(?:\s|\Z))")
_TERRAFORM: Final = re.compile(r"(?:\s|#[^\n]*\n)*(?:resource|data|variable|locals|module|provider|terraform|output)[ \t]*[\"{]")
_STRING_TO_END: Final = re.compile(_BODY.pattern + r'"[ \t\r\n]*\Z')
_CUT: Final = ("unquoted", "bad-number", "bad-literal")  # what may be the first half of something right
_CLOSING: Final = {"{": "}", "[": "]"}
_CLOSING_OR_COMMA: Final = ("RBRACE", "RSQB", "COMMA")
_KINDS: Final = {
    "STRING": "a string",
    "STRINGS": "a list",
    "LSQB": "a list",
    "LBRACE": "an object",
    "NUMBER": "a number",
    "TRUE": "a boolean",
    "FALSE": "a boolean",
}


class Shape(NamedTuple):
    """A mistake told by the text at the place: its code, its form, what is wrong (``{0}`` is what was found), what to do."""

    code: str
    form: re.Pattern[str]
    message: str
    hint: str


_PLACEHOLDER: Final = (
    r"\{\{[^\n}]*\}{0,2}|\{%[^\n}]*\}?|[$%]\{[^\n}]*\}?|<[^<>\n]{1,80}>|[$%]\w+|!(?:Sub|Ref|GetAtt|Join|If)\b|\.\.\.|\u2026"
)
SHAPES: Final = tuple(
    Shape(code, re.compile(form), message, hint)
    for code, form, message, hint in (
        ("comment", r"//[^\n]*|/\*|#[^\n]*", "comment `{0}`", "delete it: JSON has no comments; a short note can stand in `Sid`"),
        ("curly-quotes", "[\u2018-\u201f\u00ab\u00bb\u2032\u2033]", "curly quote `{0}`", 'write straight double quotes: `"`'),
        ("single-quotes", r"'[^'\n]*'?", "`{0}` stands in single quotes", 'write double quotes: `"`'),
        ("template", _PLACEHOLDER, "left-over of a template: `{0}`", "put the value in, in quotes: templates cannot be judged"),
        ("bad-literal", r"-?(?:NaN|Infinity|inf|nan)\b", _NO_NUMBER, "write a finite number"),
        ("bad-number", r"[+-]?\.?[0-9][\w.+-]*|[+-]", _NO_NUMBER, _NUMBER_HINT),
        ("bad-literal", r"(?i:none|true|false|undefined|nil)\b", "`{0}` is no JSON value", "write `true`, `false` or a string"),
        ("unquoted", r"[A-Za-z_][\w:*./-]*", "`{0}` is not in quotes", 'names and texts stand in double quotes: `"`'),
        (
            "bad-space",
            "[\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f\u2060\u3000\ufeff]",
            "`{0}` is no white space of JSON",
            "write a plain space",
        ),
        ("control-character", r"[\x00-\x1f\x7f-\x9f]", "control character `{0}`", "delete it"),
    )
)  # fmt: skip


def mistake(source: TextSource, at: Situation) -> PolicySyntaxError:
    """Return the error about the word that the parser refused."""
    return _Diagnosis(source, at).error()


class _Diagnosis:
    """One place being looked at."""

    def __init__(self, source: TextSource, at: Situation) -> None:
        self.source = source
        self.text = source.text
        self.at = at

    def fail(self, code: str, message: str, hint: str, place: int | None = None) -> PolicySyntaxError:
        return self.source.error(code, message, self.at.offset if place is None else place, hint)

    def error(self) -> PolicySyntaxError:
        """Return the error, the widest mistakes first."""
        if not self.text.strip(" \t\r\n"):
            return self.fail("empty", "the text is empty", "give one policy, an object with `Version` and `Statement`", 0)
        at = self.at
        if at.kind == "END":
            return self.truncated("the text ends")
        if at.turn is Turn.END:
            return self.fail("trailing-text", f"`{self.word()}` stands after the end of the policy", "one text holds one policy")
        whole = None if at.frames else self.other_language()
        if whole is not None:
            return whole
        if (at.kind in ("LBRACE", "LSQB") or at.turn is Turn.NAME) and self.deep():
            return self.fail("too-deep", f"brackets nest more than {DEEPEST} deep", "a policy nests six deep")
        if at.kind == "BAD" or self.text.startswith("{{", self.template_start()):
            return self.bad_word()
        return {Turn.NAME: self.bad_name, Turn.VALUE: self.bad_value}.get(at.turn, self.bad_separator)()

    def word(self) -> str:
        """Return what stands at the place, in short, for a message."""
        found = _WORD.match(self.text, self.at.offset)
        return clipped(found[0], 40) if found else ""

    def truncated(self, what: str) -> PolicySyntaxError:
        """Return the error about a text that ends too early; its place is the end."""
        if self.at.frames:
            what += f" before {self.opener()} is closed"
        return self.fail("truncated", what, "the file is cut off, or a closing bracket or quote is missing", len(self.text))

    def other_language(self) -> PolicySyntaxError | None:
        """Return the error about a text that is written in another language than JSON, or None."""
        if _TERRAFORM.match(self.text):
            return self.fail("terraform", "the text is Terraform code, not JSON", "give the JSON policy that it makes")
        if _YAML.match(self.text):
            return self.fail("yaml", "the text is YAML, not JSON", "convert the policy to JSON")
        if self.text.startswith("%7", self.at.offset):
            return self.fail("url-encoded", "the text is URL-encoded", "decode it first")
        if self.text.startswith("<", self.at.offset):
            return self.fail("not-json", f"the text starts with `{self.word()}`: it is no JSON", "a policy starts with `{`")
        return None

    def deep(self) -> bool:
        """Return whether the next brackets, from the place to where they close, nest too deep."""
        depth = 0
        for match in _NESTING.finditer(self.text, self.at.offset):
            first = self.text[match.start()]
            depth += (first in "[{") - (first in "]}")
            if depth > DEEPEST or (depth <= 0 and first != '"'):
                break
        return depth > DEEPEST

    def template_start(self) -> int:
        """Return where a left-over would start: one before the place, if a brace stands right there."""
        at = self.at
        return at.offset - (at.previous == "LBRACE" and at.previous_place == at.offset - 1)

    def bad_word(self) -> PolicySyntaxError:
        """Return the error about text that is no word of the language."""
        at, text = self.at, self.text
        if text[at.offset] == '"':
            return self.bad_string()
        if at.turn is Turn.VALUE and _NULL.match(text, at.offset):
            return wrong_type(self.source, "`null`", at.offset, at.path)
        numeral = self.numeral()
        if numeral:
            if numeral.end() == len(text):
                return self.truncated("the text ends inside a number")
            return self.fail("bad-number", _NO_NUMBER.format(clipped(numeral[0], 40)), _NUMBER_HINT, numeral.start())
        for shape in SHAPES:
            start = self.template_start() if shape.code == "template" else at.offset
            found = shape.form.match(text, start)
            if found and at.frames and found.end() == len(text) and shape.code in _CUT:
                return self.truncated(f"the text ends inside `{clipped(found[0], 40)}`")
            if found and not (shape.code == "unquoted" and at.turn is Turn.SEPARATOR):
                return self.fail(shape.code, shape.message.format(clipped(found[0], 40)), shape.hint, start)
        return self.stray()

    def numeral(self) -> re.Match[str] | None:
        """Return the numeral that began as a number and runs on over the place, or None."""
        if self.at.previous != "NUMBER":
            return None
        found = _NUMERAL.match(self.text, self.at.previous_place)
        return found if found and found.end() > self.at.offset else None

    def stray(self) -> PolicySyntaxError:
        """Return the error about text that is of no known shape."""
        character = self.text[self.at.offset]
        if character in "=:":
            return self.fail("stray-character", f"unexpected `{character}`", "one colon stands between a name and its value")
        if self.at.turn is Turn.SEPARATOR:
            hint = 'a comma or a closing bracket must follow a value; a quote inside a string is written `\\"`'
            return self.fail("stray-text", f"`{self.word()}` follows a value", hint)
        return self.fail("stray-character", f"unexpected `{clipped(character)}`", f"expected here: {self.due()}")

    def due(self) -> str:
        """Return in words what should stand at the place."""
        return expected_at(self.at.path) if self.at.turn is Turn.VALUE else self.at.turn.value

    def bad_string(self) -> PolicySyntaxError:
        """Return the error about a string that does not end as one."""
        body = _BODY.match(self.text, self.at.offset)
        end = body.end() if body else self.at.offset
        if end == len(self.text) or _CUT_ESCAPE.match(self.text, end):
            return self.truncated(f"the text ends inside the string of {self.source.where(self.at.offset)}")
        if self.text[end] == "\\":
            escape = _ESCAPE.match(self.text, end)
            shown = clipped(escape[0] if escape else "\\")
            return self.fail("bad-escape", f"`{shown}` is no escape of JSON", "write a backslash itself as `\\\\`", end)
        if self.text[end] in "\r\n":
            message = f"the string of {self.source.where(self.at.offset)} is not closed on its line"
            return self.fail("unclosed-string", message, 'close it with `"`; a line break inside a string is written `\\n`', end)
        return self.fail("control-character", f"control character `{clipped(self.text[end])}` in a string", "delete it", end)

    def bad_name(self) -> PolicySyntaxError:
        """Return the error where a member name should stand."""
        at = self.at
        if at.kind in _CLOSING_OR_COMMA:
            return self.bad_comma()
        if at.kind == "STRING":
            if _STRING_TO_END.match(self.text, at.offset):
                return self.truncated("the text ends")
            message = f"no colon follows the name `{clipped(at.value)}`"
            return self.fail("missing-colon", message, 'write it as in `"Effect": "Allow"`')
        if at.kind in _KINDS:
            message = f"{_KINDS[at.kind]} stands where a member name should"
            return self.fail("bad-name", message, "a member is a name in double quotes, a colon and a value")
        name = at.value[1]
        return unknown_element(self.source, name, at.offset, at.path, self.siblings(name))

    def siblings(self, name: str) -> list[str]:
        """Return the names in the object of the place, as far as they can be read."""
        if len(self.at.frames) > 1:
            return [name]
        try:
            decoded = json.JSONDecoder().raw_decode(self.text, self.at.frames[0].place)[0]
        except (ValueError, RecursionError):
            return [name, *_ELEMENT.findall(self.text)]
        return list(decoded)

    def bad_comma(self) -> PolicySyntaxError:
        """Return the error about a comma or closing bracket where a name or value should stand."""
        at, shown = self.at, self.text[self.at.offset]
        closes = at.frames and shown == _CLOSING[at.frames[-1].bracket]
        if closes and at.previous == "COMMA":
            hint = "delete it: JSON has no comma after the last"
            return self.fail("trailing-comma", f"a comma stands before `{shown}`", hint, at.previous_place)
        if closes:
            return self.fail("missing-value", f"{subject(at.path)} has no value", f"expected here: {self.due()}")
        if shown != ",":
            return self.bad_bracket()
        if at.previous == "COMMA":
            return self.fail("extra-comma", "two commas in a row", "delete one")
        return self.fail("extra-comma", f"a comma stands where {self.due()} should", "delete it")

    def bad_bracket(self) -> PolicySyntaxError:
        """Return the error about a closing bracket that closes nothing."""
        shown = self.text[self.at.offset]
        if not self.at.frames:
            return self.fail("stray-character", f"unexpected `{shown}`", "a policy starts with `{`")
        hint = f"write `{_CLOSING[self.at.frames[-1].bracket]}`, or look for a missing bracket"
        return self.fail("wrong-bracket", f"`{shown}` cannot close {self.opener()}", hint)

    def opener(self) -> str:
        """Return in words which bracket was opened last."""
        frame = self.at.frames[-1]
        return f"`{frame.bracket}` of {self.source.where(frame.place)}"

    def bad_value(self) -> PolicySyntaxError:
        """Return the error where a value should stand."""
        at = self.at
        if at.kind in _CLOSING_OR_COMMA:
            return self.bad_comma()
        function = _FUNCTION.match(self.text, at.offset)
        if function:
            message = f"`{function[1]}` is a function of CloudFormation"
            return self.fail("template", message, "put its value in: templates cannot be judged")
        if at.kind == "STRINGS" and role(at.path) == "Statement":
            return wrong_type(self.source, "a string", self.text.index('"', at.offset), (*at.path, 0))
        if at.kind in _KINDS:
            return wrong_type(self.source, _KINDS[at.kind], at.offset, at.path)
        name = clipped(at.value[1])
        if at.path and isinstance(at.path[-1], int):
            hint = "put `{` before it: names stand in objects"
            return self.fail("missing-bracket", f"the name `{name}` stands in a list", hint)
        hint = "look for a missing comma or brace before it"
        return self.fail("stray-character", f"a colon follows `{name}`, which is a value", hint)

    def bad_separator(self) -> PolicySyntaxError:
        """Return the error where a comma or closing bracket should stand."""
        if self.at.kind in ("RBRACE", "RSQB"):
            return self.bad_bracket()
        if self.numeral():
            return self.bad_word()
        hint = "write a comma between members and between items"
        return self.fail("missing-comma", f"no comma stands before `{self.word()}`", hint)
