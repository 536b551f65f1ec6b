"""The window over a station: wires the services to the desk and runs it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from cardstation.bootstrap.bag_papers import purge_in_time
from cardstation.bootstrap.desk_readers import DeskReaders
from cardstation.bootstrap.desk_wiring import Wiring
from cardstation.bootstrap.papers import get_ready
from cardstation.bootstrap.readers import Dialects, open_readers
from cardstation.bootstrap.station import open_station
from cardstation.errors import CardStationError
from cardstation.i18n import translator
from cardstation.logs import log_to_folder
from cardstation.sentences import sentence
from cardstation.services.recover import recover
from cardstation.settings import Settings, load_settings

WARM_UP_AFTER_S = 2.0
"""The window is usable by then, and no clerk has sold anything."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--home", type=click.Path(path_type=Path), help="Data folder (CARDSTATION_HOME).")
def desk_command(home: Path | None) -> None:
    """Open the desk window."""
    settings = load_settings(home)
    log_to_folder(settings.home, trace=settings.trace)
    with open_desk(settings) as wiring:
        from ui.program import run_window

        warm_up = threading.Timer(WARM_UP_AFTER_S, get_ready)
        warm_up.daemon = True
        warm_up.start()
        run_window(wiring.services())


def run_desk(arguments: Sequence[str]) -> int:
    """Run `cardstation-desk` and return its exit status."""
    try:
        desk_command.main(list(arguments), standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return 2
    except CardStationError as error:
        print(sentence(error.code, error.values, translator("zh_CN")), file=sys.stderr)
        return error.exit_status
    return 0


@contextmanager
def open_desk(settings: Settings) -> Iterator[Wiring]:
    """Open station, readers and sync, and settle what a crash left open.

    Raises:
        StationBusy: the desk is open already. CardServiceGone: no PC/SC library.
    """
    with ExitStack() as stack:
        station = stack.enter_context(open_station(settings, True))
        room = stack.enter_context(open_readers(settings))
        found = recover(station)
        purge_in_time(station, settings)
        readers = DeskReaders(room, Dialects(settings.dialects, settings.dialect))
        yield Wiring(settings, station, readers, found)
