"""`./dev sim SEED`: any text is a seed, 0 says that the oracle held and 1 that it did not."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from tests.kit import plants
from tests.sim import __main__ as command
from tests.sim.world import Size, large

FEW = Size(2, 4, 4, 0.0)
BUSY = Size(3, 60, 60, 0.4)


def simulated(patch: pytest.MonkeyPatch, size: Size, seed: str) -> Result:
    """What the command says of a world of this size."""
    patch.setattr(command, "large", lambda _seed: size)
    return CliRunner().invoke(command.simulate, [seed])


def digest(of: Result) -> str:
    assert of.exit_code == 0, of.output
    return next(line for line in of.output.splitlines() if line.startswith("digest "))


def test_any_text_is_a_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    seeds = ("7", "-7", "1.5", "1e3", "seven", "七", "two words", "", "\udcff")
    told = {seed: digest(simulated(monkeypatch, FEW, seed)) for seed in seeds}
    assert len(set(told.values())) == len(seeds)
    assert digest(simulated(monkeypatch, FEW, "1.5")) == told["1.5"]


def test_a_large_world_that_holds_is_0_and_says_who_took_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = large("1.5")
    assert whole.stations >= 20
    assert whole.households >= 2_000
    said = simulated(monkeypatch, Size(20, 2_000, 40), "1.5")
    assert said.exit_code == 0, said.output
    assert "20 stations, 2000 of 2000 households used" in said.output
    assert "the oracle held to the end" in said.output


def test_a_planted_fault_is_1_and_says_how_to_see_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plants.seal_before_read_back(monkeypatch)
    said = simulated(monkeypatch, BUSY, "two words")
    assert said.exit_code == 1
    assert "is sealed, and no gas is there" in said.output
    assert "again: ./dev sim 'two words'" in said.output
    assert "held" not in said.output
