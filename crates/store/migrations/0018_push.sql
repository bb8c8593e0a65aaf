-- Approval on a phone: browsers that take messages for their customer (address and keys are sealed), what they
-- are asked, and the keys by which push services know us.

CREATE TABLE approver (
    id {bytes} NOT NULL PRIMARY KEY,
    customer {bytes} NOT NULL REFERENCES customer (id),
    device {bytes} NOT NULL UNIQUE,
    sealed {bytes} NOT NULL,
    push_key TEXT NOT NULL,
    created {int} NOT NULL,
    last_at {int}
){keyed};
CREATE INDEX approver_customer ON approver (customer);

-- One for each customer: a newer request takes the place of the open one.
CREATE TABLE push_request (
    customer {bytes} NOT NULL PRIMARY KEY REFERENCES customer (id),
    id {bytes} NOT NULL UNIQUE,
    about TEXT NOT NULL,
    operation {bytes},
    bound {bytes} NOT NULL,
    secret {bytes} NOT NULL UNIQUE,
    sealed {bytes} NOT NULL,
    asker {bytes},
    decision {bytes} NOT NULL,
    sent {int} NOT NULL,
    expires {int} NOT NULL,
    wrong {int} NOT NULL,
    approved {int},
    revision {int} NOT NULL
){keyed};
CREATE INDEX push_request_expires ON push_request (expires);

CREATE TABLE push_key (
    kid TEXT NOT NULL PRIMARY KEY,
    sealed {bytes} NOT NULL,
    created {int} NOT NULL
){keyed};
