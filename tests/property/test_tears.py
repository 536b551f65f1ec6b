"""A card torn at any sub-step shows only legal bytes, the judge says which, a retry heals it."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from cardstation.domain.card import Span, Witness, WritePlan, judge
from cardstation.errors import CardRemoved
from cardstation.ports.chip import Chip
from drivers.chips import CHIPS
from drivers.virtual import Moment, Tear, VirtualCard, VirtualReader

CODE = b"\xff\xff\xff"
START = 0x20

payloads = st.binary(min_size=1, max_size=10)
seeds = st.integers(0, 2**16)


@st.composite
def plans(draw: st.DrawFn) -> WritePlan:
    """Up to three spans over random old bytes, apart from one another, in any order."""
    card = VirtualCard()
    image = bytearray(card.image)
    spans = []
    for address in draw(st.permutations([0x20, 0x40, 0x80]))[: draw(st.integers(1, 3))]:
        new = draw(payloads)
        image[address : address + len(new)] = draw(st.binary(min_size=len(new), max_size=len(new)))
        spans.append(Span(address, new))
    return WritePlan(bytes(image), tuple(spans), (range(START, 256),))


class Bench:
    """A reader and a card with the plan's image on it."""

    def __init__(self, plan: WritePlan) -> None:
        self.reader = VirtualReader()
        self.card = VirtualCard()
        self.card.chip.main[:] = plan.before

    def unlocked(self) -> Chip:
        """A fresh insertion, code presented."""
        if self.reader.pull() is not None and self.reader._link is not None:
            self.reader._link.close()
        self.reader.insert(self.card)
        presence = self.reader.wait_card(0)
        assert presence is not None
        chip = CHIPS[0].attach(self.reader.open(presence))
        chip.unlock(CODE)
        self.card.chip.arm(None)
        return chip


def steps_of(plan: WritePlan) -> int:
    bench = Bench(plan)
    bench.unlocked().write(plan.before, plan.spans)
    assert bench.card.image == plan.target
    return bench.card.chip.steps


def torn(plan: WritePlan, tear: Tear) -> Bench:
    bench = Bench(plan)
    chip = bench.unlocked()
    bench.card.chip.arm(tear)
    try:
        chip.write(plan.before, plan.spans)
    except CardRemoved:
        pass
    else:
        raise AssertionError(tear)
    return bench


def witness(plan: WritePlan, image: bytes) -> Witness:
    return judge(plan.before, plan.target, plan.owned, image)


@given(plan=plans(), moment=st.sampled_from(Moment), seed=seeds, data=st.data())
@settings(deadline=None)
def test_a_tear_is_legal_and_a_retry_of_the_same_target_heals_it(
    plan: WritePlan, moment: Moment, seed: int, data: st.DataObject
) -> None:
    steps = steps_of(plan)
    if steps == 0:
        return
    step = data.draw(st.integers(0, steps - 1))
    bench = torn(plan, Tear(step, moment, seed))
    image = bench.card.image
    seen = witness(plan, image)
    assert seen is not Witness.FOREIGN
    if (step, moment) == (0, Moment.BEFORE):
        assert seen is Witness.BEFORE
    if (step, moment) == (steps - 1, Moment.AFTER):
        assert seen is Witness.TARGET
    written_in_order(plan, image)
    bench.unlocked().write(image, plan.spans)
    assert bench.card.image == plan.target


def written_in_order(plan: WritePlan, image: bytes) -> None:
    """At most one byte is neither old nor new; before it all are new, after it all are old."""
    order = [place for span in plan.spans for place in range(span.address, span.end)]
    differing = [place for place in order if plan.before[place] != plan.target[place]]
    marks = "".join(
        "n" if image[p] == plan.target[p] else "o" if image[p] == plan.before[p] else "-"
        for p in differing
    )
    assert marks.count("-") <= 1
    assert marks == "n" * marks.count("n") + "-" * marks.count("-") + "o" * marks.count("o")


@given(plan=plans(), seed=seeds)
@settings(deadline=None, max_examples=25)
def test_every_sub_step_of_a_plan(plan: WritePlan, seed: int) -> None:
    verdicts = [
        witness(plan, torn(plan, Tear(step, moment, seed)).card.image)
        for step in range(steps_of(plan))
        for moment in Moment
    ]
    assert Witness.FOREIGN not in verdicts
    if verdicts:
        assert verdicts[0] is Witness.BEFORE
        assert verdicts[-1] is Witness.TARGET


@given(plan=plans(), first=seeds, second=seeds, data=st.data())
@settings(deadline=None)
def test_a_retry_torn_again_is_still_no_foreign_card(
    plan: WritePlan, first: int, second: int, data: st.DataObject
) -> None:
    steps = steps_of(plan)
    if steps == 0:
        return
    bench = torn(plan, Tear(data.draw(st.integers(0, steps - 1)), seed=first))
    image = bench.card.image
    chip = bench.unlocked()
    bench.card.chip.arm(Tear(data.draw(st.integers(0, steps)), seed=second))
    try:
        chip.write(image, plan.spans)
    except CardRemoved:
        assert witness(plan, bench.card.image) is not Witness.FOREIGN
    else:
        assert bench.card.image == plan.target


@given(plan=plans(), place=st.integers(START, 255), flip=st.integers(1, 255))
def test_a_byte_outside_the_plan_is_never_our_tear(plan: WritePlan, place: int, flip: int) -> None:
    planned = {p for span in plan.spans for p in range(span.address, span.end)}
    image = bytearray(plan.before)
    image[place] ^= flip
    if place not in planned and plan.before != plan.target:
        assert witness(plan, bytes(image)) is Witness.FOREIGN
