"""Says, before money of a batch is taken, how far this desk's grant reaches over its rows."""

from __future__ import annotations

from cardstation.domain.offline_limit import GrantCover
from cardstation.i18n import Translator


def cover_words(cover: GrantCover, t: Translator) -> str:
    """One sentence about the rows, one about the money."""
    parts = [str(part) for part in (cover.volume, cover.money) if part]
    if not parts:
        reach = t(
            "While the ledger does not answer, no offline grant is left for any of these "
            "{rows} rows.",
            rows=cover.rows,
        )
    else:
        reach = t(
            "While the ledger does not answer, the offline grant reaches for {n} of these "
            "{rows} rows ({gas}).",
            n=cover.covered,
            rows=cover.rows,
            gas=" · ".join(parts),
        )
    rest = t("The money may be taken: other rows wait until it answers.")
    return f"{reach} {rest}"
