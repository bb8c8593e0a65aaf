-- Attacks across customers that were found. One row for what each goes by; it is updated as long as it goes on, and
-- its counts are the most there was within the longest window.

CREATE TABLE alert (
    id {bytes} NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    value {bytes} NOT NULL,
    label TEXT NOT NULL,
    first_at {int} NOT NULL,
    last_at {int} NOT NULL,
    raised {int} NOT NULL,
    attempts {int} NOT NULL,
    failures {int} NOT NULL,
    accounts {int} NOT NULL,
    strangers {int} NOT NULL,
    addresses {int} NOT NULL,
    proved {int} NOT NULL,
    entered {int} NOT NULL,
    closed {int}
){keyed};
CREATE INDEX alert_newest ON alert (last_at);

-- Whom it touched: 0 tried, 1 the first proof was right, 2 entered.
CREATE TABLE alert_customer (
    alert {bytes} NOT NULL REFERENCES alert (id),
    customer {bytes} NOT NULL,
    touch {int} NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (alert, customer)
){keyed};
