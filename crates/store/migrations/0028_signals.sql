-- Signals: what a customer registered was seen with others before. One for each customer and trait, the newest
-- counts; `entry` is the decision of that one and `raised` the moment of the first. The value is a keyed hash or
-- an id, as in `sighting`.

CREATE TABLE signal (
    customer {bytes} NOT NULL REFERENCES customer (id),
    kind {int} NOT NULL,
    value {bytes} NOT NULL,
    others {int} NOT NULL,
    first_at {int},
    reported {int} NOT NULL,
    act TEXT NOT NULL,
    entry {bytes} NOT NULL,
    raised {int} NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (customer, kind, value)
){keyed};
CREATE INDEX signal_newest ON signal (at);

-- How often anybody registered a payout account. A decision rests on it, so that of two customers who register the
-- same one at the same moment, one is decided again with the other known.
CREATE TABLE registration (
    kind {int} NOT NULL,
    value {bytes} NOT NULL,
    revision {int} NOT NULL,
    PRIMARY KEY (kind, value)
){keyed};
