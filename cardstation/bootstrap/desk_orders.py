"""Gives the window what it asks of gas that was paid online."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from cardstation.services.lease_batch import lease_batch
from cardstation.services.lease_order import lease_order
from cardstation.services.load_prepaid import load_prepaid
from cardstation.services.orders_state import orders_state
from cardstation.services.release_order import release_order
from cardstation.services.station import Station
from cardstation.settings import Settings
from ui.order_services import OrderServices


def order_services(station: Station, settings: Callable[[], Settings]) -> OrderServices:
    """Paid orders of a station.

    Args:
        station: Open for writing.
        settings: As they are now: after how many days an order is overdue.
    """
    return OrderServices(
        waiting=lambda: orders_state(station, settings().order_warn_days),
        load=partial(load_prepaid, station),
        lease=partial(lease_order, station),
        release=partial(release_order, station),
        lease_batch=partial(lease_batch, station),
    )
