-- By what people of the firm come into the console: passkeys, and the sessions that these open. A session without a
-- passkey is one in which the first is made.

CREATE TABLE staff_passkey (
    id {bytes} NOT NULL PRIMARY KEY,
    staff {bytes} NOT NULL REFERENCES staff (id),
    rp_id TEXT NOT NULL,
    handle {bytes} NOT NULL UNIQUE,
    user_handle {bytes} NOT NULL,
    public_key {bytes} NOT NULL,
    signatures {int} NOT NULL,
    backup TEXT NOT NULL,
    aaguid {bytes} NOT NULL,
    attested {int} NOT NULL,
    transports TEXT NOT NULL,
    name TEXT NOT NULL,
    created {int} NOT NULL,
    last_at {int},
    revision {int} NOT NULL
){rows};
CREATE INDEX staff_passkey_of ON staff_passkey (staff, created);

CREATE TABLE staff_session (
    id {bytes} NOT NULL PRIMARY KEY,
    token {bytes} NOT NULL UNIQUE,
    staff {bytes} NOT NULL REFERENCES staff (id),
    passkey {bytes},
    opened {int} NOT NULL,
    proved {int} NOT NULL,
    last_at {int} NOT NULL,
    ends {int} NOT NULL,
    ended {int}
){keyed};
CREATE INDEX staff_session_of ON staff_session (staff);
CREATE INDEX staff_session_over ON staff_session (ends);
