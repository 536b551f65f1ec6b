"""Faults that the oracle of a world must find, and what it says of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cardstation.central import following
from cardstation.central.judging import SOUND, Judge
from cardstation.domain.ledger import Entry, EntryKind, entry_hash
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.transitions import TopUpEvent
from cardstation.domain.volume import Volume
from cardstation.errors import Refusal
from cardstation.ports.payment import PaymentAnswer
from cardstation.services import close_shift as closing
from cardstation.services import load_prepaid as prepaying
from cardstation.services import recover as recovering
from cardstation.services import resolve as resolving
from cardstation.services import return_remainder as returning
from cardstation.services import settle_arrears as collecting
from cardstation.services import sync as syncing
from cardstation.services import top_up as selling
from cardstation.services.identify import Inserted
from cardstation.services.intent import begin as beginning
from cardstation.services.intent import load as loading
from cardstation.services.intent import records as recording
from cardstation.services.intent.records import record_move, record_paid
from cardstation.services.load_prepaid import load_prepaid
from cardstation.services.station import Station
from cardstation.services.sync import sync
from tests.kit import plants
from tests.kit.memory_ledger import Centre
from tests.kit.station import nobody
from tests.sim.acts import ACTS, at_home, copy_card, sale, send, with_card
from tests.sim.bags import collect_bag, work_bag
from tests.sim.channels import bank_order, to_machine
from tests.sim.clerks import remainder, shift
from tests.sim.fates import clone
from tests.sim.world import World

FATES = "tests.sim.play.FATES"


def plant_sealed_first(patch: pytest.MonkeyPatch) -> None:
    """The seal is on record before the card was written, wherever a load is written."""
    plants.seal_before_read_back(patch)
    patch.setattr(resolving, "write_and_seal", selling.write_and_seal)


def plant_paid_before_asked(patch: pytest.MonkeyPatch) -> None:
    """The sale is on record as paid before anybody was asked for the money."""

    def collect(station: Any, intent: Any) -> Any:
        paid = record_paid(station, record_move(station, intent, TopUpEvent.MONEY_ASKED))
        station.payment_by(intent.tender).take(intent.topup_id, intent.quote.money, "")
        return paid

    patch.setattr(selling, "collect", collect)


def plant_no_answer_is_a_no(patch: pytest.MonkeyPatch) -> None:
    """A payment whose answer was lost is void."""
    real = beginning.settle

    def settle(station: Any, asked: Any, answer: PaymentAnswer) -> Any:
        lost = answer is PaymentAnswer.UNKNOWN
        return real(station, asked, PaymentAnswer.NOT_TAKEN if lost else answer)

    for module in (beginning, recovering, resolving):
        patch.setattr(module, "settle", settle)


def plant_forks_ignored(patch: pytest.MonkeyPatch) -> None:
    """Neither side looks whether two machines with one name tell one history."""
    patch.setattr(syncing, "_compare", lambda *_: None)
    patch.setattr(following, "contradicts", lambda *_: False)
    patch.setattr(FATES, (*ACTS, (20, clone), (40, send), (60, sale)))
    patch.setattr("tests.sim.acts.some_desk", lambda world: world.chance.choice(world.desks))


def plant_entries_swallowed(patch: pytest.MonkeyPatch) -> None:
    """The ledger confirms a batch and keeps all but its last entry."""
    real = Centre._post
    patch.setattr(Centre, "_post", lambda self, chain, new: real(self, chain, new[:-1] or new))

    def push(self: Centre, station: str, entries: Any, nonce: str) -> Any:
        ack = honest(self, station, entries, nonce)
        return replace(
            ack, acked_seq=Entry.from_bytes(entries[-1]).seq, acked_hash=entry_hash(entries[-1])
        )

    honest = Centre.push
    patch.setattr(Centre, "push", push)


def plant_double_loads_unnamed(patch: pytest.MonkeyPatch) -> None:
    """The ledger posts a load that another station sealed as if nobody had."""
    patch.setattr(Judge, "judge", lambda *_: SOUND)
    patch.setattr(FATES, (*ACTS, (20, copy_card), (20, send)))


def plant_nothing_resolved(patch: pytest.MonkeyPatch) -> None:
    """Whoever comes with something open is sent away, and a start looks at nothing."""

    def sent_away(_station: Any, _card: Any, intent: Any, _watch: Any) -> resolving.Resolution:
        if intent is not None:
            raise Refusal("payment_question", topup_id=intent.topup_id, fen=0)
        return resolving.Resolution(resolving.Outcome.NOTHING)

    patch.setattr(resolving, "_settle_ours", sent_away)
    patch.setattr(recovering, "_settle", lambda *_: None)


def plant_seal_books_less_money(patch: pytest.MonkeyPatch) -> None:
    """A sealed load is one fen less in the journal than on its own row."""
    _told_of_seals(patch, lambda about: {"fen": about.quote.total.fen - 1})


def plant_seal_books_more_gas(patch: pytest.MonkeyPatch) -> None:
    """A sealed load is a cubic metre more in the journal than on its own row."""
    _told_of_seals(
        patch,
        lambda about: {"litres": about.quote.volume.litres + 1000} if about.quote.volume else {},
    )


def _told_of_seals(patch: pytest.MonkeyPatch, wrong: Callable[[Any], dict[str, int]]) -> None:
    real = recording.append_about

    def append_about(station: Any, unit: Any, kind: EntryKind, intent: Any, **facts: Any) -> Any:
        more = wrong(intent) if kind is EntryKind.SEALED else {}
        return real(station, unit, kind, intent, **{**facts, **more})

    patch.setattr(recording, "append_about", append_about)


def plant_card_gets_more(patch: pytest.MonkeyPatch) -> None:
    """More is written on the card than was bought, and proven by what was written."""
    real = loading.next_credit

    def next_credit(*known: Any, **named: Any) -> Any:
        credit = real(*known, **named)
        more = Volume(1000) if isinstance(credit.quantity, Volume) else Money(100)
        return replace(credit, quantity=credit.quantity + more)

    patch.setattr(loading, "next_credit", next_credit)


def plant_remainder_half_on_record(patch: pytest.MonkeyPatch) -> None:
    """Of what goes back to a payer, half is on record."""
    real = returning.GivenBack

    def given_back(**said: Any) -> Any:
        return real(**{**said, "money": Money(said["money"].fen // 2)})

    patch.setattr(returning, "GivenBack", given_back)
    patch.setattr(FATES, (*ACTS, (10, collect_bag), (30, work_bag), (40, remainder)))


def plant_arrears_book_less(patch: pytest.MonkeyPatch) -> None:
    """A debt that was paid is less in the journal than on its own row."""
    real = collecting.append

    def append(*known: Any, **facts: Any) -> Any:
        return real(*known, **{**facts, "fen": facts["fen"] - 1})

    patch.setattr(collecting, "append", append)
    patch.setattr(FATES, (*ACTS, (10, collect_bag), (30, work_bag), (40, remainder)))


def plant_count_forgets_sales(patch: pytest.MonkeyPatch) -> None:
    """What a till should have is its float, whatever was sold since."""
    patch.setattr(closing, "cash_of", lambda _entries: NO_MONEY)
    patch.setattr(FATES, (*ACTS, (20, shift)))


def plant_orders_loaded_past_their_counter(patch: pytest.MonkeyPatch) -> None:
    """A desk asks neither for the lease of an order nor what its card says."""
    patch.setattr(prepaying, "_ensure_bound", lambda *_, **__: None)
    patch.setattr(prepaying, "ensure_leased", lambda _station, order: order)
    patch.setattr(recording, "ensure_money_here", lambda *_: None)
    patch.setattr(FATES, ((20, bank_order), (10, to_machine), (40, at_home), (40, _comes_again)))


def _comes_again(world: World) -> None:
    """Somebody whose order a machine has loaded wants it loaded at a desk."""
    loaded = sorted(world.town.by_machine)
    if not loaded:
        return
    order = world.centre.sold[world.chance.choice(loaded)]
    home, desk = world.town.homes[order.account_no], world.chance.choice(world.desks)
    world.touch(home=home)

    def doing(station: Station, inserted: Inserted) -> None:
        sync(station)
        load_prepaid(station, inserted, order.order_id, nobody)

    with_card(world, desk, home.cards[0], doing)


PLANTED: dict[Callable[[pytest.MonkeyPatch], None], str] = {
    plant_sealed_first: "is sealed, and no gas is there",
    plant_paid_before_asked: "in the till None",
    plant_no_answer_is_a_no: r"in the till, on record \['voided'",
    plant_forks_ignored: "the ledger's chain of S00. breaks at",
    plant_entries_swallowed: "is confirmed, and the ledger has it not",
    plant_double_loads_unnamed: "sealed twice, and the ledger says ''|named ''",
    plant_nothing_resolved: "ends as",
    plant_seal_books_less_money: "by entries and by rows: .*'loaded'",
    plant_seal_books_more_gas: "by entries and by rows: .*'gas'",
    plant_card_gets_more: r"gas on record \d+, on card and in meter \d+",
    plant_remainder_half_on_record: "money: truly .*, on record ",
    plant_arrears_book_less: "by entries and by rows: .*'arrears'",
    plant_count_forgets_sales: "over or short is",
    plant_orders_loaded_past_their_counter: "is loaded at a machine and again at a desk",
}
"""What the oracle must say of each: a plant that merely crashes is not found."""
