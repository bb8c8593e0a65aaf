-- What a grant says beside the operation: how strongly the customer proved who they are, and the word that the
-- application gave along.

ALTER TABLE operation ADD COLUMN grant_acr TEXT;
ALTER TABLE operation ADD COLUMN nonce TEXT;
