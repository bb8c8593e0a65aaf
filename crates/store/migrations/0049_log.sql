-- The log: every decision as a leaf of a tree whose head is signed (core/log). What waits for it stands in siem_waiting,
-- by way 2. A leaf is never changed. Its salt may be dropped one day, with what is erased of its entry.

CREATE TABLE log_head (
    number {int} NOT NULL PRIMARY KEY,
    origin TEXT NOT NULL,
    key {bytes} NOT NULL,
    verifier TEXT NOT NULL,
    size {int} NOT NULL,
    head {bytes} NOT NULL,
    note TEXT NOT NULL,
    at {int} NOT NULL
){keyed};

CREATE TABLE log_leaf (
    position {int} NOT NULL PRIMARY KEY,
    decision {bytes} NOT NULL UNIQUE,
    salt {bytes},
    data TEXT NOT NULL
){rows};

-- Tiles that are full, of 256 hashes; those that are not follow from the head.
CREATE TABLE log_tile (
    level {int} NOT NULL,
    number {int} NOT NULL,
    hashes {bytes} NOT NULL,
    PRIMARY KEY (level, number)
){keyed};
