"""The power-cut sweep: every effect boundary of every money service, and again during recovery.

A spread of each; `./dev soak sweep pairs` cuts every boundary of every job in every place with
both readers, and many more pairs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from cardstation.domain.board_told import BoardTold
from cardstation.domain.ledger import GENESIS
from cardstation.domain.meter import MakerRules
from cardstation.domain.payment import Tender
from cardstation.domain.topup import TopUp
from cardstation.errors import LedgerUnreachable
from cardstation.ports.ledger import Ledger
from cardstation.services.intent import card_code, load
from cardstation.services.station import Station
from cardstation.store.attempts import Attempt
from drivers.makers import MAKERS
from tests.kit import trials
from tests.kit.chips import on_other_chips
from tests.kit.memory_ledger import Centre
from tests.kit.power import Cut, CutLine, Power, PowerCut, When, moments
from tests.kit.sweep import Lab
from tests.kit.sweep_accounts import ACCOUNTS, CLOSE
from tests.kit.sweep_booked import BOOKED, REFUND_LINE, REFUND_ORDER, RETURN_LINE, RETURN_ORDER
from tests.kit.sweep_charges import CHARGES, COUNTER, FROM_BALANCE
from tests.kit.sweep_disputes import (
    CARD_LOST,
    DISPUTE,
    DISPUTE_LOADED,
    DISPUTE_TORN,
    GIVEN_UP,
    RETURN_GONE,
    RETURN_STAYS,
    RETURN_WHOLE,
)
from tests.kit.sweep_given import GIVE, GIVEN, REFUND_GIVEN, RETURN_GIVEN, WITHDRAW
from tests.kit.sweep_jobs import (
    ARREARS,
    BAG,
    PREPAID,
    REFUND,
    REMAINDER,
    RETURN,
    SALE,
    SHIFT,
    THEIRS,
    stock,
)
from tests.kit.sweep_meter import METERS
from tests.kit.sweep_purse import PURSE_JOBS, PURSE_SALE, PurseLab, stock_purses
from tests.kit.sweep_rare import (
    DISOWNED,
    EVERY_JOB,
    FINISHED_THERE,
    REJOIN,
    REJOIN_UNSENT,
    SEALED_TWICE,
)
from tests.kit.sweep_waits import CODE_CUT, Wait
from tests.kit.sweep_world import Job, Where, World

pytest_plugins = ("tests.kit.fast_disk",)
pytestmark = pytest.mark.usefixtures("chance")

Record = Callable[[str, object], None]


@dataclass(frozen=True)
class Case:
    """One job in one place; of its cuts every `stride`-th from `start` is made."""

    job: Job
    where: Where
    dialect: str
    stride: int
    start: int = 0
    tender: Tender = Tender.CASH
    answers: bool = False
    maker: MakerRules = MAKERS[0]

    def __str__(self) -> str:
        chip = "" if self.maker is MAKERS[0] else f"{self.maker.layout}, "
        return f"{self.job.name}, {self.where.value}, {self.dialect}, {chip}{self.tender.value}"


ONCE = (
    Case(SALE, Where.SAME, "acs", 17),
    Case(SALE, Where.HOME, "omnikey", 23, 1),
    Case(SALE, Where.SAME, "omnikey", 19, 2, Tender.QR_CODE, answers=True),
    Case(SALE, Where.ANOTHER, "acs", 29, 4),
    Case(SALE, Where.SOLD, "omnikey", 31, 5),
    Case(BAG, Where.SAME, "omnikey", 37, 1),
    Case(BAG, Where.HOME, "acs", 61, 2, Tender.BANK_TRANSFER),
    Case(BAG, Where.ANOTHER, "acs", 67, 3),
    Case(BAG, Where.SOLD, "acs", 71, 7),
    Case(PREPAID, Where.SAME, "omnikey", 23, 1),
    Case(PREPAID, Where.HOME, "acs", 31, 2),
    Case(PREPAID, Where.ANOTHER, "acs", 37, 3),
    Case(PREPAID, Where.SOLD, "acs", 41, 5),
    Case(RETURN, Where.SAME, "acs", 23),
    Case(RETURN, Where.HOME, "omnikey", 31, 1),
    Case(RETURN, Where.ANOTHER, "acs", 37, 2),
    Case(RETURN, Where.SOLD, "acs", 41, 6),
    Case(REFUND, Where.SAME, "acs", 11, 0, Tender.QR_CODE, answers=True),
    Case(REFUND, Where.ANOTHER, "omnikey", 19, 1),
    Case(REFUND_LINE, Where.SAME, "acs", 61, 5),
    Case(REFUND_LINE, Where.ANOTHER, "omnikey", 61, 13),
    Case(REFUND_ORDER, Where.SAME, "omnikey", 61, 17),
    Case(REFUND_ORDER, Where.ANOTHER, "acs", 37, 29),
    Case(RETURN_LINE, Where.SAME, "omnikey", 101, 71),
    Case(RETURN_LINE, Where.HOME, "acs", 131, 61),
    Case(RETURN_ORDER, Where.SAME, "acs", 131, 23),
    Case(RETURN_ORDER, Where.ANOTHER, "omnikey", 101, 47),
    Case(GIVE, Where.SAME, "acs", 31),
    Case(GIVE, Where.HOME, "omnikey", 61, 1),
    Case(GIVE, Where.ANOTHER, "acs", 61, 2),
    Case(GIVE, Where.SOLD, "acs", 71, 3),
    Case(WITHDRAW, Where.SAME, "acs", 5),
    Case(REFUND_GIVEN, Where.SAME, "acs", 31),
    Case(RETURN_GIVEN, Where.SAME, "omnikey", 61, 5),
    *(Case(job, Where.HOME, "omnikey", 67, 5) for job in METERS),
    Case(REMAINDER, Where.SAME, "acs", 7),
    Case(REMAINDER, Where.ANOTHER, "omnikey", 13, 1, Tender.QR_CODE, answers=True),
    Case(ARREARS, Where.SAME, "acs", 3),
    Case(ARREARS, Where.ANOTHER, "omnikey", 7, 1),
    Case(CHARGES, Where.SAME, "acs", 11),
    Case(CHARGES, Where.SAME, "acs", 13, 2, Tender.QR_CODE, answers=True),
    Case(CLOSE, Where.SAME, "acs", 13),
    Case(FROM_BALANCE, Where.SAME, "acs", 29, 4),
    Case(FROM_BALANCE, Where.ANOTHER, "omnikey", 61, 3),
    Case(SHIFT, Where.SAME, "omnikey", 19),
    Case(SHIFT, Where.HOME, "acs", 29, 2),
    Case(THEIRS, Where.SAME, "acs", 29),
    Case(THEIRS, Where.ANOTHER, "omnikey", 31, 3),
    Case(THEIRS, Where.HOME, "acs", 37, 5),
    Case(FINISHED_THERE, Where.SAME, "acs", 13),
    Case(FINISHED_THERE, Where.ANOTHER, "omnikey", 17, 1),
    Case(SEALED_TWICE, Where.SAME, "omnikey", 13, 2),
    Case(SEALED_TWICE, Where.HOME, "acs", 17, 3),
    Case(DISOWNED, Where.SAME, "acs", 13, 1),
    Case(DISOWNED, Where.ANOTHER, "omnikey", 19, 4),
    Case(DISPUTE, Where.SAME, "acs", 17),
    Case(DISPUTE, Where.ANOTHER, "omnikey", 19, 2),
    Case(DISPUTE_LOADED, Where.HOME, "acs", 11, 1),
    Case(DISPUTE_LOADED, Where.SOLD, "omnikey", 11, 4),
    Case(DISPUTE_TORN, Where.ANOTHER, "acs", 17, 3),
    Case(DISPUTE_TORN, Where.HOME, "omnikey", 29, 5),
    Case(RETURN_GONE, Where.SAME, "acs", 11, 2),
    Case(RETURN_GONE, Where.ANOTHER, "omnikey", 13, 3),
    Case(RETURN_STAYS, Where.HOME, "acs", 11, 4),
    Case(RETURN_STAYS, Where.SOLD, "omnikey", 13, 5),
    Case(RETURN_WHOLE, Where.SAME, "acs", 11, 2),
    Case(GIVEN_UP, Where.ANOTHER, "acs", 19, 6),
    Case(GIVEN_UP, Where.SAME, "omnikey", 29, 7),
    Case(CARD_LOST, Where.SAME, "acs", 5),
    Case(REJOIN, Where.SAME, "acs", 37, 1),
    Case(REJOIN, Where.ANOTHER, "omnikey", 53, 3),
    Case(REJOIN_UNSENT, Where.SAME, "omnikey", 23, 2),
)
CI_SHARE = 3
"""Of the strides above one in so many is made; `./dev soak sweep` makes every cut."""
MORE = {"part3": 5}
"""A chip whose sectors are opened one by one has so many times the exchanges of another."""

OTHER_CHIPS = tuple(
    replace(case, maker=maker, dialect=dialect, stride=case.stride * MORE.get(dialect, 1))
    for number, (maker, dialect) in enumerate(on_other_chips())
    for case in (
        Case(SALE, Where.SAME, "", 37, number),
        Case(BAG, Where.HOME, "", 211, number),
        Case(PREPAID, Where.ANOTHER, "", 131, number),
        Case(RETURN, Where.SAME, "", 61, number),
        *(Case(job, Where.SAME, "", 131, 41 + 19 * number) for job in (GIVE, *METERS)),
    )
)
"""Each money service that writes cards, on every other chip; whole: `./dev soak works`."""

EVERYWHERE = (
    *(
        Case(job, where, dialect, 1, 0, tender, answers=tender is Tender.QR_CODE)
        for where in Where
        for job in EVERY_JOB
        if not (job.whole and where is Where.SOLD)
        for dialect in ("acs", "omnikey")
        for tender in ((Tender.CASH, Tender.QR_CODE) if job is SALE else (Tender.CASH,))
    ),
    *(Case(job, where, "acs", 1) for where in Where for job in PURSE_JOBS),
)
"""A purse speaks for itself in every reader: one is enough. CI's part: `test_purse_sweep`."""


