-- Transaction PINs: a hash beside that of the login password, one for each customer. What was there before a
-- change stays for the life of a report code, so that "this was not me" can bring it back.

CREATE TABLE pin (
    id {bytes} NOT NULL PRIMARY KEY,
    customer {bytes} NOT NULL UNIQUE REFERENCES customer (id),
    hash TEXT NOT NULL,
    set_at {int} NOT NULL,
    -- When its customer set the first one here; none when it was taken over from another system.
    begun {int},
    before_hash TEXT,
    before_at {int},
    revision {int} NOT NULL
){keyed};

-- When a PIN was last set without the one before: money waits for a while then.
ALTER TABLE customer ADD COLUMN pin_recovered {int};
