"""`cardstation keys`: the master secret of card codes, and the station's own signing key."""

from __future__ import annotations

import secrets

import click

from cardstation.cli.run import Call, pass_call, with_json
from cardstation.errors import Refusal

SECRET_BYTES = 32


@click.group()
def keys() -> None:
    """The master secret of card codes (training cards need none) and the station's own key."""


@keys.command()
@with_json
@pass_call
def status(call: Call) -> None:
    """Say where the master secret and the station's own key are kept."""
    place = call.doors.master_secret(call.settings, None)
    device = call.doors.device_key(call.settings, None)
    lines = [place or call.words("no master secret"), device or call.words("no device key yet")]
    call.output.answer({"master_secret": place, "device_key": device}, lines)


@keys.command("wrap")
@with_json
@pass_call
def wrap_device_key(call: Call) -> None:
    """Wrap the station's own key by a passphrase, typed unseen and twice; again for another one.

    The key stays the same. The old passphrase is given or asked for as at every start.
    """
    asked = call.words("New passphrase of the device key")
    given = click.prompt(asked, hide_input=True, confirmation_prompt=True, err=True)
    place = call.doors.device_key(call.settings, str(given).encode())
    call.output.answer({"device_key": place}, [place])


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


@keys.command("purse")
@click.argument("name", type=click.Choice(["load", "external", "line", "internal", "pin"]))
@with_json
@pass_call
def take_in_purse(call: Call, name: str) -> None:
    """Take in a master of purses (32 hex digits) or the PIN of their token, typed unseen.

    The one before is replaced.
    """
    given = click.prompt(call.words("Key of purses"), hide_input=True, err=True).strip()
    try:
        value = given.encode() if name == "pin" else bytes.fromhex(given)
    except ValueError:
        value = b""
    place = call.doors.purse_secret(call.settings, name, value)
    call.output.answer({"purse_secret": name, "place": place}, [place])


@keys.command("layout")
@click.argument("layout")
@click.argument("name")
@with_json
@pass_call
def take_in_layout(call: Call, layout: str, name: str) -> None:
    """Take in the key NAME of the card layout LAYOUT (32 hex digits), typed unseen.

    The one before is replaced.
    """
    given = click.prompt(call.words("Key of a card layout"), hide_input=True, err=True).strip()
    try:
        value = bytes.fromhex(given)
    except ValueError:
        value = b""
    place = call.doors.layout_secret(call.settings, layout, name, value)
    call.output.answer({"layout": layout, "key": name, "place": place}, [place])


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
