"""`cardstation batch quote | sign-quote | money | release | give-back | refunds | …`."""

from __future__ import annotations

from pathlib import Path

import click

from cardstation.cli.card import money_of
from cardstation.cli.money_text import account_lines
from cardstation.cli.output import columns, told
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.cli.shift import approved
from cardstation.domain.preflight import RELIEF
from cardstation.domain.quotation import grouped
from cardstation.sentences import brief
from cardstation.services.allow_load import allow_load
from cardstation.services.batch_account import BatchAccount, PaymentStanding, batch_account
from cardstation.services.batch_state import batch_state, outcome_of
from cardstation.services.lease_batch import lease_batch
from cardstation.services.list_reliefs import list_reliefs
from cardstation.services.pay_debt import pay_debt
from cardstation.services.quote_batch import quote_batch
from cardstation.services.release_amount import release_amount
from cardstation.services.release_line import REASONS, release_line
from cardstation.services.return_remainder import return_remainder
from cardstation.services.settle_arrears import CONSENTS
from cardstation.services.sign_quote import sign_quote

out_option = click.option("--out", type=click.Path(path_type=Path), help="Folder for the paper.")


@click.command()
@click.argument("batch_id", metavar="BATCH")
@out_option
@with_json
@pass_call
def quote(call: Call, batch_id: str, out: Path | None) -> None:
    """Quote a batch: what is to be paid, what is not possible, a payment reference."""
    with call.doors.station(call.settings, True) as station:
        reliefs = list_reliefs(station, batch_id)
        made = quote_batch(station, batch_id)
        paper = call.doors.quote(made, call.settings, out)
    answer = {
        "quote_no": made.quote_no,
        "reference": made.reference,
        "valid_until": made.valid_until.isoformat(),
        "total_fen": made.total,
        "lines": [
            {
                "place": one.place,
                "account_no": one.account_no,
                "card_no": one.card_no,
                "fen": one.offer.money if one.offer else None,
                "volume_m3": one.offer.volume if one.offer else None,
                "own_envelope": one.own,
            }
            for one in made.lines
        ],
        "refused": [
            {"place": one.place, "card_no": one.card_no, "reason": one.reason}
            for one in made.refused
        ],
        "reliefs": reliefs,
        "paper": paper,
    }
    said = [f"{made.quote_no}  {grouped(made.reference)}  {made.total}", str(paper)]
    rows = [(one.door, brief(one.reason, call.words)) for one in made.refused]
    rows += [(one.door, brief(RELIEF, call.words)) for one in reliefs]
    call.output.answer(answer, [*said, *columns(rows)])


@click.command("sign-quote")
@click.argument("batch_id", metavar="BATCH")
@click.option("--quote", "quote_no", required=True, help="Number of the quote that was signed.")
@click.option("--by", default="", help="Who signs, by name; stays at this station.")
@click.option(
    "--signature",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="PNG or JPEG: the signature, or a photo of the signed paper.",
)
@click.option("--on-paper", is_flag=True, help="Signed on paper.")
@with_json
@pass_call
def sign(
    call: Call, *, batch_id: str, quote_no: str, by: str, signature: Path | None, on_paper: bool
) -> None:
    """Record that who pays signed the quote: its prices, and the order in which money is used."""
    picture = b"" if signature is None else signature.read_bytes()
    with call.doors.station(call.settings, True) as station:
        made = sign_quote(
            station, batch_id, quote_no=quote_no, by=by, picture=picture, on_paper=on_paper
        )
    answer = {"quote_no": made.fact.quote_no, "signed_at": made.signed_at}
    call.output.answer(answer, told(answer))


