"""kill -9 at random moments of the real command line on the real card stack, again and again.

A moment is a time drawn evenly over a stretch of the run, as a run without a kill took it: the
start of the process, the wait until the card is taken up, or, most often, the load itself from
its first record to a little past its last. One time in four the card is pulled in the same
instant, which tears whatever was being written. The records are proven as they lie there; then
the run starts again, on the same card, which recovers, and they are proven once it has its load.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from cardstation.bootstrap.card_box import CardBox
from cardstation.bootstrap.plastic import money_on_cards
from cardstation.bootstrap.station import open_station
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.services.import_list import import_list
from cardstation.services.pay_batch import pay_batch
from cardstation.services.verify import verify
from cardstation.settings import load_settings
from tests.kit.e2e import Desk, Process
from tests.kit.e2e_cards import (
    Person,
    changed_bytes,
    counter_on,
    image_of,
    people,
    states_of,
    take_in,
    write_list,
)
from tests.kit.pcsc import until

YUAN = 100
BAG = 3
STRETCHES = ("start", "wait", "load")
WEIGHTS = (1, 2, 7)
PULLED_TOO = 1 / 4
NOT_BEGUN = "nothing begun"
PAST_S = 0.05
"""Moments reach a little past the end of a load, where the run waits for the card to go."""
SEALED_S = 40.0


class Killer:
    """Runs bags of cards and kills the run until it was struck so many times."""

    def __init__(self, desk: Desk, count: int, seed: int) -> None:
        self.desk, self.left = desk, count
        self.struck: Counter[str] = Counter()
        self.proofs = 0
        self.bags: dict[str, Sequence[Person]] = {}
        self._chance = random.Random(seed)
        self._people = people(1 + BAG * count)
        self._stretches: dict[str, tuple[float, float]] = {}

    def prove(self) -> None:
        """Kill, recover, and compare the three truths."""
        desk = self.desk
        take_in(desk, self._people)
        desk.rack("--true-timing")
        self._measure()
        while self.left:
            self._bag()
        desk.clear_rack()
        self._compare(100 * YUAN * sum(map(len, self.bags.values())))

    def _measure(self) -> None:
        """When things happen in a run without a kill: one card, looked at all the time."""
        batch, [one] = self._new_bag(1)
        self.desk.insert(one.card_no)
        began = time.monotonic()
        run = self._run(batch)
        marks = [0.0, time.monotonic() - began]
        for seen in (self._begun, self._sealed):
            assert until(partial(seen, one), SEALED_S), str(run.told())
            marks.append(time.monotonic() - began)
        assert run.answer().status == 0
        marks[-1] += PAST_S
        self._stretches = dict(zip(STRETCHES, pairwise(marks), strict=True))
        self.desk.pull()

    def _new_bag(self, size: int) -> tuple[str, Sequence[Person]]:
        persons, self._people = self._people[:size], self._people[size:]
        assert persons, "the sample directory has no more households"
        path = self.desk.folder / f"bag-{len(self.bags)}.xlsx"
        write_list(path, [(one, str(YUAN)) for one in persons])
        with open_station(load_settings(self.desk.home, {}), True) as station:
            batch = import_list(station, path).batch_id
            money = Money.of_yuan(str(YUAN * len(persons)))
            pay_batch(station, batch, tender=Tender.CASH, money=money)
        self.bags[batch] = persons
        return batch, persons

    def _bag(self) -> None:
        batch, persons = self._new_bag(BAG)
        for one in persons:
            self.desk.insert(one.card_no)
            before = image_of(self.desk, one.card_no)
            while self.left and not self._sealed(one):
                self._strike(batch, one, before)
            if not self._sealed(one):
                self._finish(batch, one)
            self._prove_records()
            self.desk.pull()
        answer = self.desk.ask("batch", "run", batch, "--json")
        assert answer.status == 0, str(answer)
        assert {line["state"] for line in answer.json["lines"]} == {"done"}, str(answer)

    def _run(self, batch: str) -> Process:
        run = self.desk.start("batch", "run", batch, "--json")
        run.heard(batch)
        return run

    def _strike(self, batch: str, one: Person, before: bytes) -> None:
        """Start a run and kill it at a random moment; a run that ended before is no kill."""
        [stretch] = self._chance.choices(STRETCHES, WEIGHTS)
        first, last = self._stretches[stretch]
        delay = self._chance.uniform(first, last)
        began = time.monotonic()
        run = self.desk.start("batch", "run", batch, "--json")
        if stretch == "load" and not self._begun(one):
            # A busier machine than the measured one gets there later: the load itself is struck.
            until(partial(self._begun, one), SEALED_S)
            began = time.monotonic() - first
        run.out.wait_for("}", 0, began + delay)
        pulled = self._chance.random() < PULLED_TOO
        if pulled:
            self.desk.pull()
        told = run.kill()
        if told.status == -9:
            self.left -= 1
            self.struck[self._where(one, before, pulled)] += 1
            self._prove_records()
        if pulled:
            self.desk.insert(one.card_no)

    def _prove_records(self) -> None:
        """What `cardstation verify` proves, here and now: no cut leaves records that disagree."""
        with open_station(load_settings(self.desk.home, {}), False) as station:
            proof = verify(station)
        assert proof.ok, proof.disagreements
        self.proofs += 1

    def _where(self, one: Person, before: bytes, pulled: bool) -> str:
        states = states_of(self.desk, one.card_no)
        state = states[-1] if states else NOT_BEGUN
        if state in ("armed", "outcome_unknown"):
            changed = changed_bytes(before, image_of(self.desk, one.card_no))
            state += f", {'some' if changed else 'no'} bytes on the card"
        return state + (", card pulled" if pulled else "")

    def _finish(self, batch: str, one: Person) -> None:
        run = self._run(batch)
        assert until(lambda: self._sealed(one), SEALED_S), str(run.told())
        run.close()

    def _begun(self, one: Person) -> bool:
        return bool(states_of(self.desk, one.card_no))

    def _sealed(self, one: Person) -> bool:
        return states_of(self.desk, one.card_no)[-1:] == ["sealed"]

    def _compare(self, fen: int) -> None:
        """Cards = journal = ledger, and every card was loaded once."""
        desk = self.desk
        for one in (one for persons in self.bags.values() for one in persons):
            states = states_of(desk, one.card_no)
            assert states.count("sealed") == 1, (one.card_no, states)
            assert set(states) <= {"sealed", "voided"}, (one.card_no, states)
            assert counter_on(desk, one.card_no) == one.counter + 1
        with open_station(load_settings(desk.home, {}), False) as station:
            box = CardBox(station, desk.home)
            assert sum(money_on_cards(station, box, batch).fen for batch in self.bags) == fen
        centre = desk.centre()
        desk.run("enrol", centre.url, CARDSTATION_ENROL_CODE=centre.code)
        assert desk.run("sync")["unsent"] == 0
        proof = desk.run("verify")
        assert proof["ok"], proof["disagreements"]
        assert proof["taken_fen"] == proof["loaded_fen"] == proof["posted_fen"] == fen
        words = ("totals", "--home", desk.folder / "centre", "--json")
        totals = desk.ask(*words, program="cardstation-central").json
        assert totals["disagreements"] == []
        assert totals["entries"] == proof["entries"]
