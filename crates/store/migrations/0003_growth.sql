-- What a counter counts and until when it matters, and until when the words of a message do, so that nothing
-- is kept for ever that nobody looks at any more.

-- `total` goes on across locks and ends with a right proof; `counted` is the word of what is counted.
ALTER TABLE guess ADD COLUMN counted TEXT NOT NULL DEFAULT 'earlier';
ALTER TABLE guess ADD COLUMN total {int} NOT NULL DEFAULT 0;
ALTER TABLE guess ADD COLUMN expires {int} NOT NULL DEFAULT 0;
-- Thirty days, as for counters of guesses from now on.
UPDATE guess SET total = tries, expires = last_at + 2592000000000;
CREATE INDEX guess_by_expires ON guess (expires);

CREATE INDEX address_failure_by_bucket ON address_failure (bucket);

-- Until when what a message says is of use; empty once its destination and text are removed.
ALTER TABLE notice ADD COLUMN expires {int};
UPDATE notice SET expires = created + 259200000000;
CREATE INDEX notice_by_expires ON notice (expires);
