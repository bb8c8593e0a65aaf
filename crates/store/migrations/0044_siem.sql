-- What waits to be told outside, for each way by which it is told (0 a SIEM, 1 a chat): a list and no
-- place in an order, so that a decision that lands late is told late.

CREATE TABLE siem_waiting (
    way {int} NOT NULL,
    decision {bytes} NOT NULL,
    PRIMARY KEY (way, decision)
){keyed};
