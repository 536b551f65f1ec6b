"""Clears what a meter wrote back on a purse card: it takes no load before (reference cards 6.3).

Two updates under secure messaging. The head goes first and alone: an answer without its head is
none for the desk, and what is left of one is something still there for its meter. So a cut
anywhere leaves the answer whole, or one that nobody reads and that is cleared again.
"""

from __future__ import annotations

from cardstation.errors import PurseRefused
from cardstation.ports.purse import PurseKeys
from drivers.purses.gas_content import CLEARED
from drivers.purses.gas_files import RETURNED
from drivers.purses.pboc import PbocPurse

HEAD_BYTES = 1


def take_head_off(purse: PbocPurse, keys: PurseKeys) -> None:
    """Take the head off, proven by the line's MAC; a card may want the key of files, too.

    Raises:
        CodeRefused, CodeLocked: the key of files. PurseRefused: `line_mac_refused`, that of the
            line; others: nothing was tried. WriteNotTaken, LinkFailed. Mishap: no keys.
    """
    head = CLEARED[:HEAD_BYTES]
    try:
        purse.write_file(RETURNED, 0, head, keys)
    except PurseRefused as refused:
        if refused.code != "card_not_opened":
            raise
        purse.authenticate(keys)
        purse.write_file(RETURNED, 0, head, keys)


def clear_rest(purse: PbocPurse, keys: PurseKeys) -> None:
    """Clear what is left of it, in the same session.

    Raises:
        PurseRefused, WriteNotTaken, LinkFailed. Mishap: no keys.
    """
    purse.write_file(RETURNED, HEAD_BYTES, CLEARED[HEAD_BYTES:], keys)
