"""`cardstation-central reporting-role` and `openapi`: logins that only read, and what is served."""

from __future__ import annotations

import json
from pathlib import Path

import click

from cardstation.central.reporting import Reads, make_reader
from cardstation.cli.central_orders import address_of, dsn_option, home_option
from cardstation.settings import load_settings


@click.command("reporting-role")
@click.argument("login")
@click.option(
    "--reads",
    type=click.Choice([one.value for one in Reads]),
    default=Reads.REPORTING.value,
    show_default=True,
    help="The views for reports, or the outbox.",
)
@home_option
@dsn_option
def reporting_role(*, login: str, reads: str, home: Path | None, dsn: str) -> None:
    """Make LOGIN, which reads and does nothing else; its password is printed once.

    Run as the owner of the tables. Again, it gives LOGIN a new password.
    """
    secret = make_reader(load_settings(home).home, address_of(dsn), login, Reads(reads))
    print(f"password of {login}, kept nowhere: {secret}")


@click.command("openapi")
def openapi_command() -> None:
    """Print what the service answers to as OpenAPI 3.1, JSON."""
    from cardstation.central.openapi import document

    print(json.dumps(document(), ensure_ascii=False, indent=2))
