"""Every command of the command line, in the order of `--help`."""

from __future__ import annotations

import click

from cardstation.cli.account import account
from cardstation.cli.batch import batch, directory
from cardstation.cli.board import board, triage
from cardstation.cli.card import card, quote, readers, top_up
from cardstation.cli.change_meter import change_meter
from cardstation.cli.charge import balance, charge
from cardstation.cli.clear import clear
from cardstation.cli.close_account import CLOSING
from cardstation.cli.desk import clock, doctor, enrol, recover, rejoin, sync, verify
from cardstation.cli.dispute import dispute
from cardstation.cli.exceptions import exceptions
from cardstation.cli.explain import explain
from cardstation.cli.feed import feed
from cardstation.cli.give_back import give_back, reverse
from cardstation.cli.issue import issue
from cardstation.cli.keys import keys
from cardstation.cli.layout import layout
from cardstation.cli.make_up import emergency, make_up
from cardstation.cli.orders import orders, receipt
from cardstation.cli.pay_out import pay_out
from cardstation.cli.reissue import reissue
from cardstation.cli.shift import clerk, shift
from cardstation.cli.tool import tool
from cardstation.cli.training import training
from cardstation.cli.unblock import unblock

card.add_command(explain)
for _one in CLOSING:
    account.add_command(_one)
card.add_command(unblock)

COMMANDS: tuple[click.Command, ...] = (
    doctor,
    directory,
    readers,
    card,
    quote,
    top_up,
    charge,
    balance,
    reverse,
    give_back,
    account,
    make_up,
    emergency,
    issue,
    clear,
    reissue,
    change_meter,
    tool,
    orders,
    receipt,
    batch,
    board,
    triage,
    clerk,
    shift,
    recover,
    exceptions,
    dispute,
    pay_out,
    enrol,
    sync,
    feed,
    rejoin,
    clock,
    verify,
    keys,
    layout,
    training,
)
