"""Sample values for the window: invented people, cards and lists."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

from cardstation.domain.batch import (
    Batch,
    LineKind,
    LineOutcome,
    LineState,
    ListRow,
    ManifestLine,
    Verdict,
)
from cardstation.domain.card import (
    CardContent,
    CardIdentity,
    CardType,
    Credit,
    Limits,
    ReturnBlock,
)
from cardstation.domain.household import Address, Household
from cardstation.domain.meter import Meter, MeterKind
from cardstation.domain.money import Money
from cardstation.domain.payment import Tender
from cardstation.domain.receipt import Receipt
from cardstation.domain.tariff import HouseholdSize, Quote, Standing, Tariff, Tier
from cardstation.domain.volume import NO_GAS, Volume
from cardstation.errors import Refusal
from cardstation.services.batch_state import BatchMoney, BatchState
from cardstation.services.intent.funding import is_for_sale
from cardstation.services.intent.opened import OpenIntent
from cardstation.services.read_card import CardFacts
from drivers.makers import MAKERS
from drivers.measured import HOME

NOW = datetime(2026, 11, 23, 16, 34, 5, tzinfo=UTC)
MARK = b"\x11\x22\x33\x44"
CARD_NO, ACCOUNT_NO, METER_NO = "6228880100004587", "220104000017", "QM1799609893"


def m3(text: str) -> Volume:
    return Volume.of_m3(text)


TARIFF = Tariff(
    code="residential",
    effective=date(2026, 1, 1),
    tiers=(Tier(m3("300"), 28000), Tier(m3("500"), 33600), Tier(None, 42000)),
    household_size=HouseholdSize(5, m3("60"), m3("180"), 7, 11000),
)


def household(**changes: object) -> Household:
    made = replace(
        HOME,
        name="欧阳喆",
        phone="19900000001",
        address=Address("阳光花园", "3", "2", "1201"),
        team="绿园服务部",
        card_no=CARD_NO,
        meter=Meter(METER_NO, MeterKind.VOLUME, date(2023, 11, 6)),
        chip="sle4442",
        tariff="residential",
        bought_this_year=m3("262"),
        purchase_counter=18,
        balance=Money(120),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def content(*, taken: bool = True, of: ManifestLine | None = None) -> CardContent:
    card_no, account_no = (of.card_no, of.account_no) if of else (CARD_NO, ACCOUNT_NO)
    identity = CardIdentity("CS01", CardType.USER, card_no, account_no, METER_NO, 0)
    credit = Credit(m3("50"), 18, m3("1040"), NOW - timedelta(days=41), 1, MARK, 7)
    returned = ReturnBlock(
        meter_no="QM1799609893",
        purchase_counter=18 if taken else 17,
        taken_mark=MARK if taken else bytes(4),
        residual=m3("12.406"),
        cumulative=m3("1040" if taken else "990"),
        used=m3("1027.594" if taken else "977.594"),
        flags=frozenset({"low_battery"}),
        error=0,
        written_at=NOW - timedelta(days=40),
        sequence=3,
    )
    return CardContent(identity, credit, Limits(m3("10"), m3("800"), m3("2")), None, returned)


def facts(*, stop: str = "", taken: bool = True, of: ManifestLine | None = None) -> CardFacts:
    home = household()
    return CardFacts(
        content=content(taken=taken, of=of),
        rules=MAKERS[0],
        household=home,
        intent=None,
        warnings=("low_battery",),
        stop=Refusal(stop, litres=50_000) if stop else None,
        tiers=TARIFF.tiers_for(standing(home)),
    )


def loaded(known: CardFacts, priced: Quote) -> CardFacts:
    """The same card after that purchase stands on it."""
    assert known.household is not None
    assert known.content.credit is not None
    bought = priced.volume or NO_GAS
    credit = replace(
        known.content.credit,
        quantity=bought,
        purchase_counter=known.content.credit.purchase_counter + 1,
        loaded_at=NOW,
        mark=b"\x55\x66\x77\x88",
    )
    home = replace(known.household, bought_this_year=priced.year_before + bought)
    return replace(known, content=replace(known.content, credit=credit), household=home)


def taken_back(known: CardFacts) -> CardFacts:
    """The same card after its load was taken off again."""
    assert known.content.credit is not None
    credit = replace(known.content.credit, quantity=NO_GAS, purchase_counter=17)
    return replace(known, content=replace(known.content, credit=credit), stop=None)


def standing(home: Household) -> Standing:
    return Standing(2026, home.bought_this_year, home.persons)


def quote(home: Household, money: Money | None, volume: Volume | None) -> Quote:
    if money is not None:
        return TARIFF.buy(money, m3("1"), standing(home))
    return TARIFF.price(volume or NO_GAS, standing(home))


def receipt(priced: Quote, **changes: object) -> Receipt:
    home = household()
    made = Receipt(
        receipt_no="S001-2026-000019",
        kind="receipt",
        company="城市燃气有限公司",
        station="S001",
        clerk="林晓燕",
        issued_at=NOW,
        account_no=home.account_no,
        name=home.name,
        address="阳光花园 3-2-1201",
        card_no=home.card_no,
        meter_no=home.meter.meter_no,
        purchase_counter=19,
        volume=priced.volume,
        tiers=priced.lines,
        gas=priced.total,
        to_balance=priced.remainder,
        paid=priced.money,
        tender="cash",
        tariff=priced.tariff,
        year_before=priced.year_before,
        year_after=priced.year_before + (priced.volume or NO_GAS),
        batch_id="",
        entry_id="e",
        check_code="A1B2C3D4",
        training=True,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


_PEOPLE = (
    ("欧阳喆", "1-1-101"), ("王建国", "2-2-802"), ("李淑兰", "3-3-1503"), ("张伟", "4-1-404"),
    ("赵敏", "5-2-1101"), ("陈晓东", "6-3-1802"), ("刘洋", "7-1-703"),
    ("买买提·阿布都热合曼", "8-2-201"), ("周静", "9-1-1201"), ("吴桂芳", "10-3-302"),
)  # fmt: skip


def line(at: int, verdict: Verdict = Verdict.READY, *reasons: str) -> ManifestLine:
    name, door = _PEOPLE[at % len(_PEOPLE)]
    fen = (20_000, 35_000, 50_000, 70_000, 100_000)[at % 5]
    card_no = f"88013{25_000_017 + at * 37:09d}"
    account = f"2201{4_000_017 + at * 19:08d}"
    sold = quote(household(bought_this_year=NO_GAS), Money(fen), None)
    ready = verdict is Verdict.READY
    row = ListRow(at + 4, account, name, door, card_no, str(fen // 100), "")
    return ManifestLine(
        row=row,
        verdict=verdict,
        kind=LineKind.PREPAID if at % 17 == 5 else LineKind.SALE,
        account_no=account,
        card_no=card_no,
        name=name,
        door=door,
        money=Money(fen) if ready else None,
        volume=sold.volume if ready else None,
        ground="account_card_name",
        reasons=reasons,
        order_id=f"WX{2026110000 + at}" if at % 17 == 5 else "",
    )


_SPOILED = {
    5: (Verdict.HUMAN, "amount_not_certain"),
    11: (Verdict.BLOCKED, "unknown_household"),
    16: (Verdict.HUMAN, "name_differs"),
    23: (Verdict.BLOCKED, "account_stopped"),
    3: (Verdict.READY, "card_mistyped"),
}


def batch(count: int = 60) -> Batch:
    lines = []
    for at in range(count):
        verdict, *reasons = _SPOILED.get(at, (Verdict.READY,))
        lines.append(line(at, Verdict(verdict), *map(str, reasons)))
    return Batch(
        "2026-11-23-02", "阳光花园收卡登记表.xlsx", "d" * 64, NOW, count, None, tuple(lines)
    )


def outcomes(
    made: Batch, *, done: int = 0, stopped: tuple[int, ...] = (), funded: bool = True
) -> tuple[LineOutcome, ...]:
    found = []
    for at, one in enumerate(made.lines):
        state = LineState.WAITING if funded else LineState.UNFUNDED
        reason = number = ""
        if one.verdict is not Verdict.READY:
            state, reason = LineState.STOPPED, one.reasons[0]
        if one.verdict is Verdict.READY and at < done:
            state, number = LineState.DONE, f"S001-2026-{at + 1:06d}"
        if at in stopped:
            state, reason, number = LineState.STOPPED, "load_still_on_card", ""
        found.append(LineOutcome(one, state, reason, one.volume, number))
    return tuple(found)


def batch_standing(
    count: int = 60, *, done: int = 0, stopped: tuple[int, ...] = (), funded: bool = True
) -> BatchState:
    made = batch(count)
    found = outcomes(made, done=done, stopped=stopped, funded=funded)
    ready = sum(one.money.fen for one in made.lines if one.money and is_for_sale(one))
    done_lines = [one.line for one in found if one.state is LineState.DONE]
    loaded = sum(one.money.fen for one in done_lines if one.money)
    orders = sum(one.money.fen for one in done_lines if one.money and not is_for_sale(one))
    received = ready if funded else 0
    sums = {
        "expected": ready,
        "received": received,
        "funded": received,
        "loaded": loaded,
        "orders": orders,
    }
    money = BatchMoney(**{one.name: Money(sums.get(one.name, 0)) for one in fields(BatchMoney)})
    return BatchState(made, found, money, ())


def open_intents() -> tuple[OpenIntent, ...]:
    def intent(
        code: str, at: int, minutes: int, batch_id: str = "", row: int = 0, state: str = "armed"
    ) -> OpenIntent:
        return OpenIntent(
            intent_id=f"intent-{at}",
            state=state,
            code=code,
            account_no=f"2201{4_000_017 + at * 19:08d}",
            card_no=f"88013{25_000_017 + at * 37:09d}",
            batch_id=batch_id,
            row=row,
            tender=Tender.CASH,
            money=Money(35_000 + at * 5_000),
            volume=m3("125"),
            since=NOW - timedelta(minutes=minutes),
            age_min=minutes,
            owner="王敏" if minutes > 60 else "林晓燕",
            direction="return" if code == "payout_pending" else "sale",
        )

    return (
        intent("disputed", 8, 4590, state="disputed"),
        intent("outcome_unknown", 7, 1620, "2026-11-22-01", 11, state="outcome_unknown"),
        intent("payout_pending", 5, 95, state="sealed"),
        intent("paid_not_loaded", 6, 31, state="paid"),
        intent("payment_question", 4, 12, state="pay_pending"),
        intent("load_unfinished", 2, 4, "2026-11-23-02", 6),
    )
