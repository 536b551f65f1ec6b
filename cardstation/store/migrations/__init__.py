"""Alembic revisions of the station's store."""
