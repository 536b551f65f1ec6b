"""The embedded ledger of a data folder: started, enrolled at, and stocked for the demo."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from cardstation.bootstrap.station import device_key_of
from cardstation.central.process import CentralProcess
from cardstation.ports.ledger import LedgerHead
from cardstation.settings import Settings
from cardstation.sync.centre_desk import CentreDesk
from cardstation.sync.http_ledger import HttpLedger
from drivers.keys import PinnedCentre


@contextmanager
def embedded_centre(settings: Settings) -> Iterator[tuple[Settings, CentralProcess]]:
    """Run the ledger on loopback and enrol this station there.

    Yields:
        The settings with the ledger's address, and the process.

    Raises:
        Mishap: `central_not_started`.
    """
    with CentralProcess(settings.home) as centre:
        enrol_at(settings, centre.url, centre.enrolment_code)
        yield replace(settings, ledger_url=centre.url), centre


def enrol_at(settings: Settings, url: str, code: str, *, new_key: bool = False) -> LedgerHead:
    """Enrol this station at a ledger with a one-time code.

    Raises:
        LedgerUnreachable, LedgerRefused: as `HttpLedger.enrol`.
    """
    pin = PinnedCentre(settings.home)
    ledger = HttpLedger(url, settings.station, device_key_of(settings), pin)
    try:
        return ledger.enrol(code, new_key=new_key)
    finally:
        ledger.close()


def centre_desk(centre: CentralProcess) -> CentreDesk:
    """The desk of the centre, on this machine only."""
    return CentreDesk(centre.url, centre.admin_token)
