"""For every service of the page: when it is offered, when not, and a form filled well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cardstation.domain.household import HouseholdStatus
from cardstation.domain.meter import MeterKind
from cardstation.domain.money import Money
from cardstation.domain.transitions import Direction
from cardstation.errors import Refusal
from cardstation.services.household_state import HouseholdState
from cardstation.services.intent.opened import OpenIntent
from tests.kit import window_samples as samples
from tests.kit.charging import FEES
from tests.kit.window_counter import ACCOUNT, BEGUN
from tests.kit.window_given import OWED, WAITING
from tests.kit.window_household import busy_household, household_state
from ui.screens.household.acts.kind import Facts


@dataclass(frozen=True)
class ActCase:
    """One service.

    Attributes:
        offered: Facts in which it is offered; not: in each of these it is not.
        texts: What is typed by the name of the field; choices as they stand are left out.
    """

    offered: Facts
    refused: tuple[Facts, ...]
    texts: Mapping[str, str] = field(default_factory=dict)


def begun(code: str) -> OpenIntent:
    """A work on a card that is open."""
    return replace(samples.open_intents()[0], code=code, direction=Direction.WORK.value)


def facts_of(of: HouseholdState | None = None, **card: object) -> Facts:
    """Facts without a card, or with the household's in the reader."""
    lying = samples.facts(**card) if card else None  # type: ignore[arg-type]  # as its own
    return Facts(of or household_state(), lying)


NOBODY = Facts()
MONEY_HOME = replace(
    samples.household(), meter=replace(samples.household().meter, kind=MeterKind.MONEY)
)
CLOSED = household_state(samples.household(status=HouseholdStatus.CLOSED), fees=FEES)
CHARGED = household_state(money=ACCOUNT, fees=FEES)
STOPPED = household_state(samples.household(status=HouseholdStatus.STOPPED))
DEAD = replace(samples.facts(), stop=Refusal("old_card", card_no="1", account_no="2"))

CLOSING = {
    "residual": "２0.5",
    "fitter": "王师傅",
    "document": "CB-118",
    "why": "房屋已出售，销户申请单 21 号",
}

