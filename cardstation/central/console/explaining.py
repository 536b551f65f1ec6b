"""Closes an item of the suspense desk; with money in it only on a second person's decision."""

from __future__ import annotations

from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError

from cardstation.central.console.tables import explanations
from cardstation.errors import Refusal


def keep_explanation(
    connection: Connection,
    number: int,
    words: str,
    *,
    clerk: str,
    suspended: bool,
    proposal: int | None = None,
) -> None:
    """Close an item.

    Raises:
        Refusal: `explained_already`.
    """
    made = insert(explanations).values(
        exception=number, suspended=suspended, words=words, clerk=clerk, proposal=proposal
    )
    try:
        with connection.begin_nested():
            connection.execute(made)
    except IntegrityError as error:
        raise Refusal("explained_already", number=number) from error
