-- Cases: what was found that a person has to look into. One procedure has one of each source. `place` is how soon
-- somebody should look, 0 first; it follows from what was found.

CREATE TABLE case_file (
    id {bytes} NOT NULL PRIMARY KEY,
    customer {bytes} NOT NULL REFERENCES customer (id),
    source TEXT NOT NULL,
    found TEXT NOT NULL,
    place {int} NOT NULL,
    about {bytes} NOT NULL,
    act TEXT NOT NULL,
    done {int} NOT NULL,
    opened {int} NOT NULL,
    opened_by {bytes} REFERENCES staff (id),
    taken_by {bytes} REFERENCES staff (id),
    taken {int},
    closed_by {bytes} REFERENCES staff (id),
    closed {int},
    ending TEXT,
    revision {int} NOT NULL,
    UNIQUE (about, source)
){rows};
CREATE INDEX case_waiting ON case_file (place, opened, id) WHERE closed IS NULL;
CREATE INDEX case_newest ON case_file (opened, id);

-- One row: until when the withdrawals were looked at that are looked at every day.
CREATE TABLE daily_look (
    one {int} NOT NULL PRIMARY KEY,
    until {int}
){keyed};
INSERT INTO daily_look (one, until) VALUES (1, NULL);
