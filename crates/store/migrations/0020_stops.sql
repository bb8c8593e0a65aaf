-- People of the firm, and stops: operations that are switched off. A person is called by a name to sign in
-- with; the secret is a keyed hash.

CREATE TABLE staff (
    id {bytes} NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    roles TEXT NOT NULL,
    hash {bytes} NOT NULL UNIQUE,
    created {int} NOT NULL,
    disabled {int},
    revision {int} NOT NULL
){keyed};

-- What is not named in the scope is covered whatever it is.
CREATE TABLE stop (
    id {bytes} NOT NULL PRIMARY KEY,
    kind TEXT,
    application {bytes},
    channel TEXT,
    segment TEXT,
    reason TEXT NOT NULL,
    message_ja TEXT NOT NULL,
    message_en TEXT NOT NULL,
    remaining TEXT NOT NULL,
    made_by {bytes} NOT NULL REFERENCES staff (id),
    made {int} NOT NULL,
    begins {int},
    ends {int},
    proposed_by {bytes} REFERENCES staff (id),
    proposed {int},
    proposed_end {int},
    lifted_by {bytes} REFERENCES staff (id),
    lifted {int},
    revision {int} NOT NULL
){rows};
CREATE INDEX stop_open ON stop (ends) WHERE lifted IS NULL;

-- One row, which counts every change of what is stopped. Decisions about operations rest on it.
CREATE TABLE stop_epoch (
    one {int} NOT NULL PRIMARY KEY,
    epoch {int} NOT NULL
){keyed};
INSERT INTO stop_epoch (one, epoch) VALUES (1, 0);

-- By which channel an operation was asked for and of which segments its customer is; nothing where it was not
-- said.
ALTER TABLE operation ADD COLUMN channel TEXT;
ALTER TABLE operation ADD COLUMN segments TEXT;

-- Who of the firm it was.
ALTER TABLE entry ADD COLUMN staff {bytes};
