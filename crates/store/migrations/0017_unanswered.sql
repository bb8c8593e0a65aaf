-- What the code in a text message cost at the guard against pumping: two counters, and by how much they go back when
-- it is used.

ALTER TABLE challenge ADD COLUMN notice {bytes};
ALTER TABLE challenge ADD COLUMN text_prefix {bytes};
ALTER TABLE challenge ADD COLUMN back_prefix {int};
ALTER TABLE challenge ADD COLUMN text_country {bytes};
ALTER TABLE challenge ADD COLUMN back_country {int};
CREATE INDEX challenge_by_notice ON challenge (notice);