def lab_of(case: Case, folder: Path) -> Lab:
    purse = case.job in PURSE_JOBS
    kind, prepared = (PurseLab, stock_purses) if purse else (Lab, stock)
    how = (case.tender, case.answers, case.dialect, case.where, case.maker)
    return kind(folder, case.job, prepared, *how)


def every_cut(lab: Lab) -> list[Cut]:
    names = lab.boundaries()
    return [Cut(at, when) for at, name in enumerate(names) for when in moments(name)]


def report(record: Record, what: str, points: int, cuts: int, lab: Lab, kind: str) -> None:
    """Said at the end of the run, whichever worker did it (`tests/conftest.py`)."""
    waits = "".join(f"; {count} wait ({why.value})" for why, count in lab.waits.items())
    record(
        "figures",
        f"power-cut sweep, {what}: {points} cut points, {cuts} cut, {lab.runs} runs,"
        f" 0 broken{waits}",
    )
    record("counted", {f"cut points of {kind}": points, f"{kind}, broken 0:": cuts})


@pytest.mark.parametrize("case", [*ONCE, *OTHER_CHIPS], ids=str)
def test_one_cut(folder: Path, record_property: Record, case: Case) -> None:
    lab = lab_of(case, folder)
    points = every_cut(lab)
    cuts = points[case.start :: CI_SHARE * case.stride]
    for cut in cuts:
        lab.run(cut)
    report(record_property, str(case), len(points), len(cuts), lab, "single cuts")


