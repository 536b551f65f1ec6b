"""`cardstation-central clerk`: people at the centre, for whoever may run programs on its machine.

The first administrators come from here; afterwards the console adds people, two persons at a time.
Every use stands in the audit log.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from cardstation.central.people_door import (
    ROLES,
    add_person,
    list_people,
    reset_person,
    retire_person,
)
from cardstation.cli.central_orders import address_of, dsn_option, home_option, json_option
from cardstation.settings import load_settings

_role = click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice(ROLES),
    help="May be given several times.",
)


@click.group("clerk")
def clerk() -> None:
    """People who may log in to the console."""


@clerk.command("add")
@click.argument("name")
@click.option("--display", default="", help="How other people read it; default: NAME.")
@_role
@home_option
@dsn_option
def add_command(
    *, name: str, display: str, roles: tuple[str, ...], home: Path | None, dsn: str
) -> None:
    """Add NAME; the first password is printed once and kept nowhere."""
    secret = add_person(_folder(home), address_of(dsn), name, display, roles)
    print(f"first password of {name}, to be changed at the first login: {secret}")


@clerk.command("reset")
@click.argument("name")
@home_option
@dsn_option
def reset_command(*, name: str, home: Path | None, dsn: str) -> None:
    """Give NAME a new first password and end every session of theirs."""
    secret = reset_person(_folder(home), address_of(dsn), name)
    print(f"new first password of {name}, to be changed at the first login: {secret}")


@clerk.command("retire")
@click.argument("name")
@home_option
@dsn_option
def retire_command(*, name: str, home: Path | None, dsn: str) -> None:
    """Take every role from NAME, at once."""
    retire_person(_folder(home), address_of(dsn), name)
    print(f"{name} may do nothing any more")


@clerk.command("list")
@home_option
@dsn_option
@json_option
def list_command(*, home: Path | None, dsn: str, as_json: bool) -> None:
    """Who there is, and what they are."""
    found = list_people(_folder(home), address_of(dsn))
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for name, roles in found.items():
        print(f"{name:<24}{', '.join(roles) or 'retired'}")


def _folder(home: Path | None) -> Path:
    return load_settings(home).home
