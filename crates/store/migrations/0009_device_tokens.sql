-- Tokens of remembered devices: every one that was issued, which one it replaced, and when it was retired because
-- its successor was seen. One that comes later than that is a copy.

CREATE TABLE device_token (
    token {bytes} NOT NULL PRIMARY KEY,
    device {bytes} NOT NULL,
    customer {bytes} NOT NULL REFERENCES customer (id),
    parent {bytes},
    issued {int} NOT NULL,
    retired {int}
){keyed};
CREATE INDEX device_token_by_device ON device_token (device);
CREATE INDEX device_token_by_customer ON device_token (customer);
CREATE INDEX device_token_by_retired ON device_token (retired);
INSERT INTO device_token (token, device, customer, issued) SELECT token, id, customer, created FROM device;

-- The same table without its token.
CREATE TABLE device_kept (
    id {bytes} NOT NULL PRIMARY KEY,
    customer {bytes} NOT NULL REFERENCES customer (id),
    client TEXT,
    created {int} NOT NULL,
    last_at {int} NOT NULL,
    name {bytes},
    forgotten {int}
){keyed};
INSERT INTO device_kept (id, customer, client, created, last_at, name, forgotten)
    SELECT id, customer, client, created, last_at, name, forgotten FROM device;
DROP TABLE device;
ALTER TABLE device_kept RENAME TO device;
CREATE INDEX device_by_customer ON device (customer);
