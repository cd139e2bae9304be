"""Coverage-guided fuzzing of the readers with atheris, run by hand; what must hold is what test_fuzz_readers.py says.

``python tests/fuzz/guided.py FOLDER -max_total_time=600`` (options are libFuzzer's) keeps in FOLDER each input that reaches
something new, and stops at the first that breaks a promise. atheris has wheels for some Pythons only, so it is no dependency.

``python tests/fuzz/guided.py --replay FOLDER`` goes through a folder without atheris: under ``coverage run`` it says which
lines and branches the inputs reach.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import sys
from pathlib import Path
from types import ModuleType

READ = ("keyaki.syntax", "keyaki.inputs")
SEEDS = (
    b'\0{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Action":"kms:*","Resource":"*"}]}',
    b'\0{"Statement":{"Effect":"Deny","NotAction":["a"],"NotResource":"${a:b}","Condition":{"Null":{"a":["x",true,1e3]}}}}',
    b'\1{"Statement":[{"Effect":"Allow","Effect":"Deny","Action":"a:b","Action":["c:d"],"Principal":{"AWS":["*"]}}]}',
    b'\2{"PolicyVersion":{"Document":"%7B%22Statement%22%3A%5B%5D%7D","IsDefaultVersion":true}}',
    b'\2{"Policies":[{"PolicyVersionList":[{"IsDefaultVersion":true,"Document":{"Statement":[]}}],"PolicyName":"p"}]}',
    b'\3{"Statement":[{"Effect":"Deny","Action":["a:b"],"Resource":"*"}]}',
)
"""First byte: 0 a policy's text, 1 the same with ``legacy``, 2 a file of any kind, 3 a decoded object."""


def one(data: bytes) -> None:
    """Read one input. Raises whatever is no KeyakiError, and AssertionError where a result does not hold."""
    import keyaki
    from keyaki.inputs.read import subjects
    from keyaki.syntax.unparse import unparse

    kind, text = data[:1], data[1:]
    if kind == b"\2":
        for subject in subjects(["-"], stdin=io.BytesIO(text)):
            assert [subject.policy, subject.error, subject.skip].count(None) == 2
        return
    with contextlib.suppress(keyaki.KeyakiError):
        policy = _from_object(text) if kind == b"\3" else keyaki.parse(text, kind == b"\1")
        assert policy is None or keyaki.parse(unparse(policy)) == policy


def _from_object(text: bytes) -> object:
    import keyaki

    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return keyaki.policy_from(value)


def _atheris() -> ModuleType:
    return importlib.import_module("atheris")


def main(arguments: list[str]) -> None:
    """Fuzz into the folder that is named, or replay it."""
    if arguments[:1] == ["--replay"]:
        for path in sorted(Path(arguments[1]).iterdir()):
            one(path.read_bytes())
        return
    atheris = _atheris()
    with atheris.instrument_imports(include=list(READ)):
        import keyaki.inputs.read
        import keyaki.syntax.decoded
        import keyaki.syntax.mistakes
        import keyaki.syntax.parse
        import keyaki.syntax.unparse  # noqa: F401
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS):
        (folder / f"seed{number}").write_bytes(seed)
    atheris.Setup([sys.argv[0], *arguments], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
