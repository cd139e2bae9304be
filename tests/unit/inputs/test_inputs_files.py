from __future__ import annotations

import io
import os
import sys
import threading
from pathlib import Path

import pytest

from keyaki.errors import InputError
from keyaki.inputs import files as module
from keyaki.inputs.files import File, files


def found(*paths: Path | str, stdin: bytes = b"") -> list[File]:
    """The files at the paths."""
    return list(files([str(path) for path in paths], io.BytesIO(stdin)))


def names(folder: Path) -> list[str]:
    """The paths of the files that a walk of the folder finds, without the folder itself."""
    return [file.path.removeprefix(f"{folder}/") for file in found(folder)]


def make(folder: Path, *paths: str) -> None:
    """Makes files, each holding its own path."""
    for path in paths:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path, encoding="utf-8")


def test_a_walk_is_sorted_by_name(tmp_path: Path) -> None:
    """Files and folders come in the order of their names, and what is in a folder comes at the folder's place."""
    make(tmp_path, "b.json", "a/z.json", "a/b/c.json", "a.json", "B.json", "c/a.json", "a-b/x.json")
    assert names(tmp_path) == ["B.json", "a/b/c.json", "a/z.json", "a-b/x.json", "a.json", "b.json", "c/a.json"]
    assert [file.data.decode() for file in found(tmp_path)] == names(tmp_path)
    assert not any(file.named for file in found(tmp_path))


def test_a_walk_reads_by_suffix(tmp_path: Path) -> None:
    """A walk reads JSON by its suffix in any case, and nothing else."""
    make(tmp_path, "a.json", "b.JSON", "c.policy", "d.iam", "e.txt", "f.yaml", "json", "g.json.bak", ".h.json")
    assert names(tmp_path) == [".h.json", "a.json", "b.JSON", "c.policy", "d.iam"]


def test_a_walk_passes_over_hidden_folders_and_node_modules(tmp_path: Path) -> None:
    """Hidden folders and node_modules are passed over, unless the user named one."""
    make(tmp_path, ".git/a.json", "node_modules/b.json", "x/node_modules/c.json", "x/.y/d.json", "x/e.json")
    assert names(tmp_path) == ["x/e.json"]
    assert names(tmp_path / ".git") == ["a.json"]
    assert names(tmp_path / "node_modules") == ["b.json"]


def test_links_to_files_are_read_and_links_to_folders_are_told(tmp_path: Path) -> None:
    """A link to a file is read, a link to a folder is skipped with a reason, so links that form a loop end the walk."""
    make(tmp_path, "real/a.json", "b.txt")
    (tmp_path / "real/loop").symlink_to(tmp_path)
    (tmp_path / "real/self.json").symlink_to(tmp_path / "real/self.json")
    (tmp_path / "c.json").symlink_to(tmp_path / "b.txt")
    (tmp_path / "d").symlink_to(tmp_path / "real")
    (tmp_path / "gone.json").symlink_to(tmp_path / "nothing")
    outcomes = {file.path.removeprefix(f"{tmp_path}/"): file for file in found(tmp_path)}
    assert list(outcomes) == ["c.json", "d", "gone.json", "real/a.json", "real/loop", "real/self.json"]
    assert outcomes["c.json"].data == b"b.txt"
    assert outcomes["d"].skip == outcomes["real/loop"].skip == "a link to a folder is not followed"
    assert outcomes["gone.json"].error is not None
    assert outcomes["real/self.json"].error is not None


def test_a_folder_that_is_named_may_be_a_link(tmp_path: Path) -> None:
    """The user's own choice is followed."""
    make(tmp_path, "real/a.json")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert names(tmp_path / "link") == ["a.json"]


def test_a_named_file_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    """A path comes back as it was written, and the file's name does not matter."""
    make(tmp_path, "x.txt")
    path = f"{tmp_path}/../{tmp_path.name}/x.txt"
    assert found(path) == [File(path, named=True, data=b"x.txt")]


def test_a_folder_that_is_named_with_a_slash(tmp_path: Path) -> None:
    """A slash at the end of a folder is not doubled."""
    make(tmp_path, "a.json")
    assert [file.path for file in found(f"{tmp_path}/")] == [f"{tmp_path}/a.json"]


def test_a_dash_is_standard_input(tmp_path: Path) -> None:
    """A dash stands for standard input, at its place among the paths."""
    make(tmp_path, "a.json")
    first, second = found("-", tmp_path / "a.json", stdin=b"{}")
    assert first == File("-", named=True, data=b"{}")
    assert second.data == b"a.json"


def test_standard_input_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a stream of the caller's, a dash is the process's standard input, and an error where that is closed."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"[]")))
    assert [file.data for file in files(["-"])] == [b"[]"]
    sys.stdin.close()
    for closed in (sys.stdin, None):
        monkeypatch.setattr(sys, "stdin", closed)
        (file,) = files(["-"])
        assert file.error is not None


@pytest.mark.parametrize("path", ["missing.json", "missing/a.json", "\0", ""])
def test_a_path_that_leads_nowhere_is_an_error(path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path without a file is an error of its own, and the next path is read."""
    monkeypatch.chdir(tmp_path)
    make(tmp_path, "a.json")
    first, second = found(path, "a.json")
    assert isinstance(first.error, InputError)
    assert path in str(first.error)
    assert second.error is None


def test_what_may_not_be_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file or folder without permission is an error in the system's words, and the others are read."""
    make(tmp_path, "a.json", "b.json", "c/d.json", "e.json")

    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    real_open, real_scandir = open, os.scandir
    monkeypatch.setattr(
        "builtins.open", lambda path, *rest: refuse(path) if str(path).endswith("b.json") else real_open(path, *rest)
    )
    monkeypatch.setattr(os, "scandir", lambda path: refuse(path) if str(path).endswith("c") else real_scandir(path))
    errors = [(file.path.removeprefix(f"{tmp_path}/"), str(file.error)) for file in found(tmp_path) if file.error]
    assert errors == [(name, f"cannot read `{tmp_path}/{name}`: permission denied") for name in ("b.json", "c")]
    assert len(found(tmp_path)) == 4


def test_a_pipe_is_read_when_named_and_never_in_a_walk(tmp_path: Path) -> None:
    """A walk does not wait for a pipe; a pipe that is named is read to its end."""
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    assert [file.skip for file in found(tmp_path)] == ["this is no regular file"]
    writer = threading.Thread(target=pipe.write_bytes, args=(b"{}",))
    writer.start()
    assert [file.data for file in found(pipe)] == [b"{}"]
    writer.join()


def test_a_file_over_the_limit_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of one byte more than the limit is not held in memory, and one of the limit is read."""
    monkeypatch.setattr(module, "FILE_LIMIT", 6)
    make(tmp_path, "a.json", "bb.json")
    first, second = found(tmp_path)
    assert first.data == b"a.json"
    assert second.error is not None
    assert second.error.code == "too-large"


def test_files_are_read_as_they_are_asked_for(tmp_path: Path) -> None:
    """A file that vanishes before it is asked for is an error, so no more than one file is held at a time."""
    make(tmp_path, "a.json", "b.json")
    stream = files([str(tmp_path)], io.BytesIO())
    assert next(stream).data == b"a.json"
    (tmp_path / "b.json").unlink()
    assert next(stream).error is not None
