-- What is counted of everybody: accesses that ended well, by what they showed, and the customers whose first of
-- them is among those. A worker alone writes here, in batches, some time behind the clock. `kind` is that of a
-- trait (`value` is too), 64 an hour of the day, 65 a client family in a network, and from 128 on how many
-- values a kind of trait has.
CREATE TABLE population (
    kind {int} NOT NULL,
    value {bytes} NOT NULL,
    logins {int} NOT NULL,
    customers {int} NOT NULL,
    PRIMARY KEY (kind, value)
){keyed};

-- One row: up to which decision was counted, and how often.
CREATE TABLE population_mark (
    one {int} NOT NULL PRIMARY KEY,
    epoch {int} NOT NULL,
    mark {bytes}
){keyed};
INSERT INTO population_mark (one, epoch) VALUES (1, 0);
