from __future__ import annotations

import json
from pathlib import Path

import pytest
from attrs import evolve

from keyaki.cli import demo
from keyaki.cli.examples import EXAMPLES
from keyaki.cli.main import main
from keyaki.controls.judge import Result, judge


def test_every_example_gets_its_expected_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    """The demo succeeds, shows each example by name and point, and counts them."""
    assert main(["demo"]) == 0
    out = capsys.readouterr().out
    for number, example in enumerate(EXAMPLES, 1):
        assert f"\n{number}. {example.name} (expected: {example.expected})\n   {example.point}\n" in out
    assert out.endswith(f"all {len(EXAMPLES)} examples got the expected verdict, and the evidence of each was verified\n")
    assert "NOT as expected" not in out


def test_the_short_demo_has_a_line_for_each_example(capsys: pytest.CaptureFixture[str]) -> None:
    """With --quiet each example is one line of outcome and name."""
    assert main(["demo", "--quiet"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:-1] == [f"{example.expected:<9} {example.name}" for example in EXAMPLES]


def test_the_demo_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    """For programs the demo is a report like any other."""
    assert main(["demo", "--format", "json"]) == 0
    results = json.loads(capsys.readouterr().out)["results"]
    assert [(result["subject"]["name"], result["outcome"]) for result in results] == [
        (example.name, example.expected) for example in EXAMPLES
    ]


@pytest.mark.parametrize("options", [[], ["--quiet"], ["--format", "json"]])
def test_one_wrong_verdict_fails_the_demo(
    options: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 1 and a plain word where an example does not get its expected verdict."""
    wrong = EXAMPLES[1]._replace(expected="FAILED")
    monkeypatch.setattr(demo, "EXAMPLES", (EXAMPLES[0], wrong))
    assert main(["demo", *options]) == 1
    if "json" not in options:
        out = capsys.readouterr().out
        assert out.count("NOT as expected: it should be FAILED") == 1
        assert "1 of 2 examples did not get the expected verdict" in out


def test_an_example_that_cannot_be_judged_is_no_success(monkeypatch: pytest.MonkeyPatch) -> None:
    """An ERROR is never the expected verdict."""

    def broken(*arguments: object, **options: object) -> list[Result]:
        return [evolve(result, outcome="ERROR", verdict=None) for result in judge(*arguments, **options)]  # type: ignore[arg-type]

    monkeypatch.setattr(demo, "judge", broken)
    assert main(["demo", "--quiet"]) == 1


def test_the_examples_are_distinct_and_both_outcomes_are_common() -> None:
    """Names and policies differ, and of each outcome there are at least six."""
    assert len({example.name for example in EXAMPLES}) == len({example.policy for example in EXAMPLES}) == len(EXAMPLES)
    for outcome in ("FAILED", "PASSED"):
        assert sum(example.expected == outcome for example in EXAMPLES) >= 6
    assert all(len(line) <= 92 for example in EXAMPLES for line in example.policy.splitlines())


def test_the_examples_are_policies_by_the_letter(tmp_path: Path) -> None:
    """Each example is judged alike from a file of its own."""
    for index, example in enumerate(EXAMPLES):
        path = tmp_path / f"{index}.json"
        path.write_text(example.policy)
        assert main(["check", str(path), "--quiet"]) == int(example.expected == "FAILED")
