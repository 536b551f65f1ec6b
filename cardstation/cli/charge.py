"""`cardstation charge …`, `balance pay-out`: money at the counter without a load."""

from __future__ import annotations

from datetime import datetime

import click

from cardstation.cli.card import money_of, volume_of
from cardstation.cli.dispute import approver_option
from cardstation.cli.output import columns, plain, told
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.cli.shift import approved
from cardstation.domain.charge import Charge, ChargeReceipt, Original
from cardstation.domain.payment import Tender
from cardstation.domain.tariff import Fee
from cardstation.i18n import Translator
from cardstation.sentences import word
from cardstation.services.begin_balance_payout import begin_balance_payout
from cardstation.services.begin_charge_reversal import begin_charge_reversal
from cardstation.services.charge_fee import charge_fee, fees_today
from cardstation.services.charge_over_use import charge_over_use, defer_over_use
from cardstation.services.charges_of import Standing, charges_of
from cardstation.services.deposit import deposit as keep
from cardstation.services.pay_arrears import pay_arrears
from cardstation.services.pay_out_balance import pay_out_balance
from cardstation.services.refund_slip import balance_slip
from cardstation.services.reverse_charge import reverse_charge
from cardstation.services.withdraw_payout import withdraw_payout

TENDERS = ("cash", "bank_transfer", "qr_code")

_tender = click.option("--tender", type=click.Choice(TENDERS), default="cash", show_default=True)
_reference = click.option("--reference", default="", help="The bank's or QR service's number.")
_again = click.option("--again", is_flag=True, help="The same was charged today: once more.")
_found = click.option(
    "--found", default="", help="Where it may be paid already: what the slip and the till say."
)


@click.group()
def charge() -> None:
    """Money at the counter without a load: over-used gas, fees, deposits, arrears."""


@charge.command()
@with_json
@pass_call
def fees(call: Call) -> None:
    """List the fees of the utility's catalogue that are charged today."""
    with call.doors.station(call.settings, False) as station:
        found = fees_today(station)
    rows = [(one.code, _named(one, call.words), f"{one.least} – {one.most}") for one in found]
    call.output.answer({"fees": found}, columns(rows))


@charge.command()
@click.argument("account")
@click.argument("code")
@click.option("--money", "yuan", help="Amount in yuan, where the catalogue leaves it open.")
@_tender
@_reference
@_again
@with_json
@pass_call
def fee(
    call: Call,
    *,
    account: str,
    code: str,
    yuan: str | None,
    tender: str,
    reference: str,
    again: bool,
) -> None:
    """Take a fee (CODE of the catalogue) from a household (ACCOUNT)."""
    money = None if yuan is None else money_of("--money", yuan)
    by = Tender(tender)
    with call.doors.station(call.settings, True) as station:
        made = charge_fee(
            station, account, code, tender=by, reference=reference, money=money, again=again
        )
    _answer(call, made)


@charge.command()
@click.argument("account")
@click.option("--volume", "m3", required=True, help="Used beyond what was bought, in m³.")
@click.option("--document", required=True, help="The meter's reading, or the fitter's paper.")
@click.option(
    "--defer",
    "due",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Put it off as arrears until that day, by two people; no money is taken.",
)
@click.option("--approver", default="", help="Who else agrees: a supervisor of this station.")
@_tender
@_reference
@_again
@with_json
@pass_call
def overuse(
    call: Call,
    *,
    account: str,
    m3: str,
    document: str,
    due: datetime | None,
    approver: str,
    tender: str,
    reference: str,
    again: bool,
) -> None:
    """Charge gas that a household (ACCOUNT) used beyond what it bought, at today's price."""
    volume = volume_of(m3)
    if due is not None and not approver:
        raise click.UsageError("--defer needs --approver")
    with call.doors.station(call.settings, True) as station:
        by = approved(call, station, approver) if approver else None
        if due is not None and by is not None:
            last = due.date()
            made = defer_over_use(station, account, volume, document, by, due=last, again=again)
        else:
            made = charge_over_use(
                station,
                account,
                volume,
                document,
                tender=Tender(tender),
                reference=reference,
                approval=by,
                again=again,
            )
    _answer(call, made)


@charge.command()
@click.argument("account")
@click.option("--money", "yuan", required=True, help="Amount in yuan.")
@_tender
@_reference
@_again
@with_json
@pass_call
def deposit(call: Call, account: str, yuan: str, tender: str, reference: str, again: bool) -> None:
    """Keep money for a household (ACCOUNT) as its balance; it buys gas at this desk."""
    money, by = money_of("--money", yuan), Tender(tender)
    with call.doors.station(call.settings, True) as station:
        made = keep(station, account, money, tender=by, reference=reference, again=again)
    _answer(call, made)


@charge.command()
@click.argument("account")
@_tender
@_reference
@with_json
@pass_call
def arrears(call: Call, account: str, tender: str, reference: str) -> None:
    """Take all that a household (ACCOUNT) owes."""
    with call.doors.station(call.settings, True) as station:
        made = pay_arrears(station, account, tender=Tender(tender), reference=reference)
    _answer(call, made)


