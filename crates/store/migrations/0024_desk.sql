-- The support desk: calls whose customers proved who they are, and the operations that were asked for in them.

CREATE TABLE desk_call (
    id {bytes} NOT NULL PRIMARY KEY,
    customer {bytes} NOT NULL REFERENCES customer (id),
    staff {bytes} NOT NULL REFERENCES staff (id),
    opened {int} NOT NULL,
    ends {int} NOT NULL
){keyed};
CREATE INDEX desk_call_by_customer ON desk_call (customer);

CREATE TABLE desk_operation (
    operation {bytes} NOT NULL PRIMARY KEY REFERENCES operation (id),
    call {bytes} NOT NULL REFERENCES desk_call (id),
    staff {bytes} NOT NULL REFERENCES staff (id)
){keyed};
