-- Parts of the history that were kept as files: the decisions after one and up to another, with the digest of
-- their rows. Each begins where the one before it ended. `removed` is when the last of the rows had gone.
CREATE TABLE archive_part (
    kept TEXT NOT NULL,
    after {bytes} NOT NULL,
    upto {bytes} NOT NULL,
    day {int} NOT NULL,
    held {int} NOT NULL,
    digest {bytes} NOT NULL,
    at {int} NOT NULL,
    removed {int},
    PRIMARY KEY (kept, after)
){keyed};
