-- Rule sets: documents that say who is judged how. A document is never changed.

CREATE TABLE rule_set (
    id {bytes} NOT NULL PRIMARY KEY,
    version TEXT NOT NULL UNIQUE,
    digest {bytes} NOT NULL,
    document TEXT NOT NULL,
    made_by {bytes} NOT NULL REFERENCES staff (id),
    made {int} NOT NULL,
    shadowed {int},
    approved_by {bytes} REFERENCES staff (id),
    approved {int}
){rows};

-- One row: which are in force, and how often that changed. Nothing stands for the shipped one.
CREATE TABLE rule_choice (
    one {int} NOT NULL PRIMARY KEY,
    epoch {int} NOT NULL,
    live {bytes} REFERENCES rule_set (id),
    former {bytes} REFERENCES rule_set (id),
    shadow {bytes} REFERENCES rule_set (id)
){keyed};
INSERT INTO rule_choice (one, epoch) VALUES (1, 0);