@click.command()
@click.argument("batch_id", metavar="BATCH")
@with_json
@pass_call
def money(call: Call, batch_id: str) -> None:
    """Show where the money of a batch is: payments, what lines hold, what remains."""
    with call.doors.station(call.settings, False) as station:
        account = batch_account(station, batch_id)
    answer = {
        "batch": batch_id,
        "quote": _quote(account),
        "money": account.state.money,
        "payments": [_payment(one) for one in account.payments],
        "lines": account.lines,
    }
    call.output.answer(answer, account_lines(account, call.words))


def _quote(account: BatchAccount) -> dict[str, object] | None:
    if account.quote is None:
        return None
    fact = account.quote.fact
    return {
        "quote_no": fact.quote_no,
        "reference": fact.reference,
        "holds": account.quote.holds,
        "signed_at": account.quote.signed_at,
        "total_fen": fact.fen,
    }


def _payment(one: PaymentStanding) -> dict[str, object]:
    return {
        "payment_id": one.payment.payment_id,
        "ack_no": one.ack_no,
        "tender": one.payment.tender,
        "reference": one.payment.reference,
        "line": one.payment.line,
        "fen": one.payment.money,
        "given_back_fen": one.given_back,
        "remains_fen": one.remains,
        "matches_quote": one.matches,
        "warning": one.doubt,
    }


@click.command()
@click.argument("ack_no")
@out_option
@with_json
@pass_call
def acknowledgement(call: Call, ack_no: str, out: Path | None) -> None:
    """Write an acknowledgement again; it says reprint."""
    with call.doors.station(call.settings, True) as station:
        paper = call.doors.acknowledgement(station, ack_no, call.settings, out)
    call.output.answer({"paper": paper}, [str(paper)])


@click.command()
@click.argument("batch_id", metavar="BATCH")
@click.argument("place", type=click.IntRange(1))
@click.option("--reason", type=click.Choice(REASONS), required=True)
@with_json
@pass_call
def release(call: Call, batch_id: str, place: int, reason: str) -> None:
    """Give the money of a funded line free that will not be loaded."""
    with call.doors.station(call.settings, True) as station:
        freed = release_line(station, batch_id, place, reason)
    answer = {"batch": batch_id, "place": place, "reason": reason, "fen": freed.money}
    call.output.answer(answer, told(answer))


@click.command("release-amount")
@click.argument("batch_id", metavar="BATCH")
@click.argument("place", type=click.IntRange(1))
@click.option("--approver", required=True, help="Who else agrees: a supervisor of this station.")
@with_json
@pass_call
def release_far_more(call: Call, batch_id: str, place: int, approver: str) -> None:
    """Let a row count whose amount is far above what such a household uses; nothing else is.

    The card may be loaded at once if money is there; `place` in the answer is where it stands then.
    """
    with call.doors.station(call.settings, True) as station:
        by = approved(call, station, approver)
        became = release_amount(station, batch_id, place, by)
        one = outcome_of(station, batch_id, became)
    answer = {
        "batch": batch_id,
        "place": became,
        "account_no": one.line.account_no,
        "fen": one.line.money,
        "verdict": one.line.verdict,
        "state": one.state,
    }
    call.output.answer(answer, told(answer))


@click.command("allow-load")
@click.argument("batch_id", metavar="BATCH")
@click.argument("place", type=click.IntRange(1))
@click.option("--reading", required=True, help="What the meter reads, or the photo's number.")
@click.option("--approver", required=True, help="Who else saw it: a supervisor of this station.")
@with_json
@pass_call
def load_all_the_same(
    call: Call, *, batch_id: str, place: int, reading: str, approver: str
) -> None:
    """Let a card be loaded that others loaded since its list, by its meter's reading.

    Only for cards that count no purchases, and only after one was stopped because of it.
    """
    with call.doors.station(call.settings, True) as station:
        allow_load(station, batch_id, place, reading, approved(call, station, approver))
    answer = {"batch": batch_id, "place": place, "reading": reading}
    call.output.answer(answer, told(answer))


