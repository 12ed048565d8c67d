-- put_back: a row that was tried again in vain keeps telling which line of which file it was
-- params : id, row_no, run_id (of the load that met it in its file)
-- returns: nothing
-- used by: pipelines.quarantine        index: quarantine_pkey
UPDATE quarantine SET row_no = :row_no, last_run_id = :run_id WHERE id = :id
