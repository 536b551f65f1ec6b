"""Every page, act and export of the console: what is not named here is not served."""

from __future__ import annotations

from cardstation.central.console.pages import (
    audit_log,
    batches_page,
    blacklist_page,
    board_page,
    day_sheet,
    grants_page,
    household,
    invoices_page,
    orders_page,
    own_password,
    people_page,
    proposals_page,
    reconciliation,
    stations,
    suspense,
    tariffs_page,
    today,
    triage_page,
)
from cardstation.central.console.visit import Act, Export, Page

PAGES: tuple[Page, ...] = (
    today.PAGE,
    *stations.PAGES,
    *board_page.PAGES,
    *triage_page.PAGES,
    *batches_page.PAGES,
    *household.PAGES,
    *orders_page.PAGES,
    *invoices_page.PAGES,
    *suspense.PAGES,
    *reconciliation.PAGES,
    *proposals_page.PAGES,
    *tariffs_page.PAGES,
    *blacklist_page.PAGES,
    *grants_page.PAGES,
    *people_page.PAGES,
    audit_log.PAGE,
    *own_password.PAGES,
)

ACTS: tuple[Act, ...] = (
    *stations.ACTS,
    *suspense.ACTS,
    *orders_page.ACTS,
    *reconciliation.ACTS,
    *proposals_page.ACTS,
    *tariffs_page.ACTS,
    *blacklist_page.ACTS,
    *grants_page.ACTS,
    *people_page.ACTS,
    *own_password.ACTS,
)

EXPORTS: tuple[Export, ...] = (
    day_sheet.EXPORT,
    *stations.EXPORTS,
    *board_page.EXPORTS,
    *triage_page.EXPORTS,
    *batches_page.EXPORTS,
    *household.EXPORTS,
    *orders_page.EXPORTS,
    *invoices_page.EXPORTS,
    *suspense.EXPORTS,
    *reconciliation.EXPORTS,
    *blacklist_page.EXPORTS,
    *grants_page.EXPORTS,
    audit_log.EXPORT,
)