@click.command("give-back")
@click.argument("batch_id", metavar="BATCH")
@click.argument("payment_id")
@click.option("--yuan", required=True, help="Amount in yuan, at most what remains.")
@click.option(
    "--found", default="", help="Where it may be back already: what the slip and the till say."
)
@click.option("--approver", required=True, help="Who else agrees: a supervisor of this station.")
@with_json
@pass_call
def give_back(
    call: Call, *, batch_id: str, payment_id: str, yuan: str, found: str, approver: str
) -> None:
    """Record that what remains of a payment went back to its payer, by its own tender."""
    sum_back = money_of("--yuan", yuan)
    with call.doors.station(call.settings, True) as station:
        by = approved(call, station, approver)
        back = return_remainder(station, batch_id, payment_id, sum_back, by, found=found)
        paid = batch_account(station, batch_id).payments
        payer = next((one.payer for one in paid if one.payment.payment_id == payment_id), "")
    answer = {"payment_id": payment_id, "payer": payer, "tender": back.tender, "fen": back.money}
    call.output.answer(answer, told(answer))


@click.command()
@click.argument("batch_id", metavar="BATCH")
@out_option
@with_json
@pass_call
def refunds(call: Call, batch_id: str, out: Path | None) -> None:
    """Write the refund list: what goes back to the payers, and why."""
    with call.doors.station(call.settings, False) as station:
        paper = call.doors.refunds(station, batch_id, call.settings, out)
    call.output.answer({"paper": paper}, [str(paper)])


@click.command()
@click.argument("batch_id", metavar="BATCH")
@click.argument("place", type=click.IntRange(1))
@click.option("--payment", "payment_id", required=True, help="Out of whose money.")
@click.option("--consent", type=click.Choice(CONSENTS), required=True)
@with_json
@pass_call
def arrears(call: Call, *, batch_id: str, place: int, payment_id: str, consent: str) -> None:
    """Pay what a household owes out of the batch's free money; only with its consent.

    Its row is judged again at once; `place` in the answer is where it stands then. Once the debt is
    paid nothing is refused: `judged` is false where the row stays as it was.
    """
    with call.doors.station(call.settings, True) as station:
        done = pay_debt(station, batch_id, place, payment_id, consent)
        verdict = batch_state(station, batch_id).batch.lines[done.place - 1].verdict
    answer = {
        "account_no": done.paid.account_no,
        "fen": done.paid.money,
        "consent": done.paid.consent,
        "place": done.place,
        "verdict": verdict,
        "judged": done.judged,
    }
    stays = [] if done.judged else [call.words("The debt is paid; the row stays as it was.")]
    call.output.answer(answer, [*told(answer), *stays])


@click.command()
@click.argument("batch_id", metavar="BATCH")
@with_json
@pass_call
def lease(call: Call, batch_id: str) -> None:
    """Hold every paid order that waits for a row of BATCH, to be loaded without a network too."""
    with call.doors.station(call.settings, True) as station:
        rows = lease_batch(station, batch_id)
    lines = [
        {
            "place": one.place,
            "account_no": one.line.account_no,
            "order_id": one.line.order_id,
            "held": one.held,
            "leased_until": one.until,
            "reason": one.refused.code if one.refused else "",
        }
        for one in rows
    ]
    held = sum(one.held for one in rows)
    left = [
        (
            *(one.line.door, one.line.name, one.line.order_id),
            *(brief(one.refused.code, call.words), one.holder),
        )
        for one in rows
        if one.refused
    ]
    said = call.words("Paid orders held for this desk: {held} of {n}", held=held, n=len(rows))
    answer = {"batch": batch_id, "held": held, "not_held": len(rows) - held, "orders": lines}
    call.output.answer(answer, [said, *columns(left)])


MONEY_COMMANDS: tuple[click.Command, ...] = (
    quote,
    sign,
    money,
    acknowledgement,
    release,
    release_far_more,
    load_all_the_same,
    give_back,
    arrears,
    refunds,
    lease,
)
