"""`cardstation-central`: serves the ledger, brings its schema up to date, shows its totals."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from cardstation import __version__
from cardstation.central.doorway import Certificate
from cardstation.central.serve import (
    LOOPBACK,
    Ready,
    key_file_in,
    migrate_database,
    order_rewind,
    read_totals,
    serve,
    serve_embedded,
    verify_books,
)
from cardstation.cli.central_feed import feed
from cardstation.cli.central_invoices import invoices
from cardstation.cli.central_orders import (
    DSN_VARIABLE,
    address_of,
    dsn_option,
    home_option,
    json_option,
    orders,
)
from cardstation.cli.central_outbox import outbox
from cardstation.cli.central_people import clerk
from cardstation.cli.central_reconcile import reconcile_command, take_file_command
from cardstation.cli.central_recount import recount_command
from cardstation.cli.central_reporting import openapi_command, reporting_role
from cardstation.cli.central_two import prove_two
from cardstation.domain.checkpoint import RewindAsked
from cardstation.errors import CardStationError
from cardstation.i18n import translator
from cardstation.sentences import sentence
from cardstation.settings import load_settings

_key = click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path),
    help="The centre's signing key (default: in the data folder; made at the first start).",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cardstation-central")
def central() -> None:
    """The central ledger: every station's facts, in balance, in PostgreSQL."""


@central.command("serve")
@click.option("--embedded", is_flag=True, help="Run a private PostgreSQL in the data folder.")
@click.option("--leashed", is_flag=True, help="Stop when standard input closes.")
@click.option("--host", default=LOOPBACK, show_default=True, help="Address to listen on.")
@click.option("--port", default=0, show_default=True, help="0 picks a free one.")
@click.option("--tls-cert", type=click.Path(path_type=Path), help="Certificate chain, PEM.")
@click.option("--tls-key", type=click.Path(path_type=Path), help="Its key, PEM.")
@home_option
@dsn_option
@_key
@json_option
def serve_command(
    *,
    embedded: bool,
    leashed: bool,
    host: str,
    port: int,
    tls_cert: Path | None,
    tls_key: Path | None,
    home: Path | None,
    dsn: str,
    key_file: Path | None,
    as_json: bool,
) -> None:
    """Serve until interrupted; one line says address, admin token, and a code if embedded.

    Beyond this machine it answers with a certificate only.
    """
    if (tls_cert is None) != (tls_key is None):
        raise click.UsageError("--tls-cert and --tls-key belong together")
    certificate = Certificate(tls_cert, tls_key) if tls_cert and tls_key else None

    def announce(ready: Ready) -> None:
        if as_json:
            print(json.dumps(asdict(ready)), flush=True)
            return
        print(f"ledger at {ready.url}, ready in {ready.start_ms} ms", flush=True)
        if ready.enrolment_code:
            told = f"enrolment code for one new station, ten minutes: {ready.enrolment_code}"
            print(told, flush=True)
        print(f"console at {ready.url}/console/; people: cardstation-central clerk", flush=True)

    address = address_of(dsn)
    if embedded:
        folder = load_settings(home).home
        serve_embedded(
            *(folder, port), announce=announce, host=host, leashed=leashed, certificate=certificate
        )
    elif address:
        key = key_file or key_file_in(load_settings(home).home)
        serve(
            *(address, key, host, port),
            announce=announce,
            leashed=leashed,
            certificate=certificate,
        )
    else:
        raise click.UsageError(f"say --embedded, or name a database with --dsn or {DSN_VARIABLE}")


@central.command("migrate")
@dsn_option
def migrate_command(*, dsn: str) -> None:
    """Bring the schema of a database up to date, as its owner."""
    address = address_of(dsn)
    if not address:
        raise click.UsageError(f"name a database with --dsn or {DSN_VARIABLE}")
    print(f"schema is at {migrate_database(address)}")


