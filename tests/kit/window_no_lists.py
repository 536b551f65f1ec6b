"""No lists, for a window whose test is about something else."""

from __future__ import annotations

from typing import Any, cast

from cardstation.services.lists.entry import EntryState
from ui.desk_services import ListServices


def no_lists() -> ListServices:
    """Lists for a window whose test is about something else."""
    absent = cast("Any", None)
    fields = dict.fromkeys(ListServices.__dataclass_fields__, absent)
    return ListServices(**{**fields, "entry": lambda _batch: EntryState(0, 0)})
