"""`cardstation keys`: the master secret that the codes of real cards are derived from."""

from __future__ import annotations

import secrets

import click

from cardstation.cli.run import Call, pass_call, with_json
from cardstation.errors import Refusal

SECRET_BYTES = 32


@click.group()
def keys() -> None:
    """The master secret of card codes; training cards need none. It is never shown."""


@keys.command()
@with_json
@pass_call
def status(call: Call) -> None:
    """Say whether this station has a master secret."""
    place = call.doors.master_secret(call.settings, None)
    call.output.answer({"master_secret": place}, [place or call.words("no master secret")])


@keys.command("import")
@with_json
@pass_call
def take_in(call: Call) -> None:
    """Take in the utility's secret (64 hex digits), typed unseen, never as an argument."""
    given = click.prompt(call.words("Master secret"), hide_input=True, err=True)
    try:
        value = bytes.fromhex(given.strip())
    except ValueError:
        value = b""
    if len(value) != SECRET_BYTES:
        raise Refusal("master_secret_malformed")
    _keep(call, value)


@keys.command()
@with_json
@pass_call
def make(call: Call) -> None:
    """Make a new random secret, for a utility that starts with new cards."""
    _keep(call, secrets.token_bytes(SECRET_BYTES))


def _keep(call: Call, value: bytes) -> None:
    if call.doors.master_secret(call.settings, None):
        raise Refusal("master_secret_exists")
    place = call.doors.master_secret(call.settings, value)
    call.output.answer({"master_secret": place}, [place])
