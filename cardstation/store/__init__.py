"""The station's own records: SQLite through SQLAlchemy Core, one writer, undo by default."""
