-- Isolation forests that were grown: the newest, which judges, and the one before it.
CREATE TABLE forest (
    version {int} NOT NULL PRIMARY KEY,
    digest {bytes} NOT NULL,
    bytes {bytes} NOT NULL,
    grown {int} NOT NULL,
    grown_from {int} NOT NULL
){rows};
