-- Holds that end: since when and why an operation is held, when time releases it, with what it was confirmed if it was,
-- and when a worker has something to do about it (what waits for a confirmation that never comes included).

ALTER TABLE operation ADD COLUMN due {int};
ALTER TABLE operation ADD COLUMN held_at {int};
ALTER TABLE operation ADD COLUMN held_until {int};
ALTER TABLE operation ADD COLUMN held_reasons TEXT;
ALTER TABLE operation ADD COLUMN held_by {bytes};
ALTER TABLE operation ADD COLUMN held_phone {int};
ALTER TABLE operation ADD COLUMN ended TEXT;
ALTER TABLE operation ADD COLUMN grant_until {int};
CREATE INDEX operation_due ON operation (due) WHERE due IS NOT NULL;

UPDATE operation SET due = expires WHERE state = 'pending';

-- What was held before waits for a person, 60 days from when it was asked for.
UPDATE operation SET held_at = created, held_reasons = '', expires = created + 5184000000000,
    due = created + 5184000000000 WHERE state = 'held';
