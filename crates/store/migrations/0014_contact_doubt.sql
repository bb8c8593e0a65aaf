-- Since when the ways to reach a customer may be a stranger's: the account was frozen a short time after they were
-- changed. Until it is thawed, codes sent there thaw nothing.

ALTER TABLE customer ADD COLUMN contact_doubted {int};