@charge.command()
@click.argument("charge_no", metavar="CHARGE")
@click.option("--why", required=True, help="Why, in words.")
@click.option("--original", type=click.Choice([one.value for one in Original]), required=True)
@_found
@approver_option
@with_json
@pass_call
def reverse(call: Call, charge_no: str, why: str, original: str, found: str, approver: str) -> None:
    """Take a charge back (CHARGE: its receipt, or its number): hand the money over afterwards."""
    with call.doors.station(call.settings, True) as station:
        by, where = approved(call, station, approver), Original(original)
        made = reverse_charge(station, charge_no, by, why, original=where, found=found)
    _answer(call, made)


@charge.command()
@click.argument("charge_no", metavar="CHARGE")
@with_json
@pass_call
def begin_reverse(call: Call, charge_no: str) -> None:
    """Note that the money of a CHARGE is about to be handed back; then hand it over, and record it.

    `doubtful`: it may be back already; two persons look at slip and till first.
    """
    with call.doors.station(call.settings, True) as station:
        doubtful = begin_charge_reversal(station, charge_no)
    call.output.answer({"charge": charge_no, "doubtful": doubtful}, [charge_no])


@charge.command()
@click.argument("charge_no", metavar="CHARGE")
@approver_option
@with_json
@pass_call
def call_off(call: Call, charge_no: str, approver: str) -> None:
    """Two people looked: of a CHARGE whose way back was begun nothing was handed over."""
    with call.doors.station(call.settings, True) as station:
        withdraw_payout(station, charge_no, approved(call, station, approver))
    call.output.answer({"charge": charge_no}, [charge_no])


@charge.command("list")
@click.argument("account")
@with_json
@pass_call
def list_charges(call: Call, account: str) -> None:
    """List what a household (ACCOUNT) was charged at this desk, its balance and its arrears."""
    t = call.words
    with call.doors.station(call.settings, False) as station:
        found = charges_of(station, account)
    answer = {
        "account_no": found.account_no,
        "balance_fen": found.balance,
        "free_fen": found.free,
        "arrears_fen": found.arrears,
        "charges": [
            _told(one.charge) | {"taken_back": one.back is not None} for one in found.charges
        ],
    }
    sums = [(t("Balance"), str(found.balance)), (t("Arrears"), str(found.arrears))]
    call.output.answer(answer, columns(sums) + columns([_row(one, t) for one in found.charges]))


@click.group()
def balance() -> None:
    """Money of a household that is kept at this desk."""


@balance.command("begin-pay-out")
@click.argument("account")
@click.option("--money", "yuan", required=True, help="Amount in yuan.")
@with_json
@pass_call
def begin_pay_out(call: Call, account: str, yuan: str) -> None:
    """Note that money of the balance of ACCOUNT is about to be handed over; then record it."""
    with call.doors.station(call.settings, True) as station:
        doubtful = begin_balance_payout(station, account, money_of("--money", yuan))
    call.output.answer({"account": account, "doubtful": doubtful}, [account])


@balance.command("call-off")
@click.argument("account")
@approver_option
@with_json
@pass_call
def call_balance_off(call: Call, account: str, approver: str) -> None:
    """Two people looked: of a payout of ACCOUNT that was begun nothing was handed over."""
    with call.doors.station(call.settings, True) as station:
        withdraw_payout(station, account, approved(call, station, approver))
    call.output.answer({"account": account}, [account])


@balance.command("pay-out")
@click.argument("account")
@click.option("--money", "yuan", required=True, help="Amount in yuan.")
@_tender
@_reference
@_found
@approver_option
@with_json
@pass_call
def pay_out(
    call: Call, *, account: str, yuan: str, tender: str, reference: str, found: str, approver: str
) -> None:
    """Record that money of the balance of ACCOUNT is in its household's hands again."""
    money = money_of("--money", yuan)
    with call.doors.station(call.settings, True) as station:
        paid = pay_out_balance(
            station,
            account,
            money,
            approved(call, station, approver),
            tender=Tender(tender),
            reference=reference,
            found=found,
        )
        slip = balance_slip(station, paid.payout_id)
    made = plain(paid)
    paper = call.doors.refund_slip(slip, call.settings)
    answer = {**(made if isinstance(made, dict) else {}), "paper": paper}
    call.output.answer(answer, told(answer))


def _answer(call: Call, made: ChargeReceipt) -> None:
    """What was charged; `receipt` prints it by this number."""
    key = made.receipt_no or made.charge.charge_id
    what = word(f"charge.{made.charge.what}", call.words)
    call.output.answer(_told(made.charge), [f"{key}  {what}  {made.charge.money}"])


def _told(one: Charge) -> dict[str, object]:
    return {
        "charge": one.charge_id,
        "receipt_no": one.receipt_no,
        "what": one.what,
        "account_no": one.account_no,
        "fen": one.money,
        "tender": one.tender or "",
        "fee": "" if one.fee is None else one.fee.code,
        "volume_m3": one.used if one.quote is not None else None,
        "due": one.due,
        "document": one.document,
        "approver": one.approver,
        "corrects": one.corrects,
        "at": one.at,
    }


def _row(one: Standing, t: Translator) -> tuple[str, ...]:
    taken = one.charge
    return (
        taken.receipt_no or taken.charge_id,
        t.moment(taken.at),
        word(f"charge.{taken.what}", t),
        str(taken.money),
        word(f"tender.{taken.tender or ''}", t),
        t("taken back") if one.back is not None else "",
    )


def _named(one: Fee, t: Translator) -> str:
    return one.name if t.lang == "zh_CN" else one.name_en
