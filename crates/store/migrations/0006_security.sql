-- What the security centre shows and changes: fresh proofs in a session, names of devices and those that were
-- forgotten, dedicated addresses, and every change of contact with what undoes it.

-- When a contact was last added or replaced: money waits for a while then.
ALTER TABLE customer ADD COLUMN contact_changed {int};

-- A dedicated address for notices is no way to sign in. A channel that was replaced is kept, retired, so that
-- "this was not me" can bring it back.
ALTER TABLE channel ADD COLUMN purpose TEXT NOT NULL DEFAULT 'login';
ALTER TABLE channel ADD COLUMN retired {int};

-- A name that its customer gave is sealed. The row of a forgotten device stays, so that its token is known.
ALTER TABLE device ADD COLUMN name {bytes};
ALTER TABLE device ADD COLUMN forgotten {int};

-- The last proof that was given inside the session, and how.
ALTER TABLE session ADD COLUMN again_at {int};
ALTER TABLE session ADD COLUMN again_by TEXT;

-- Through which of the customer's channels a message went.
ALTER TABLE notice ADD COLUMN channel {bytes};
CREATE INDEX notice_by_customer ON notice (customer, created);

CREATE TABLE contact_change (
    decision {bytes} NOT NULL PRIMARY KEY,
    customer {bytes} NOT NULL REFERENCES customer (id),
    added {bytes} NOT NULL,
    retired {bytes},
    at {int} NOT NULL,
    undone {int}
){keyed};
CREATE INDEX contact_change_by_customer ON contact_change (customer, at);
