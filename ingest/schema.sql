-- The journal of a service: what came, what it came to, where the fold stands.
CREATE TABLE IF NOT EXISTS journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    body BLOB NOT NULL               -- checksum, then entries and tick without sightings
);
-- Sightings of enrolled tags: never shipped, never backed up, gone after 15 minutes.
CREATE TABLE IF NOT EXISTS sightings (
    journal_id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS snapshot (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    journal_id INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    memory BLOB NOT NULL,
    estimator BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS quarantine (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    family TEXT NOT NULL,
    board TEXT NOT NULL,
    length_bytes INTEGER NOT NULL,
    excerpt TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS gaps (
    board TEXT NOT NULL,
    boot TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    noticed_ms INTEGER NOT NULL,
    PRIMARY KEY (board, boot, first)
);
-- Times in which messages may have been lost that nobody counts: the broker forgot our session.
CREATE TABLE IF NOT EXISTS interruptions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    from_ms INTEGER NOT NULL,
    to_ms INTEGER NOT NULL,
    why TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS journal_at ON journal (at_ms);
CREATE INDEX IF NOT EXISTS sightings_at ON sightings (at_ms);
