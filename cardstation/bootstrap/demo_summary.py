"""What the demo tells at the end: a summary a clerk would believe."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from cardstation.domain.batch import LineOutcome, LineState, Verdict
from cardstation.domain.meter import MeterKind
from cardstation.domain.money import NO_MONEY, Money
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.i18n import Translator
from cardstation.sentences import brief
from cardstation.services.batch_state import batch_state
from cardstation.services.station import Station
from cardstation.services.verify import verify


@dataclass(frozen=True, slots=True)
class Told:
    """What the summary is made from.

    Attributes:
        ledger: Fen per class of account, as the central ledger holds them.
        on_cards: What the cards themselves carry of this batch: read from the plastic.
    """

    station: Station
    batch_id: str
    ledger: Mapping[str, int]
    on_cards: Money


def books_agree(told: Told) -> bool:
    """Card, journal and ledger say the same, and nothing in the journal disagrees."""
    proof = verify(told.station)
    return (
        proof.ok
        and proof.loaded_fen == proof.posted_fen == told.on_cards.fen
        and _ledger_agrees(told)
    )


def _ledger_agrees(told: Told) -> bool:
    gas = verify(told.station).money_terms["gas_loaded"]
    return -told.ledger.get("gas_sold", 0) == gas


def tell(told: Told, t: Translator) -> None:
    """Print it."""
    state = batch_state(told.station, told.batch_id)
    done = [one for one in state.outcomes if one.state is LineState.DONE]
    ready = [one for one in state.outcomes if one.line.verdict is Verdict.READY]
    print(t("── Batch {batch} ──", batch=told.batch_id))
    print(t("Cards expected {n}, topped up {done}", n=len(ready), done=len(done)))
    for code, count in _reasons(state.outcomes).most_common():
        print(f"    {count:>4}  {brief(code, t) if code else t('not in the bag')}")
    for stray in state.strays:
        print(f"       1  {brief(stray.code, t)}: {stray.card_no}")
    print(t("Gas loaded {volume}, and {money} to money meters", **_gas(told, done)))
    _tell_money(told, state.money.received, t)


def _reasons(outcomes: tuple[LineOutcome, ...]) -> Counter[str]:
    return Counter(one.reason for one in outcomes if one.state is not LineState.DONE)


def _gas(told: Told, done: list[LineOutcome]) -> dict[str, Volume | Money]:
    volume, money = NO_GAS, NO_MONEY
    with told.station.store.reading() as reading:
        for one in done:
            household = reading.households.get(one.line.account_no)
            if household is not None and household.meter.kind is MeterKind.MONEY:
                money += one.line.money or NO_MONEY
            else:
                volume += one.volume or NO_GAS
    return {"volume": volume, "money": money}


def _tell_money(told: Told, received: Money, t: Translator) -> None:
    proof = verify(told.station)
    taken, loaded = Money(proof.taken_fen), Money(proof.loaded_fen)
    orders = Money(proof.money_terms["orders_claimed"])
    print(t("Received {money}, claimed from paid orders {orders}", money=received, orders=orders))
    print(
        t(
            "Taken {taken} = loaded {loaded} + still to load or refund {open}",
            taken=taken,
            loaded=loaded,
            open=taken - loaded,
        )
    )
    ledger = Money(proof.posted_fen)
    gas = Money(-told.ledger.get("gas_sold", 0))
    print(t("Central ledger: gas sold {gas}, posted {ledger}", gas=gas, ledger=ledger))
    if books_agree(told):
        print(
            t(
                "√ Cards {cards} = journal {loaded} = ledger {ledger}: all three agree",
                cards=told.on_cards,
                loaded=loaded,
                ledger=ledger,
            )
        )
        return
    print(t("× The books do not agree:"))
    for found in proof.disagreements:
        print(f"    {found}")
