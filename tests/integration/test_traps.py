"""What to know of a maker's cards is said where its cards are read, explained and listed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cardstation.i18n import translator
from drivers.makers import MAKERS
from tests.kit import cards
from tests.kit.shell import Shell, shell_for
from tests.kit.station import card_of

pytest_plugins = ("tests.kit.fast_disk",)

RULES = next(one for one in MAKERS if one.code == "CS24")
HOME = replace(cards.household(), chip="at24c02")


@pytest.fixture
def run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Shell]:
    with shell_for(tmp_path / "home", monkeypatch, capsys, [HOME]) as shell:
        shell.put_in(card_of(HOME, RULES))
        yield shell


@pytest.mark.parametrize("verb", ["read", "explain"])
def test_a_card_is_read_with_what_to_know_of_it(run: Shell, verb: str) -> None:
    assert run("card", verb)["traps"] == list(RULES.traps)
    said = run.said("card", verb)
    assert all(translator("zh_CN")(trap) in said for trap in RULES.traps)


def test_layouts_are_listed_with_what_to_know_of_their_cards(run: Shell) -> None:
    listed = {one["code"]: one["traps"] for one in run("layout", "list")["layouts"]}
    assert listed["open24c02"] == list(RULES.traps)
    assert listed["open4442"] == []
    assert translator("zh_CN")(RULES.traps[0]) in run.said("layout", "list")