AGAIN = tuple(
    Case(job, where, dialect, stride, 3)
    for job, where, stride in (
        *((SALE, Where.SAME, 71), (SALE, Where.HOME, 131), (SALE, Where.ANOTHER, 131)),
        *((BAG, Where.SAME, 211), (BAG, Where.ANOTHER, 311)),
        *((PREPAID, Where.SAME, 97), (PREPAID, Where.ANOTHER, 131)),
        *((RETURN, Where.SAME, 97), (RETURN, Where.HOME, 131)),
        *((REFUND, Where.SAME, 47), (GIVEN_UP, Where.ANOTHER, 61)),
        *((REMAINDER, Where.SAME, 47), (THEIRS, Where.ANOTHER, 97)),
        *((FINISHED_THERE, Where.SAME, 43), (SEALED_TWICE, Where.SAME, 43)),
        *((DISOWNED, Where.SAME, 47), (DISPUTE, Where.SAME, 61)),
        *((DISPUTE_LOADED, Where.SAME, 37), (DISPUTE_TORN, Where.ANOTHER, 61)),
        *((RETURN_GONE, Where.SAME, 37), (RETURN_STAYS, Where.HOME, 37)),
        *((REJOIN, Where.SAME, 211), (REJOIN_UNSENT, Where.SAME, 97)),
    )
    for dialect in ("acs", "omnikey")
)
"""Where a second cut can meet another world than the first: with the card at its meter, or with
what another desk made of it. Nobody coming back is looked at after the last cut of each."""

