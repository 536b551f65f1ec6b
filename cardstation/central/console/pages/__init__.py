"""Every page, act and export of the console: what is not named here is not served."""

from __future__ import annotations

from cardstation.central.console.pages import (
    audit_log,
    household,
    own_password,
    stations,
    suspense,
    today,
)
from cardstation.central.console.visit import Act, Export, Page

PAGES: tuple[Page, ...] = (
    today.PAGE,
    *stations.PAGES,
    *household.PAGES,
    *suspense.PAGES,
    audit_log.PAGE,
    *own_password.PAGES,
)

ACTS: tuple[Act, ...] = (*suspense.ACTS, *stations.ACTS, *own_password.ACTS)

EXPORTS: tuple[Export, ...] = (*household.EXPORTS, *suspense.EXPORTS, audit_log.EXPORT)
