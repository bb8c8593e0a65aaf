-- What a sweep lists: everything that customers did but signing in and out, which is most of the rows.
CREATE INDEX access_procedure ON access (act, at, decision)
    WHERE act NOT IN ('sign_in', 'step_up', 'sign_out');
