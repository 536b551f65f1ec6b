"""Gives the page of a bag its callables."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from cardstation.bootstrap.bag_papers import print_return, write_bag_paper
from cardstation.domain.bag_papers import OfBag
from cardstation.services.bag_papers import annex, bag_label, custody_slip
from cardstation.services.close_batch import close_batch
from cardstation.services.collect_bag import collect_bag
from cardstation.services.count_again import collected_here, count_again
from cardstation.services.custody_state import custody_state
from cardstation.services.explain_card import explain_card
from cardstation.services.hand_over import hand_over
from cardstation.services.photograph_paper import photograph_paper
from cardstation.services.return_batch import return_batch
from cardstation.services.station import Station
from cardstation.services.trace_bag import trace_bag
from cardstation.settings import Settings
from drivers.printers import CupsPrinter
from ui.bag_services import BagServices, ReturnMade


def bag_services(
    station: Station,
    folder: Path,
    settings: Callable[[], Settings],
    printed: Callable[[Path], Path],
) -> BagServices:
    """Custody behind the window.

    Args:
        station: The desk.
        folder: Where papers are filed.
        settings: As they are now: language, printer, days until a purge.
        printed: Prints a filed paper where a printer is set.
    """

    def filed(value: OfBag) -> Path:
        return printed(write_bag_paper(value, folder, settings().language))

    def printed_return(
        batch_id: str, by_floor: bool, again: str, progress: Callable[[int, int], None]
    ) -> ReturnMade:
        now = settings()
        printer = CupsPrinter(now.printer) if now.printer else None
        paths = print_return(
            station,
            batch_id,
            folder,
            now.language,
            printer,
            progress,
            by_floor=by_floor,
            again=again,
        )
        return ReturnMade(paths, printed=printer is not None)

    return BagServices(
        state=partial(custody_state, station),
        hand_over=partial(hand_over, station),
        give_back=partial(return_batch, station),
        photograph=partial(photograph_paper, station),
        explain=partial(explain_card, station),
        close=partial(close_batch, station),
        collect=partial(collect_bag, station),
        collected=partial(collected_here, station),
        count_again=partial(count_again, station),
        trace=partial(trace_bag, station),
        label=lambda batch_id: filed(bag_label(station, batch_id)),
        slip=lambda batch_id, number: filed(custody_slip(station, batch_id, number)),
        annex=lambda batch_id: filed(annex(station, batch_id, settings().purge_days)),
        print_return=printed_return,
    )
