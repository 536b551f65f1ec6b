"""Gives the window its callables for gas that two people grant without money."""

from __future__ import annotations

from functools import partial

from cardstation.domain.card import Quantity
from cardstation.domain.gas_due import GasDue
from cardstation.domain.payment import Tender
from cardstation.domain.shift import Approval
from cardstation.services.grant_gas import emergency_terms, grant_emergency, grant_gas
from cardstation.services.load_due import load_due, portion_of
from cardstation.services.station import Station
from cardstation.services.withdraw_due import withdraw_due
from ui.given_services import GivenServices


def given_services(station: Station) -> GivenServices:
    """Gas due behind the window."""

    def grant(
        account_no: str,
        quantity: Quantity,
        document: str,
        by: Approval,
        why: str,
        shown: int | None,
    ) -> GasDue:
        cause = Tender.MAKE_UP
        return grant_gas(
            station, account_no, quantity, cause, document, by, why, repeats_counter=shown
        )

    return GivenServices(
        grant=grant,
        emergency=partial(grant_emergency, station),
        terms=partial(emergency_terms, station),
        portion=partial(portion_of, station),
        load=partial(load_due, station),
        withdraw=partial(withdraw_due, station),
    )
