"""Runs revisions on the connection that `store.schema` hands over, in one transaction."""

from __future__ import annotations

from alembic import context

from cardstation.store.schema import ALL_TABLES

_connection = context.config.attributes["connection"]
context.configure(connection=_connection, target_metadata=ALL_TABLES)
with context.begin_transaction():
    context.run_migrations()
