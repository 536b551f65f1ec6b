"""The entry points: command line, window, ledger service, demo."""

from __future__ import annotations

import sys
from pathlib import Path

import resources
from cardstation.bootstrap.rack_socket import call_rack
from cardstation.cli.doors import Doors
from cardstation.errors import Refusal
from cardstation.ports.ledger import LedgerHead
from cardstation.services.station import Station
from cardstation.settings import Settings, save_setting


def cli() -> None:
    """`cardstation`: exits with the status of the command."""
    from cardstation.cli.commands import COMMANDS
    from cardstation.cli.run import main

    sys.exit(main(doors(), COMMANDS))


def central() -> None:
    """`cardstation-central`: the ledger service."""
    from cardstation.cli.central import main

    sys.exit(main())


def desk() -> None:
    """`cardstation-desk`: the window."""
    from cardstation.bootstrap.window import run_desk

    sys.exit(run_desk(sys.argv[1:]))


def doors() -> Doors:
    """Everything behind the command line."""
    from cardstation.bootstrap.doctor import look_at_everything
    from cardstation.bootstrap.meter import take_card
    from cardstation.bootstrap.rack import serve_rack
    from cardstation.bootstrap.readers import open_readers
    from cardstation.bootstrap.station import open_station

    return Doors(
        station=open_station,
        readers=open_readers,
        doctor=look_at_everything,
        default_tariffs=resources.path("training/tariffs.json"),
        receipts=_receipts,
        sheet=_sheet,
        enrol=_enrol,
        master_secret=_master_secret,
        device_key=_device_key,
        rack=serve_rack,
        rack_call=lambda settings, request: call_rack(settings.home, request),
        meter=take_card,
        clock=_clock,
    )


def _receipts(station: Station, batch_id: str, settings: Settings) -> tuple[Path, ...]:
    from cardstation.bootstrap.papers import write_receipts

    return write_receipts(station, batch_id, settings.home / "papers", settings.language)


def _sheet(station: Station, batch_id: str, settings: Settings, out: Path | None) -> Path:
    from cardstation.bootstrap.papers import write_sheet

    return write_sheet(station, batch_id, out or settings.home / "papers", settings.language)


def _enrol(settings: Settings, url: str, code: str) -> LedgerHead:
    from cardstation.bootstrap.centre import enrol_at

    head = enrol_at(settings, url, code)
    save_setting(settings.home, ledger_url=url)
    return head


def _master_secret(settings: Settings, value: bytes | None) -> str:
    from drivers.keys import Secret, keep_master_secret, place_of_master_secret

    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    if value is not None:
        keep_master_secret(settings.home, Secret(value))
    return place_of_master_secret(settings.home)


def _device_key(settings: Settings, passphrase: bytes | None) -> str:
    from cardstation.bootstrap.station import device_key_of
    from drivers.keys import Secret

    key = device_key_of(settings)
    if passphrase is not None:
        key.rewrap(Secret(passphrase))
    return key.place


def _clock(settings: Settings, shift_s: int | None) -> str:
    from drivers.clocks import SystemClock, keep_shift, shift_of

    if shift_s is not None:
        if not settings.training:
            raise Refusal("training_only")
        keep_shift(settings.home, shift_s)
    now = SystemClock(settings.zone, shift_of(settings.home)).now()
    return now.isoformat(timespec="seconds")
