-- That a customer was entered was settled: they were frozen for it, or were frozen already. `touched` is when they were
-- entered for the last time; what happens later is settled anew. The alert may be gone.

CREATE TABLE entered (
    customer {bytes} NOT NULL,
    touched {int} NOT NULL,
    alert {bytes} NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (customer, touched)
){keyed};
CREATE INDEX entered_old ON entered (touched);
CREATE INDEX alert_closed ON alert (closed) WHERE closed IS NOT NULL;

-- What one node works at, so that the others leave it: until when, and the moment is its own word.
CREATE TABLE claim (
    work TEXT NOT NULL PRIMARY KEY,
    until {int} NOT NULL
){keyed};
