"""The card that was pulled out half-way at this desk and has not come back: it goes first.

::

    pulled ──► held ── the same card comes, or is finished elsewhere ──► free
                 └──── laid aside by the clerk (it stays under Exceptions) ──► free

While one is held, nothing is begun on another card: a clerk who takes the next customer's card
must see that the last one's is not finished. One key lays it aside, so the desk is never blocked.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from cardstation.domain.topup import Step
from cardstation.errors import Refusal
from cardstation.services.identify import Inserted
from ui.desk_services import DeskServices

OTHER_CARD = "other_card_first"
"""The code of the refusal."""


@dataclass(frozen=True, slots=True)
class Torn:
    """A card in the middle of its write; names nobody.

    Attributes:
        step: How far it came.
    """

    maker: str
    card_no: str
    step: Step

    @property
    def tail(self) -> str:
        """The last four digits: enough for the clerk's hand, too few for the next customer."""
        return self.card_no[-4:]


class Unfinished(QObject):
    """Holds at most one torn card; shared by all who take cards.

    Attributes:
        changed: Another card is held, or none any more.
    """

    changed = Signal()

    def __init__(self, services: DeskServices) -> None:
        super().__init__()
        self._services = services
        self._lying: tuple[str, str] | None = None
        self._torn: Torn | None = None

    @property
    def torn(self) -> Torn | None:
        """What is held."""
        return self._torn

    def lies(self, card: Inserted) -> None:
        """This card is in the reader now; should it be torn, its number is known."""
        identity = card.content.identity
        self._lying = (identity.maker, identity.card_no)

    def pulled(self, step: Step) -> None:
        """The card that lay there is in the middle of its write."""
        if self._lying is not None:
            self._hold(Torn(*self._lying, step))

    def free(self) -> None:
        """It was finished, or answered for, or laid aside."""
        self._hold(None)

    def ensure_first(self, card: Inserted) -> None:
        """Ask on the card's lane, before anything is done with a card.

        Raises:
            Refusal: `other_card_first`.
        """
        torn, identity = self._torn, card.content.identity
        if torn is None or (identity.maker, identity.card_no) == (torn.maker, torn.card_no):
            return
        if any(one.card_no == torn.card_no for one in self._services.open_intents()):
            raise Refusal(OTHER_CARD, tail=torn.tail)

    def _hold(self, torn: Torn | None) -> None:
        if torn != self._torn:
            self._torn = torn
            self.changed.emit()
