-- Recoveries in course: begun with every proof, due after the waiting time. Whoever says "this was not me" in
-- between ends them, and so does a freeze.

CREATE TABLE recovery (
    customer {bytes} NOT NULL REFERENCES customer (id),
    kind TEXT NOT NULL,
    decision {bytes} NOT NULL UNIQUE,
    begun {int} NOT NULL,
    due {int} NOT NULL,
    expires {int} NOT NULL,
    PRIMARY KEY (customer, kind)
){keyed};
