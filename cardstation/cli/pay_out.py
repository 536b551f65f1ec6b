"""`cardstation pay-out …`: money that is owed is in the payer's hands, and on record."""

from __future__ import annotations

import click

from cardstation.cli.output import told
from cardstation.cli.run import Call, pass_call, with_json
from cardstation.cli.shift import approved
from cardstation.domain.charge import Original
from cardstation.domain.payment import WITHOUT_ASKING
from cardstation.services.pay_out import pay_out as pay_out_intent
from cardstation.services.refund_slip import refund_slip


@click.command("pay-out")
@click.argument("intent_id")
@click.option(
    "--found", default="", help="Where it may be paid already: what the slip and the till say."
)
@click.option(
    "--original",
    type=click.Choice([one.value for one in Original]),
    help="Where the receipt of a load is that was taken back.",
)
@click.option("--approver", required=True, help="Who else agrees: a supervisor of this station.")
@with_json
@pass_call
def pay_out(call: Call, intent_id: str, found: str, original: str | None, approver: str) -> None:
    """Record that the money of a refund or return (INTENT_ID of `recover`) is paid out."""
    with call.doors.station(call.settings, True) as station:
        by = approved(call, station, approver)
        receipt = None if original is None else Original(original)
        paid = pay_out_intent(station, intent_id, by, found=found, original=receipt)
        handed_over = paid.tender not in WITHOUT_ASKING
        slip = refund_slip(station, paid.topup_id) if handed_over else None
    paper = {} if slip is None else {"paper": call.doors.refund_slip(slip, call.settings)}
    answer = {"intent": paid.topup_id, "state": paid.state, "fen": paid.money.fen, **paper}
    call.output.answer(answer, told(answer))