ONLY_HERE = (
    *(*BOOKED, *GIVEN, *COUNTER, *METERS, *ACCOUNTS),
    *(ARREARS, SHIFT, CARD_LOST, RETURN_WHOLE),
)
TWICE = (
    *AGAIN,
    *(Case(job, Where.SAME, dialect, 1) for job in ONLY_HERE for dialect in ("acs", "omnikey")),
    *(Case(job, Where.SAME, "acs", 1) for job in PURSE_JOBS),
)
"""What the long sweep cuts twice. Elsewhere than here once only: arrears, charges and a lost card,
which no card has a part in; a shift, whose one sale is there by itself; purses, whose worlds are
made anew for every run, since their keys are never copied.
"""
AWAY = (THEIRS, DISPUTE_TORN, RETURN_STAYS, GIVEN_UP)
"""Cut twice only with the card elsewhere in between, the harder world; here they are cut once."""

SOME_HERE = (
    Case(CHARGES, Where.SAME, "acs", 211, 3),
    Case(SHIFT, Where.SAME, "omnikey", 211, 3),
    Case(CARD_LOST, Where.SAME, "acs", 211, 3),
    Case(PURSE_SALE, Where.SAME, "acs", 211, 3),
)
"""CI's share of what is cut twice only here."""


@pytest.mark.parametrize("case", [*AGAIN, *SOME_HERE], ids=str)
def test_cut_again_during_recovery(folder: Path, record_property: Record, case: Case) -> None:
    lab, count, points = lab_of(case, folder), 0, 0
    firsts = every_cut(lab)
    for number, cut in enumerate(firsts[case.start :: CI_SHARE * case.stride]):
        names = lab.boundaries(cut)
        seconds = [Cut(at, when) for at, name in enumerate(names) for when in moments(name)]
        points += len(seconds)
        for second in seconds[number * 7 % 89 :: 89]:
            lab.run(cut, second)
            count += 1
    report(record_property, f"{case}, cut twice", points, count, lab, "second cuts")


def test_a_sale_waits_where_its_code_was_cut_short_and_nowhere_else(folder: Path) -> None:
    """The reader cannot read the tries: from the note before the code to the note after it."""
    lab = Lab(folder, SALE, stock, dialect="omnikey")
    before, after = _around_the_code(lab.boundaries())
    for cut, waits in (
        (Cut(before, When.BEFORE), False),
        (Cut(before, When.AFTER), True),
        (Cut(after, When.BEFORE), True),
        (Cut(after, When.AFTER), False),
    ):
        lab.waits.clear()
        lab.run(cut)
        assert set(lab.waits) == ({Wait.UNREADABLE} if waits else set()), cut


def _around_the_code(names: list[str]) -> tuple[int, int]:
    """The commits on both sides of what is first done in the chip."""
    chip = names.index("chip")
    before = max(at for at in range(chip) if names[at] == "commit")
    return before, names.index("commit", chip)


