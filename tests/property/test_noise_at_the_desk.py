"""A spread of noises over the exchanges of a sale, on every layout; all: `./dev soak noise`."""

from __future__ import annotations

from math import gcd
from pathlib import Path

import pytest

from cardstation.domain.meter import MakerRules
from cardstation.services.identify import Inserted
from cardstation.services.intent import load
from drivers.virtual import Noise, NoiseKind
from tests.kit.noise_trials import NOISES, ONE_OF_EACH, every_noise, exchanges_of_a_sale, trial

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

AT_ONCE = 12
"""So many noises a layout at least, spread over all; the step meets every kind of noise."""


@pytest.mark.parametrize("rules", ONE_OF_EACH, ids=lambda rules: rules.layout)
def test_a_sale_over_a_bad_contact_is_sold_once_or_found_out(
    folder: Path, rules: MakerRules
) -> None:
    every = list(every_noise(exchanges_of_a_sale(folder / "still", rules)))
    steps = range(len(every) // AT_ONCE, 0, -1)
    step = next(one for one in steps if gcd(one, len(NOISES)) == 1)
    assert len({place % len(NOISES) for place in range(0, len(every), step)}) == len(NOISES)
    ends = {trial(folder / str(at), rules, noise) for at, noise in enumerate(every[::step])}
    assert {end.partition(":")[0] for end in ends} >= {"sold", "outcome_unknown"}


def test_a_desk_that_believes_what_a_reader_says_is_found(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its reader failed the write; it seals all the same."""
    written = 9

    def sure(_station: object, card: Inserted, *_: object) -> bytes:
        return card.image

    monkeypatch.setattr(load, "write_and_prove", sure)
    noise = Noise(written, NoiseKind.FAILED_6300, acted=False)
    with pytest.raises(AssertionError):
        trial(folder / "sure", ONE_OF_EACH[-1], noise)
