"""Feeds: what was published, its signed changes and snapshots, and who follows which of them."""

from __future__ import annotations

from alembic import op

revision = "r0009"
down_revision = "r0008"

# Prices are agreed on by two people, and the books say which. Keys sort as stations sort them.
_PUBLISHED = """
CREATE TABLE publications (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    published bigint NOT NULL UNIQUE,
    what text NOT NULL CHECK (what <> ''),
    published_by text NOT NULL CHECK (published_by <> ''),
    approved_by text NOT NULL,
    put bigint NOT NULL,
    gone bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT publications_two_persons CHECK (approved_by <> published_by)
);
CREATE TABLE feeds (
    feed text PRIMARY KEY CHECK (feed = 'policy' OR feed LIKE 'directory/_%'),
    number bigint NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    published bigint NOT NULL,
    decided bigint NOT NULL
);
CREATE TABLE feed_rows (
    key text COLLATE "C" PRIMARY KEY CHECK (key <> ''),
    feed text NOT NULL REFERENCES feeds,
    row text NOT NULL
);
CREATE INDEX feed_rows_feed_idx ON feed_rows (feed, key);
"""

_CHANGES = """
CREATE TABLE feed_deltas (
    feed text NOT NULL REFERENCES feeds,
    number bigint NOT NULL CHECK (number > 0),
    before bytea NOT NULL CHECK (length(before) = 32),
    published bigint NOT NULL,
    body bytea NOT NULL,
    signature bytea NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (feed, number)
);
CREATE TABLE feed_snapshots (
    feed text NOT NULL REFERENCES feeds,
    number bigint NOT NULL CHECK (number > 0),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    published bigint NOT NULL,
    rows bigint NOT NULL,
    packed_bytes bigint NOT NULL,
    pages bytea NOT NULL CHECK (length(pages) % 32 = 0 AND length(pages) > 0),
    signature bytea NOT NULL CHECK (length(signature) = 64),
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (feed, number)
);
CREATE TABLE feed_pages (
    feed text NOT NULL,
    number bigint NOT NULL,
    page bigint NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (feed, number, page),
    FOREIGN KEY (feed, number) REFERENCES feed_snapshots (feed, number)
);
"""

_FOLLOWERS = """
CREATE TABLE station_districts (
    station text NOT NULL,
    feed text NOT NULL,
    given_by text NOT NULL,
    given_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (station, feed)
);
CREATE TABLE station_feeds (
    station text NOT NULL REFERENCES stations,
    feed text NOT NULL,
    number bigint NOT NULL,
    told_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (station, feed)
);
"""

_GRANTS = """
GRANT SELECT, INSERT ON publications, feeds, feed_rows, feed_deltas, feed_snapshots, feed_pages,
    station_districts, station_feeds TO cardstation_service;
GRANT UPDATE (number, hash, published, decided) ON feeds TO cardstation_service;
GRANT UPDATE (feed, row), DELETE ON feed_rows TO cardstation_service;
GRANT DELETE ON feed_pages, station_districts TO cardstation_service;
GRANT UPDATE (number, told_at) ON station_feeds TO cardstation_service;
"""


def upgrade() -> None:
    """Add everything; the facts stay as they are."""
    for statements in (_PUBLISHED, _CHANGES, _FOLLOWERS, _GRANTS):
        op.execute(statements)
