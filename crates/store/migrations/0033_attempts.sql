-- The feed of attempts: one row for each authentication that was judged, names that nobody has included. It grows
-- at its end alone and is kept for two days. `account` is the customer where `known` is 1, and a keyed hash of what
-- was named where it is 0. `device` is what the browser names, whoever's it is, and `strange` is 0 where the
-- customer got in with it before.

CREATE TABLE attempt (
    at {int} NOT NULL,
    decision {bytes} NOT NULL,
    act TEXT NOT NULL,
    ending TEXT NOT NULL,
    account {bytes} NOT NULL,
    known {int} NOT NULL,
    address {bytes},
    system {int},
    country TEXT,
    client TEXT,
    agent {bytes},
    device {bytes},
    strange {int} NOT NULL,
    application {bytes},
    PRIMARY KEY (at, decision)
){keyed};
