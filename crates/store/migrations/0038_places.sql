-- Who was at a place is asked with since when and since which success: in the index, the answer for a
-- hundred people is a page or two of it, and not a row here and a row there. Neither column changes
-- when an access is counted up: a new row, a first success and a report alone write the index.

CREATE INDEX sighting_at_place ON sighting (kind, value, customer, first_at, first_success);
DROP INDEX sighting_by_trait;
