"""Bags on the real card stack while everything goes wrong that a seed draws, and what then holds.

A bag is a batch of its own; its run is the real command in several readers. When its bad luck is
over, what is left of it is run in peace, its papers are printed, and it goes home.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

from tests.kit.chaos_books import YUAN, Books
from tests.kit.chaos_lanes import NAMES, SETTLED_S, Lanes
from tests.kit.chaos_plan import LANES, LINES, Deed, Insertion, Outside, Plan, Round, draw
from tests.kit.e2e import Desk
from tests.kit.e2e_cards import Person, counter_on, image_of, people, states_of
from tests.kit.own_service import OwnService
from tests.kit.pcsc import need_real_stack, until
from tests.kit.repeat import Seeded

PASSES = 4


def prove_chaos(desk: Desk, first_seed: int, count: int, again: str) -> Counter[str]:
    """Play the bags of so many seeds at one desk, one after another; counts what happened.

    Args:
        again: The command that tells one bag again, but for its seed.
    """
    need_real_stack()
    told: Counter[str] = Counter()
    persons = people(LANES + LINES * (count + 1), money_meters=count + 1)
    assert len(persons) == LANES + LINES * (count + 1), "no more households in the samples"
    by_money, strangers, others = (
        persons[: count + 1],
        persons[-LANES:],
        persons[count + 1 : -LANES],
    )
    bags = [[one, *others[no :: count + 1]] for no, one in enumerate(by_money)]
    books = Books(desk, strangers)
    ids = books.open(bags)
    with OwnService(NAMES) as service:
        lanes = Lanes(desk, service)
        for no, seed in enumerate(range(first_seed, first_seed + count)):
            with Seeded(seed, again):
                bag = Bag(lanes, books, ids[no], bags[no], bags[no + 1][:LANES])
                bag.play(draw(seed))
                told.update(bag.told)
    books.agree(100 * YUAN * count * (LINES - 1))
    told["cards loaded"] = count * (LINES - 1)
    return told


class Bag:
    """One bag and its bad luck."""

    def __init__(
        self, lanes: Lanes, books: Books, batch: str, lines: list[Person], others: list[Person]
    ) -> None:
        self.lanes, self.books, self.batch, self.lines = lanes, books, batch, lines
        self.desk = lanes.desk
        self.present = [one.card_no for one in lines[:-1]]
        self.others = [one.card_no for one in others]
        self.strangers = [one.card_no for one in books.strangers]
        self.told: Counter[str] = Counter()

    def play(self, plan: Plan) -> None:
        """Everything goes wrong, then everything is put right and compared."""
        self.told.update(plan.told)
        never = [*self.strangers, *self.others, self.lines[-1].card_no]
        untouched = {card_no: image_of(self.desk, card_no) for card_no in never}
        self.books.collect(self.batch, self.lines)
        if Outside.ENVELOPES in plan.outside:
            self.books.exchange_envelopes(self.batch, self.present, plan.pair)
        self.lanes.start(self.batch)
        for no, one in enumerate(plan.rounds):
            if Outside.LEDGER in plan.outside and no == plan.ledger_gone:
                self.books.lose_ledger()
            if Outside.INTERRUPTED in plan.outside and no:
                self.lanes.pause()
                self.lanes.start(self.batch)
            if self._left():
                self._round(plan, one)
        self.books.find_ledger()
        self._finish()
        self.lanes.pause()
        self.lanes.clear()
        for card_no, before in untouched.items():
            assert image_of(self.desk, card_no) == before, f"{card_no} was written"
        self._compare(plan)

    def _round(self, plan: Plan, one: Round) -> None:
        self.lanes.clear()
        for insertion in one.insertions:
            self.lanes.lay(insertion, self.present, self._stranger(insertion), plan.seed)
        for struck in one.accidents:
            self.lanes.strike(struck)
            self.told["cards at work when it struck"] += sum(map(self._at_work, self.present))
        self.lanes.mend()
        self.lanes.settle()

    def _stranger(self, one: Insertion) -> str:
        cards = self.others if one.deed is Deed.OTHER_BATCH else self.strangers
        return cards[one.lane]

    def _finish(self) -> None:
        """Run what is left in peace, each card until it is loaded."""
        for _ in range(PASSES):
            left = self._left()
            assert not left or not self.lanes.over, (left, str(self.lanes.told()))
            self.told["cards run once more"] += len(left)
            for at in range(0, len(left), LANES):
                self.lanes.clear()
                laid = left[at : at + LANES]
                self.lanes.lay_plainly(laid)
                until(partial(self._all_sealed, laid), SETTLED_S)
                self.lanes.settle()
        assert not self._left(), (self._left(), str(self.lanes.told()))

    def _left(self) -> list[str]:
        return [card_no for card_no in self.present if not self._sealed(card_no)]

    def _all_sealed(self, cards: Sequence[str]) -> bool:
        return all(map(self._sealed, cards))

    def _at_work(self, card_no: str) -> bool:
        return states_of(self.desk, card_no)[-1:] in (["paid"], ["armed"], ["outcome_unknown"])

    def _sealed(self, card_no: str) -> bool:
        return states_of(self.desk, card_no)[-1:] == ["sealed"]

    def _compare(self, plan: Plan) -> None:
        """Every card was loaded once, every line and every card is accounted for."""
        for one in self.lines[:-1]:
            states = states_of(self.desk, one.card_no)
            assert states.count("sealed") == 1, (one.card_no, states)
            assert set(states) <= {"sealed", "voided"}, (one.card_no, states)
            assert counter_on(self.desk, one.card_no) == one.counter + 1
        assert not states_of(self.desk, self.lines[-1].card_no)
        sheets = plan.sheets if Outside.PAPER in plan.outside else None
        self.books.print_return(self.batch, sheets, LINES - 1)
        self.books.go_home(self.batch, {*self.strangers, *self.others})
