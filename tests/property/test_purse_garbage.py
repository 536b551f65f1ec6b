"""Whatever a card or its files say ends in a value or an error of ours; garbage is not believed."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest

from cardstation.errors import CardStationError, Defect, Refusal
from cardstation.ports.purse import LoadTruth
from cardstation.ports.reader import Link
from drivers.purses import gas_files
from drivers.purses.gas_content import Parameters, Purpose, Returned
from tests.kit.purse_cuts import AFTER, BEFORE, HOLDERS, desk_of
from tests.kit.purses import PurseDesk

SEEDS = 600
WORDS = ("9000", "6110", "6104", "6C08", "6300", "63C2", "6581", "6982", "6A82", "9302", "9406")


class Liar:
    """A link that says something else from one exchange on, at random."""

    def __init__(self, link: Link, chance: random.Random, truths: int) -> None:
        self.reader, self.atr, self.dialect = link.reader, link.atr, link.dialect
        self._link, self._chance, self._truths = link, chance, truths

    def exchange(self, command: bytes) -> bytes:
        answer = self._link.exchange(command)
        self._truths -= 1
        return answer if self._truths >= 0 else self._other(answer)

    def _other(self, answer: bytes) -> bytes:
        chance = self._chance
        data, word = answer[:-2], bytes.fromhex(chance.choice(WORDS))
        return chance.choice(
            (
                chance.randbytes(len(data)) + answer[-2:],
                data + word,
                chance.randbytes(chance.randrange(24)) + word,
                data[: chance.randrange(len(data) + 1)] + answer[-2:],
                chance.randbytes(2),
            )
        )

    def close(self) -> None:
        self._link.close()


def lying(desk: PurseDesk, seed: int) -> None:
    """The next link lies, from an exchange on that the seed chooses."""
    chance = random.Random(seed)
    truths = chance.randrange(12)
    desk._wrap = lambda link: Liar(link, chance, truths)  # type: ignore[method-assign]
    desk.reader.wrap = desk._wrap


@pytest.mark.parametrize("holder", HOLDERS)
def test_a_card_that_answers_garbage_is_not_believed(holder: str) -> None:
    """A wrong MAC1 or TAC passes once in 2^32; the log alone is believed when it says twice the
    same, so that of it only what cannot be made up by chance is asked here."""
    told: dict[LoadTruth, int] = {}
    for seed in range(SEEDS):
        desk = desk_of(holder, by_t1=seed % 2 == 1)
        plan = desk.planned(5000)
        if seed % 3:
            desk.powered().load(plan, desk.keys)
        stand = desk.stands()
        lying(desk, seed)
        try:
            truth = desk.powered().find_out(plan, desk.keys).truth
        except Defect:
            raise
        except CardStationError:
            continue
        told[truth] = told.get(truth, 0) + 1
        assert truth is not (LoadTruth.DONE if stand == BEFORE else LoadTruth.NOT_DONE)
        assert desk.stands() == stand
    assert told.keys() <= {LoadTruth.DONE, LoadTruth.NOT_DONE, LoadTruth.UNPROVEN}
    assert told[LoadTruth.DONE] > SEEDS // 50
    assert told[LoadTruth.NOT_DONE] > SEEDS // 50


@pytest.mark.parametrize("holder", HOLDERS)
def test_a_load_amid_garbage_happens_once_or_not_at_all(holder: str) -> None:
    for seed in range(SEEDS):
        desk = desk_of(holder, by_t1=seed % 2 == 1)
        plan = desk.planned(5000)
        lying(desk, seed)
        try:
            desk.powered().load(plan, desk.keys)
        except Defect:
            raise
        except CardStationError:
            assert desk.stands() in (BEFORE, AFTER)
        else:
            assert desk.stands() == AFTER


def test_random_and_mutated_files_end_in_a_value_or_a_refusal() -> None:
    chance = random.Random(6)
    issued = Parameters("000012345678", "510100998877", Purpose.BUYING).to_bytes()
    returned = Returned("000012345678", "510100998877", 1, 1).to_bytes()
    known = 0
    for number in range(20_000):
        base = bytearray(chance.choice((issued, returned, chance.randbytes(60))))
        for _ in range(chance.randrange(4)):
            base[chance.randrange(len(base))] = chance.randrange(256)
        content = bytes(base[: chance.randrange(61)] if number % 5 == 0 else base)
        for read in (Parameters.of, Returned.of, gas_files.unframed):
            with suppress(Refusal):
                known += read(content) is not None
    assert known > 1000
