-- On which phone a request was approved, so that a confirmation is that phone's and nobody else's; what counted
-- before a raise of limits that counts by now, so that a report takes it back.

ALTER TABLE push_request ADD COLUMN approver {bytes};

-- What a phone confirmed that cannot be told any more is confirmed by nothing that is there.
UPDATE operation SET held_by = COALESCE((SELECT a.id FROM approver a WHERE a.customer = operation.customer
    AND a.created = operation.held_phone LIMIT 1), operation.id) WHERE held_phone IS NOT NULL;
ALTER TABLE operation DROP COLUMN held_phone;

ALTER TABLE own_limit ADD COLUMN before_each {int};
ALTER TABLE own_limit ADD COLUMN before_day {int};
ALTER TABLE own_limit ADD COLUMN before_asked {int};
