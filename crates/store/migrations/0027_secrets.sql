-- When the present secret of a person of the firm was given: who lifts a stop had theirs before it, or for long.

ALTER TABLE staff ADD COLUMN given {int} NOT NULL DEFAULT 0;
UPDATE staff SET given = created;
