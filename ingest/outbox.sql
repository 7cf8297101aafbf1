-- Points on their way to a store of history, in the order of posting.
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    stream TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    body BLOB NOT NULL               -- checksum, then the point
);
CREATE INDEX IF NOT EXISTS outbox_of ON outbox (stream, id);
-- Counted as rows come and go: to count them when asked would read all of a large outbox.
CREATE TABLE IF NOT EXISTS outbox_load (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    rows INTEGER NOT NULL,
    bytes INTEGER NOT NULL
);
INSERT OR IGNORE INTO outbox_load (id, rows, bytes)
    SELECT 1, count(*), coalesce(sum(length(body)), 0) FROM outbox;
CREATE TRIGGER IF NOT EXISTS outbox_grows AFTER INSERT ON outbox BEGIN
    UPDATE outbox_load SET rows = rows + 1, bytes = bytes + length(new.body);
END;
CREATE TRIGGER IF NOT EXISTS outbox_shrinks AFTER DELETE ON outbox BEGIN
    UPDATE outbox_load SET rows = rows - 1, bytes = bytes - length(old.body);
END;
-- Points that the store will never take, for people to look at.
CREATE TABLE IF NOT EXISTS outbox_refused (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    stream TEXT NOT NULL,
    why TEXT NOT NULL,
    point TEXT NOT NULL
);
