-- Limits and choices of customers' own, and what counts towards limits: the amount of an operation, and the moment
-- from which it counts, when it was confirmed and then when it was redeemed. The revision of a row of
-- `own_limit` counts up with everything that is confirmed under it, so that of two confirmations at once
-- one is decided again.

ALTER TABLE operation ADD COLUMN amount {int};
ALTER TABLE operation ADD COLUMN currency TEXT;
ALTER TABLE operation ADD COLUMN counted {int};
CREATE INDEX operation_counted ON operation (customer, kind, counted);

CREATE TABLE own_limit (
    customer {bytes} NOT NULL,
    kind TEXT NOT NULL,
    currency TEXT NOT NULL,
    each_most {int},
    day_most {int},
    next_each {int},
    next_day {int},
    next_asked {int},
    next_from {int},
    raised {int},
    revision {int} NOT NULL,
    PRIMARY KEY (customer, kind, currency)
){keyed};

CREATE TABLE own_choice (
    customer {bytes} NOT NULL,
    kind TEXT NOT NULL,
    choice TEXT,
    next_choice TEXT,
    next_asked {int},
    next_from {int},
    revision {int} NOT NULL,
    PRIMARY KEY (customer, kind)
){keyed};
