"""Faults as somebody in a hurry would write them; each is planted into the running product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from cardstation.central import following
from cardstation.central.judging import Judge
from cardstation.domain.admission import admit
from cardstation.domain.ledger import EntryKind
from cardstation.domain.transitions import TopUpState
from cardstation.ports.ledger import Ack
from cardstation.services import begin_remainder, return_remainder
from cardstation.services import recover as recovering
from cardstation.services import refund as refunding
from cardstation.services import resolve as resolving
from cardstation.services import return_load as returning
from cardstation.services import settle_dispute as settling
from cardstation.services import sync as syncing
from cardstation.services import top_up as selling
from cardstation.services.intent import load as loading
from cardstation.services.intent import owed as paying
from cardstation.services.intent import records
from cardstation.services.intent.ids import new_id
from cardstation.services.intent.records import record_armed, record_sealed, record_untouched
from cardstation.store import lock
from cardstation.store.anchor import Anchor
from drivers.layouts.codec import Operation, Step
from drivers.layouts.open4442 import DECLARATION
from tests.kit.memory_ledger import Centre

Patch = pytest.MonkeyPatch


def _unlock(station: Any, card: Any, intent: Any) -> None:
    loading._unlock(station, card, intent, loading._unlocking(station, card, intent))


def _written(station: Any, card: Any, intent: Any, admitted: Any) -> Any:
    """The load goes onto the card with nothing on record."""
    credit = loading.next_credit(
        admitted,
        card.rules,
        intent,
        at=station.clock.now(),
        station_no=station.number,
        mark=intent.mark,
    )
    plan = card.layout.plan_load(card.image, credit)
    _unlock(station, card, intent)
    card.chip.write(card.image, plan.spans)
    card.power_cycle()
    return plan, credit


def _seal_what_is_there(station: Any, card: Any, intent: Any, watch: Any) -> Any:
    return record_sealed(station, intent, card.image, witness="card")[1]


def journal_after_write(patch: Patch) -> None:
    def arm(station: Any, card: Any, intent: Any, admitted: Any) -> Any:
        plan, credit = _written(station, card, intent, admitted)
        return record_armed(station, intent, plan, credit.purchase_counter)

    patch.setattr(selling, "arm", arm)
    patch.setattr(selling, "write_and_seal", _seal_what_is_there)


def seal_before_read_back(patch: Patch) -> None:
    def write_and_seal(station: Any, card: Any, intent: Any, watch: Any) -> Any:
        _unlock(station, card, intent)
        _, receipt = record_sealed(station, intent, card.image, witness="card")
        card.chip.write(card.image, intent.plan.spans)
        return receipt

    patch.setattr(selling, "write_and_seal", write_and_seal)


def money_after_write(patch: Patch) -> None:
    collect = selling.collect

    def arm(station: Any, card: Any, intent: Any, admitted: Any) -> Any:
        plan, credit = _written(station, card, intent, admitted)
        paid = collect(station, intent)
        return record_armed(station, paid, plan, credit.purchase_counter)

    patch.setattr(selling, "collect", lambda _station, intent: intent)
    patch.setattr(selling, "arm", arm)
    patch.setattr(selling, "write_and_seal", _seal_what_is_there)


def charged_again(patch: Patch) -> None:
    """A lost answer taken for a no: the customer pays a second time (against R7)."""

    def settle(station: Any, intent: Any) -> None:
        if intent.state is TopUpState.PAY_PENDING:
            payment = station.payment_by(intent.tender)
            again = payment.take(new_id(station.clock), intent.quote.money, "")
            recovering.settle(station, intent, again)

    patch.setattr(recovering, "_settle", settle)


def card_not_asked_first(patch: Patch) -> None:
    """What is open on a card is not looked up at its insertion (against R3)."""
    nothing = resolving.Resolution(resolving.Outcome.NOTHING)
    patch.setattr(resolving, "_settle_ours", lambda *_: nothing)


def retry_with_a_new_counter(patch: Patch) -> None:
    """The next try is written as the next purchase (against R4)."""

    def ready(station: Any, card: Any, intent: Any) -> Any:
        if intent.state is TopUpState.OUTCOME_UNKNOWN or intent.state is TopUpState.ARMED:
            intent = record_untouched(station, intent, card.image, reason="again")
        admitted = admit(card.content, card.rules)
        ahead = replace(admitted, counter=admitted.counter + 1)
        return loading.arm(station, card, intent, ahead)

    patch.setattr(resolving, "_ready_to_write", ready)


def ack_before_commit(patch: Patch) -> None:
    """The ledger answers, then dies: the last entry of the batch was never committed."""
    push = Centre.push

    def forgetful(self: Centre, station: str, entries: Sequence[bytes], nonce: str) -> Ack:
        ack = push(self, station, entries, nonce)
        self.chains[station].sent.pop()
        return ack

    patch.setattr(Centre, "push", forgetful)


def flag_instead_of_derived_ack(patch: Patch) -> None:
    """What was handed to the network counts as posted."""
    push = syncing._push

    def flagged(station: Any, ledger: Any, head: Any) -> None:
        with station.store.unit() as unit:
            last = unit.journal.head()
            unit.outbox.store(Ack(last.seq, last.hash, (), head.nonce, {}), station.clock.now())
            unit.commit()
        push(station, ledger, head)

    patch.setattr(syncing, "_push", flagged)


def counter_early(patch: Patch) -> None:
    """The byte that makes a slot current is written first (against R11)."""
    early = (Step("inactive", "sequence", "sequence"), Step("inactive", "kind", "check"))
    patch.setitem(DECLARATION.orders, Operation.LOAD, early)  # type: ignore[arg-type]


def missing_anchor(patch: Patch) -> None:
    patch.setattr(Anchor, "write", lambda *_: None)


def refund_without_reading_the_card(patch: Patch) -> None:
    """Believes the customer (against R5)."""

    def believed(station: Any, card: Any, intent: Any) -> Any:
        return record_untouched(station, intent, card.image, reason="believed")

    patch.setattr(refunding, "_proven_not_loaded", believed)


def paid_on_words_alone(patch: Patch) -> None:
    """Two people say that it was not loaded; neither meter nor card is asked (against R5)."""
    patch.setattr(settling, "untaken_by", lambda *_given: "")


def returned_before_anybody_heard(patch: Patch) -> None:
    """What was finished for another desk comes off its card unheard, whoever has a new card."""
    patch.setattr(returning, "_may_be_theirs", lambda *_given: False)
    patch.setattr(returning, "ensure_ledger_hears", lambda *_given: None)
    patch.setattr(returning, "ensure_before_reissue", lambda *_given: None)


def paid_on_an_old_answer(patch: Patch) -> None:
    """What the ledger never confirmed, it is believed not to know."""
    ask = refunding.ensure_nobody_finishes

    def believed(station: Any, intent: Any) -> None:
        with station.store.reading() as reading:
            armed = reading.journal.last_about(intent.topup_id, EntryKind.ARMED)
            confirmed, _ = reading.outbox.acked()
        if armed is not None and armed.seq <= confirmed:
            ask(station, intent)

    patch.setattr(refunding, "ensure_nobody_finishes", believed)


def settled_and_paid_unheard(patch: Patch) -> None:
    """What two people settled is paid out before the ledger could tell the other desks."""
    patch.setattr(paying, "ensure_nobody_finishes", lambda *_: None)


def handed_over_unnoted(patch: Patch) -> None:
    """The clerk is told to hand money over, and nothing says so until it is on record."""
    for room, name in ((begin_remainder, "note_begun"), (return_remainder, "note_begun")):
        patch.setattr(room, name, lambda *_, **__: None)


def conflicts_do_nothing(patch: Patch) -> None:
    """ON CONFLICT DO NOTHING: an entry that is there already, whatever it says, is skipped."""
    patch.setattr(following, "contradicts", lambda *_: False)


def second_writer(patch: Patch) -> None:
    patch.setattr(lock, "_take", lambda _descriptor: None)


def unique_over_reversed_loads(patch: Patch) -> None:
    """A counter once loaded is taken for ever (against R9)."""
    patch.setattr(Judge, "_free", lambda *_: None)


def image_taken_for_our_own(patch: Patch) -> None:
    """Image = target proves our load, wherever the card has been (against DESK-RULES 4)."""
    witness = resolving.load_witness

    def sure(card: Any, intent: Any) -> str:
        return "card" if witness(card, intent) else ""

    patch.setattr(resolving, "load_witness", sure)


def money_before_the_card(patch: Patch) -> None:
    """A return counts as done, and is paid out, before its card was cleared."""
    returned = returning.record_returned

    def arm_and_close(station: Any, card: Any, intent: Any, credit: Any) -> Any:
        return returned(station, loading.arm_return(station, card, intent, credit), card.image)

    def write(station: Any, card: Any, intent: Any, _watch: Any) -> bytes:
        _unlock(station, card, intent)
        card.chip.write(card.image, intent.plan.spans)
        image: bytes = card.power_cycle()
        return image

    patch.setattr(returning, "arm_return", arm_and_close)
    patch.setattr(returning, "write_and_prove", write)
    patch.setattr(returning, "record_returned", lambda _station, closed, _seen: closed)


def money_not_asked_again(patch: Patch) -> None:
    """What a row held when its card was looked at, it is believed to hold when its load begins."""
    patch.setattr(records, "ensure_money_here", lambda *_: None)
