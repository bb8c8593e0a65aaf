-- Webhooks of applications; and of each operation, which of its revisions its application was told last. Of one that was
-- asked for without a webhook that is NULL, and it is not told.

CREATE TABLE webhook (
    application {bytes} NOT NULL PRIMARY KEY REFERENCES application (id),
    url TEXT NOT NULL,
    secret {bytes} NOT NULL,
    former {bytes},
    former_until {int},
    created {int} NOT NULL,
    failed_at {int},
    error TEXT,
    given_up {int} NOT NULL
){keyed};

ALTER TABLE operation ADD COLUMN told_revision {int};
ALTER TABLE operation ADD COLUMN tell_next {int} NOT NULL DEFAULT 0;
ALTER TABLE operation ADD COLUMN tell_tries {int} NOT NULL DEFAULT 0;
CREATE INDEX operation_untold ON operation (application, tell_next) WHERE told_revision < revision;
