-- When it was said that what an access taught was fraud; the trait then settles nothing for this customer, and
-- others are asked for more proof where it shows again.

ALTER TABLE sighting ADD COLUMN voided {int};
CREATE INDEX sighting_voided ON sighting (kind, value, customer) WHERE voided IS NOT NULL;
