-- Points on their way to a store of history, in the order of posting.
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    body BLOB NOT NULL               -- checksum, then the point
);
CREATE INDEX IF NOT EXISTS outbox_of ON outbox (stream, id);
-- Points that the store will never take, for people to look at.
CREATE TABLE IF NOT EXISTS outbox_refused (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    stream TEXT NOT NULL,
    why TEXT NOT NULL,
    point TEXT NOT NULL
);