@central.command("totals")
@home_option
@dsn_option
@json_option
def totals_command(*, home: Path | None, dsn: str, as_json: bool) -> None:
    """Show fen per class of account, and prove that the books agree with themselves.

    Works while the service runs, and when it does not.
    """
    address = address_of(dsn)
    found = read_totals(load_settings(home).home, address)
    if as_json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        _show(found)
    if found["disagreements"]:
        raise click.exceptions.Exit(5)


@central.command("verify")
@home_option
@dsn_option
@json_option
def verify_command(*, home: Path | None, dsn: str, as_json: bool) -> None:
    """Prove the books from the exact bytes: hashes, chains, epochs, columns, postings, sums.

    Exits with 5 and says what is wrong when anything is. Works while the service runs.
    """
    address = address_of(dsn)
    wrong = verify_books(load_settings(home).home, address)
    if as_json:
        print(json.dumps({"ok": not wrong, "disagreements": wrong}, ensure_ascii=False, indent=2))
    else:
        for line in wrong or ("the books agree with themselves",):
            print(line)
    if wrong:
        raise click.exceptions.Exit(5)


@central.command("rewind")
@click.argument("station")
@click.option("--to", "to_seq", type=int, required=True, help="Last entry the books still have.")
@click.option("--epoch", type=int, default=0, help="The station's epoch, if newer than the books.")
@click.option("--reason", required=True, help="Why, in words; the station keeps it.")
@click.option("--by", "ordered_by", required=True, help="Who orders it.")
@click.option("--approved-by", required=True, help="Who else agrees; not the same person.")
@home_option
@dsn_option
@_key
def rewind_command(
    *,
    station: str,
    to_seq: int,
    epoch: int,
    reason: str,
    ordered_by: str,
    approved_by: str,
    home: Path | None,
    dsn: str,
    key_file: Path | None,
) -> None:
    """Ask STATION to send again what these books lost: they were restored from a backup."""
    folder, address = load_settings(home).home, address_of(dsn)
    prove_two(folder, address, ordered_by, approved_by)
    order_rewind(
        folder,
        address,
        key_file,
        RewindAsked(station, to_seq, reason, ordered_by, approved_by, epoch),
    )
    print(f"{station} is asked to send again what follows {to_seq}")


central.add_command(orders)


central.add_command(clerk)


central.add_command(reconcile_command)


central.add_command(recount_command)


central.add_command(take_file_command)


central.add_command(outbox)


central.add_command(reporting_role)


central.add_command(openapi_command)


central.add_command(invoices)


central.add_command(feed)


def _show(found: dict[str, object]) -> None:
    classes = found["classes"]
    for name, fen in classes.items() if isinstance(classes, dict) else ():
        print(f"{name:<14}{fen / 100:>18,.2f}")
    print(f"{found['entries']} entries, {found['exceptions']} exceptions")
    branches = found.get("branches")
    for station, claimed in branches.items() if isinstance(branches, dict) else ():
        sums = ", ".join(f"{name} {fen}" for name, fen in claimed.items())
        print(f"{station} has another branch, booked nowhere: {sums}")
    wrong = found["disagreements"]
    for line in wrong if isinstance(wrong, list) else ():
        print(line)
    if not wrong:
        print("the books agree with themselves")


def main(arguments: Sequence[str] | None = None, schools: Mapping[str, str] | None = None) -> int:
    """Run the command line of the ledger and return its exit status (as `cli.run.main`).

    Args:
        arguments: None = of the process.
        schools: The counter school of each maker, for the reconciliation.
    """
    try:
        # Outside standalone mode click gives an `Exit` back as its status, and None otherwise.
        return int(central.main(arguments, standalone_mode=False, obj=dict(schools or {})) or 0)
    except (click.Abort, KeyboardInterrupt):
        return 130
    except click.ClickException as error:
        error.show()
        return 2
    except CardStationError as error:
        language = translator(os.environ.get("CARDSTATION_LANGUAGE", "zh_CN"))
        print(f"{sentence(error.code, error.values, language)} [{error}]", file=sys.stderr)
        return error.exit_status


if __name__ == "__main__":
    sys.exit(main())