def test_a_wait_for_nothing_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: a desk that never notes that its code was accepted, cut while it writes the load."""
    watched_codes(monkeypatch, forgets=Attempt.ACCEPTED)
    lab = Lab(folder, SALE, stock, dialect="omnikey")
    chips = [at for at, name in enumerate(lab.boundaries()) if name == "chip"]
    with pytest.raises(AssertionError, match="its code was not cut short"):
        lab.run(Cut(chips[len(chips) // 2], When.AFTER))


def test_a_code_cut_short_twice_waits_though_the_meter_makes_its_tries_whole(folder: Path) -> None:
    """The desk refused the card; the load on it is the meter's, which presents its own code."""
    lab = Lab(folder, RETURN, stock)
    first = Cut(lab.boundaries().index("chip"), When.AFTER)
    second = Cut(lab.boundaries(first).index("chip"), When.AFTER)
    lab.run(first, second)
    assert lab.waits == {Wait.SPENT: 1}


def test_every_message_to_the_ledger_is_cut_before_after_and_unheard() -> None:
    """The port's own list says which messages there are."""
    people = {"clerk": "one", "approver": "other"}
    asked: dict[str, Callable[[CutLine], object]] = {
        "head": CutLine.head,
        "push": lambda line: line.push([b"one"], ""),
        "loads_of": lambda line: line.loads_of("1"),
        "bag_steps": lambda line: line.bag_steps("1"),
        "sealed_hand_overs": lambda line: line.sealed_hand_overs("1", "2"),
        "invoice_of": lambda line: line.invoice_of("1"),
        "orders": CutLine.orders,
        "lease_order": lambda line: line.lease_order("1"),
        "release_order": lambda line: line.release_order("1"),
        "entries_after": lambda line: line.entries_after(0),
        "tell_board": lambda line: line.tell_board(BoardTold({})),
        "new_epoch": lambda line: line.new_epoch(last_seq=0, last_hash=GENESIS, **people),
    }
    assert set(asked) | {"hurried"} == {n for n in vars(Ledger) if not n.startswith("_")}
    for name, ask in asked.items():
        for when in (When.BEFORE, When.AFTER, When.LOST, When.DEAD):
            line = CutLine("S001", Centre(), power := Power(Cut(0, when)))
            with pytest.raises((PowerCut, LedgerUnreachable)) as cut:
                ask(line)
            assert (cut.type is LedgerUnreachable) == (when in (When.LOST, When.DEAD)), name
            assert moments(power.names[0]) == (When.BEFORE, When.AFTER, When.LOST, When.DEAD)
            assert (line.hurried() is None) == (when is When.DEAD)
    rests = CutLine("S001", Centre(), power := Power(Cut(0, When.LOST)))
    assert rests.hurried() is None
    assert moments(power.names[0]) == (When.LOST,)


def test_a_provisional_seal_is_settled_by_the_ledger(folder: Path) -> None:
    """Paid at two desks, on a card that cannot say whose load it shows: one payment goes back."""
    trials.same_load_from_two_desks(folder)


@pytest.mark.parametrize("job", EVERY_JOB, ids=lambda job: job.name)
def test_the_harness_finds_nothing_where_nothing_is_wrong(
    folder: Path, monkeypatch: pytest.MonkeyPatch, job: Job
) -> None:
    """And who says that its code can be cut short presents one; nobody else does."""
    presented = watched_codes(monkeypatch)

    def prepare(world: World) -> None:
        job.prepare(world)
        presented.clear()

    lab = Lab(folder, replace(job, prepare=prepare), stock)
    lab.run()
    assert not lab.waits
    assert bool(presented) == (job.waits >= CODE_CUT)


def watched_codes(
    monkeypatch: pytest.MonkeyPatch, *, forgets: Attempt | None = None
) -> list[Attempt]:
    """What desks note of a code from here on; one of it can be forgotten."""
    noted: list[Attempt] = []
    note = load.note_attempt

    def watched(station: Station, intent: TopUp, event: Attempt, tries: int | None) -> None:
        noted.append(event)
        if event is not forgets:
            note(station, intent, event, tries)

    monkeypatch.setattr(load, "note_attempt", watched)
    monkeypatch.setattr(card_code, "note_attempt", watched)
    return noted