ACT_CASES: dict[str, ActCase] = {
    "issue": ActCase(facts_of(), (NOBODY, facts_of(STOPPED), Facts(household_state(), DEAD))),
    "clear": ActCase(
        Facts(household_state(), DEAD),
        (NOBODY, facts_of(taken=True)),
        {"why": "卡已换新，旧卡收回"},
    ),
    "lay_aside": ActCase(facts_of(), (NOBODY,), {"why": "塑料断了，客户带回"}),
    "give_up_clearing": ActCase(
        facts_of(household_state(open=(begun("card_clearing_open"),))),
        (NOBODY, facts_of()),
        {"why": "卡找不到了"},
    ),
    "reissue": ActCase(
        facts_of(),
        (NOBODY, facts_of(STOPPED), facts_of(taken=True)),
        {"why": "本人持身份证，卡在公交车上丢失"},
    ),
    "cancel_reissue": ActCase(
        facts_of(household_state(replace(samples.household(), generation=1))),
        (NOBODY, facts_of()),
        {"why": "原卡在车里找到，已带来"},
    ),
    "over_use": ActCase(
        facts_of(), (NOBODY, facts_of(CLOSED)), {"volume": "10", "document": "表读数 1234.5"}
    ),
    "put_off": ActCase(
        facts_of(),
        (NOBODY, facts_of(CLOSED)),
        {"volume": "10", "document": "表读数 1234.5", "due": "2026-12-31"},
    ),
    "over_use_large": ActCase(
        facts_of(),
        (NOBODY, facts_of(CLOSED)),
        {"volume": "900", "document": "二次复核，表读数 2134.5"},
    ),
    "call_off_payout": ActCase(facts_of(household_state(money=BEGUN)), (NOBODY, facts_of(CHARGED))),
    "unblock_card": ActCase(
        facts_of(household_state(blocked=True)),
        (NOBODY, facts_of()),
        {"why": "卡在家中找到，户主到场"},
    ),
    "settle_tool": ActCase(
        NOBODY, (), {"tool_no": "T00001000017", "why": "新表显示 12.3 m³，工单照片 3 张"}
    ),
    "tool_list": ActCase(NOBODY, ()),
    "fee": ActCase(facts_of(CHARGED), (NOBODY, facts_of(), facts_of(CLOSED))),
    "arrears": ActCase(facts_of(busy_household()), (NOBODY, facts_of())),
    "deposit": ActCase(facts_of(), (NOBODY, facts_of(CLOSED)), {"money": "100"}),
    "pay_balance": ActCase(facts_of(CHARGED), (NOBODY, facts_of()), {"money": "50"}),
    "reverse_charge": ActCase(
        facts_of(CHARGED), (NOBODY, facts_of()), {"why": "收错用户，当面退还"}
    ),
    "reprint": ActCase(facts_of(), (NOBODY, facts_of(household_state(history=())))),
    "make_up": ActCase(
        facts_of(),
        (NOBODY, facts_of(STOPPED)),
        {"volume": "25", "document": "GD-2026-1107", "why": "表具故障，11月3日购气未上表"},
    ),
    "repeat_load": ActCase(
        facts_of(),
        (NOBODY, facts_of(STOPPED), facts_of(household_state(MONEY_HOME))),
        {
            "volume": "25",
            "counter": "17",
            "document": "GD-2026-1108",
            "why": "换电池后表内次数退回一次",
        },
    ),
    "load_due": ActCase(
        facts_of(household_state(dues=(WAITING, OWED)), taken=True), (NOBODY, facts_of())
    ),
    "withdraw_due": ActCase(
        facts_of(household_state(dues=(WAITING,))),
        (NOBODY, facts_of()),
        {"why": "复核后表已上气，不再补"},
    ),
    "emergency": ActCase(
        facts_of(),
        (NOBODY, facts_of(STOPPED)),
        {"document": "热线 1107-3", "why": "封控楼内断气，应急供气"},
    ),
    "change_meter": ActCase(
        facts_of(),
        (NOBODY, facts_of(STOPPED)),
        {
            "meter_no": "QM2600000001",
            "volume": "12.3",
            "counter": "57",
            "order": "HB-2026-0117",
            "why": "表到期更换，装表工与用户在场",
        },
    ),
    "change_card": ActCase(facts_of(), (NOBODY, facts_of(STOPPED))),
    "cancel_change": ActCase(facts_of(), (NOBODY,), {"why": "装错户，旧表仍在用"}),
    "stop_account": ActCase(
        facts_of(), (NOBODY, facts_of(STOPPED)), {"why": "长期外出，申请停用，申请单 21 号"}
    ),
    "restart_account": ActCase(
        facts_of(STOPPED), (NOBODY, facts_of()), {"why": "返家恢复用气，申请单 22 号"}
    ),
    "transfer_account": ActCase(
        facts_of(household_state(samples.household(balance=Money(0)))),
        (NOBODY, facts_of(STOPPED)),
        {
            "name": "赵一鸣",
            "phone": "13100000000",
            "persons": "3",
            "why": "二手房过户，合同 2026-118",
        },
    ),
    "close_account": ActCase(facts_of(taken=True), (NOBODY, facts_of(taken=False)), CLOSING),
    "close_account_card_lost": ActCase(
        facts_of(),
        (NOBODY, facts_of(household_state(samples.household(status=HouseholdStatus.CLOSED)))),
        {**CLOSING, "lost": "搬家时丢失，户主书面说明"},
    ),
    "make_tool": ActCase(
        facts_of(),
        (NOBODY,),
        {
            "tool": "test 500",
            "order": "GD-2026-0042",
            "holder": "李师傅",
            "until": "2026-12-03",
        },
    ),
    "take_back_tool": ActCase(NOBODY, (), {"why": "已上门解锁，用户正常用气"}),
    "lose_tool": ActCase(
        NOBODY, (), {"tool_no": "T00001000017", "why": "维修途中遗失，已书面说明"}
    ),
    "return": ActCase(facts_of(taken=False), (NOBODY, facts_of(), facts_of(taken=True))),
}
