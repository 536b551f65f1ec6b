"""Brings an intent onto the card in the lane: armed, anchored, unlocked, written, read back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from cardstation.domain.admission import Admitted, cleared_credit, load_mark, next_credit
from cardstation.domain.card import Credit, Span, Witness, WritePlan
from cardstation.domain.offline_grant import is_stop
from cardstation.domain.receipt import Receipt
from cardstation.domain.topup import Step, TopUp
from cardstation.domain.transitions import Direction, TopUpEvent, TopUpState
from cardstation.errors import (
    CardServiceGone,
    CodeLocked,
    CodeRefused,
    LinkFailed,
    OutcomeUnknown,
    Refusal,
    WriteNotTaken,
    ensure,
    fail,
)
from cardstation.services.identify import Inserted
from cardstation.services.intent.granting import Contact, granted, waits_as_paid
from cardstation.services.intent.records import (
    record_armed,
    record_move,
    record_sealed,
    record_untouched,
)
from cardstation.services.intent.seen import judged_image
from cardstation.services.station import Station
from cardstation.store.attempts import REFUSED_COUNTS, Attempt

Watch = Callable[[Step], None]

_TORN_ALLOWED = 1


@dataclass(frozen=True, slots=True)
class Unlocking:
    """A code that may be presented now. `last_tries`: an attempt of ours was cut short before."""

    code: bytes = field(repr=False)
    tries_left: int | None
    last_tries: bool


def arm(
    station: Station,
    card: Inserted,
    intent: TopUp,
    admitted: Admitted,
    unlocking: Unlocking | None = None,
) -> TopUp:
    """Make the whole target of a load durable before the first byte changes the card (R2).

    Args:
        station: The desk.
        card: In the lane.
        intent: Paid.
        admitted: What the card's rules said of it.
        unlocking: Of the code that is presented next, where that was asked for already.

    Raises:
        Refusal: `paid_without_grant`, `selling_frozen`: its money waits.
    """
    plan, counter_after = planned(station, card, intent, admitted)
    held, tries_left = replace(intent, before=card.image), tries_of(unlocking)

    def do(contact: Contact) -> TopUp:
        return record_armed(
            station, held, plan, counter_after, tries_left=tries_left, contact=contact
        )

    try:
        return granted(station, do)
    except Refusal as stop:
        if not is_stop(stop):
            raise
        raise waits_as_paid(stop, intent) from stop


def tries_of(unlocking: Unlocking | None) -> int | None:
    """Tries left of a code whose attempt may be on record with *armed*; None: it may not."""
    return None if unlocking is None else unlocking.tries_left


def planned(
    station: Station, card: Inserted, intent: TopUp, admitted: Admitted
) -> tuple[WritePlan, int]:
    """The whole target of a load, and the counter it leaves on the card; nothing is stored."""
    now = station.clock.now()
    mark = load_mark(intent, card.layout, admitted, card.rules)
    credit = next_credit(admitted, card.rules, intent, at=now, station_no=station.number, mark=mark)
    plan = card.layout.plan_load(card.image, credit)
    _ensure_sound(card, plan, credit)
    return plan, credit.purchase_counter


def arm_as_shown(station: Station, card: Inserted, intent: TopUp) -> TopUp:
    """Put on record again what a card carries already: its target is what it shows, to the byte.

    For a paid load whose own records were lost after it was written; nothing is written again.
    """
    credit = card.content.credit or fail("a card that shows a load has a credit")
    plan = WritePlan(card.image, (), card.layout.desk_owned)
    return record_armed(station, replace(intent, before=card.image), plan, credit.purchase_counter)


def arm_return(station: Station, card: Inserted, intent: TopUp, taken_back: Credit) -> TopUp:
    """Make the whole target of a return durable before the first byte changes the card (R2)."""
    plan, counter_after = planned_return(station, card, intent, taken_back)
    return record_armed(station, replace(intent, before=card.image), plan, counter_after)


def planned_return(
    station: Station, card: Inserted, intent: TopUp, taken_back: Credit
) -> tuple[WritePlan, int]:
    """The whole target of a return, and the counter it leaves on the card; nothing is stored.

    Raises:
        Refusal: what the layout says of a card that no desk can clear.
    """
    credit = cleared_credit(taken_back, intent, at=station.clock.now(), station_no=station.number)
    plan = card.layout.plan_clear(card.image, credit)
    _ensure_sound(card, plan, credit)
    return plan, credit.purchase_counter


def write_and_seal(
    station: Station,
    card: Inserted,
    intent: TopUp,
    watch: Watch,
    unlocking: Unlocking | None = None,
) -> Receipt:
    """Write the stored target of a load onto the card in the lane, prove it, and seal.

    Args:
        station: The desk.
        card: In the lane.
        intent: Armed.
        watch: Told each step.
        unlocking: As `ensure_unlockable` said during this insertion, and as it was armed with;
            None: it is asked now.

    Raises:
        OutcomeUnknown: the link was lost or the card reads back differently; the card decides at
            its next insertion. Refusal, CodeRefused, CodeLocked: nothing was written.
    """
    seen = write_and_prove(station, card, intent, watch, unlocking)
    _, receipt = record_sealed(station, intent, seen, witness="card")
    card.sealed = intent.topup_id
    watch(Step.RECEIPT)
    return receipt


def write_and_prove(
    station: Station,
    card: Inserted,
    intent: TopUp,
    watch: Watch,
    unlocking: Unlocking | None = None,
) -> bytes:
    """Write the stored target and prove it after a fresh power-up; the image read back.

    Raises:
        OutcomeUnknown, Refusal, CodeRefused, CodeLocked: as `write_and_seal`.
    """
    plan = intent.plan or fail("an armed intent has its plan")
    watch(Step.WRITE)
    spans = _spans(card, plan, intent.direction)
    if unlocking is None or tries_of(unlocking) is None:
        unlocking = unlocking or _unlocking(station, card, intent)
        note_attempt(station, intent, Attempt.PRESENTING, unlocking.tries_left)
    _unlock(station, card, intent, unlocking)
    try:
        card.chip.write(card.image, spans)
        watch(Step.VERIFY)
        seen = card.power_cycle()
    except (LinkFailed, CardServiceGone, WriteNotTaken, Refusal) as error:
        raise _unknown(station, intent, error.code) from error
    if judged_image(card, plan, seen) is not Witness.TARGET:
        raise _unknown(station, intent, "write_not_taken")
    return seen


def _ensure_sound(card: Inserted, plan: WritePlan, credit: Credit) -> None:
    ensure(plan.before == card.image, "a plan starts from the image in the lane")
    ensure(all(_writable(card, span) for span in plan.spans), "the chip's own bytes stay")
    shown = card.layout.decode(plan.target)
    ensure(shown.identity == card.content.identity, "an intent keeps the identity")
    ensure(
        shown.credit is not None
        and shown.credit.quantity == credit.quantity
        and (shown.credit.mark == credit.mark or not card.layout.marks_loads),
        "the target reads back as what was agreed",
    )


def _writable(card: Inserted, span: Span) -> bool:
    return any(one.start <= span.address and span.end <= one.stop for one in card.chip.writable)


def _spans(card: Inserted, plan: WritePlan, direction: Direction) -> Sequence[Span]:
    """The stored spans; over a torn slot the layout may need another order for the same bytes."""
    if judged_image(card, plan, card.image) is Witness.BEFORE:
        return plan.spans
    credit = card.layout.decode(plan.target).credit or fail("the target carries a credit")
    again_as = {Direction.SALE: card.layout.plan_load, Direction.RETURN: card.layout.plan_clear}
    again = again_as[direction](card.image, credit)
    same = judged_image(card, plan, again.target) is Witness.TARGET
    return again.spans if same else plan.spans


def ensure_unlockable(station: Station, card: Inserted) -> Unlocking:
    """Say how the card's code may be presented now; asked before money is taken, too.

    Full counter: present. One try missing and exactly one attempt of ours was cut short: present
    once more. Anything else is the supervisor's (MONEY-SAFETY 3).

    Raises:
        Refusal: `code_tries_low`, `no_key_for_maker`. CodeLocked: no tries left, for ever.
    """
    identity = card.content.identity
    with station.store.reading() as reading:
        torn = reading.attempts.torn(identity.maker, identity.card_no, card.chip.all_tries)
    tries = card.chip.tries_left()
    code = b""
    if card.code_bytes:
        code = station.keys.code_for(identity.maker, identity.card_no, card.code_bytes)
    if tries == 0:
        raise CodeLocked(card_no=identity.card_no)
    if not may_present(tries, card.chip.all_tries, torn):
        raise Refusal("code_tries_low", card_no=identity.card_no, tries_left=tries)
    return Unlocking(code, tries, torn > 0)


def may_present(tries: int | None, every: int, torn: int) -> bool:
    """Whether a card bears its code now: all tries, or one missing and one of ours was cut.

    A card that never tells (`every` is 1) is asked again unless it refused: what an attempt that
    was cut had cost comes back with the next that is not, and no reader could ever say so.
    """
    if tries is None:
        return torn == 0 or (every == 1 and torn < REFUSED_COUNTS)
    return tries == every or (tries == every - 1 and torn == _TORN_ALLOWED)


def _unlocking(station: Station, card: Inserted, intent: TopUp) -> Unlocking:
    try:
        return ensure_unlockable(station, card)
    except (CodeLocked, Refusal) as error:
        _nothing_written(station, card, intent, error.code)
        raise


def _unlock(station: Station, card: Inserted, intent: TopUp, unlocking: Unlocking) -> None:
    """Present the card's code once; the attempt is on disk.

    The chip reads its own counter once more before it is presented anything.
    """
    tries = unlocking.tries_left
    try:
        card.chip.unlock(unlocking.code, last_tries=unlocking.last_tries)
    except (CodeRefused, CodeLocked, Refusal) as error:
        presented = isinstance(error, CodeRefused)
        note_attempt(station, intent, Attempt.REFUSED if presented else Attempt.WITHHELD, tries)
        _nothing_written(station, card, intent, error.code)
        raise
    note_attempt(station, intent, Attempt.ACCEPTED, tries)


def note_attempt(station: Station, intent: TopUp, event: Attempt, tries_left: int | None) -> None:
    """Log a step; that a code was accepted may be lost where the chip counts its own tries."""
    told_by_chip = event is Attempt.ACCEPTED and tries_left is not None
    with station.store.passing_unit() if told_by_chip else station.store.unit() as unit:
        unit.attempts.note(intent, event, tries_left=tries_left, at=station.clock.now())
        unit.commit()


def _nothing_written(station: Station, card: Inserted, intent: TopUp, reason: str) -> None:
    plan = intent.plan or fail("an armed top-up has its plan")
    untouched = judged_image(card, plan, card.image) is Witness.BEFORE
    if untouched and intent.state is TopUpState.ARMED:
        record_untouched(station, intent, card.image, reason=reason)


def _unknown(station: Station, intent: TopUp, reason: str) -> OutcomeUnknown:
    record_move(station, intent, TopUpEvent.LINK_LOST, reason=reason)
    return OutcomeUnknown(
        "outcome_unknown",
        topup_id=intent.topup_id,
        card_no=intent.identity.card_no,
        account_no=intent.account_no,
        fen=intent.money.fen,
        reason=reason,
    )
