-- Why, for programs: JSON, {"code": …} with the values that the sentence beside it holds. Nothing where the sentence is
-- of an older version, or where there is none.
ALTER TABLE jobs ADD COLUMN cause TEXT;
ALTER TABLE job_events ADD COLUMN cause TEXT;
ALTER TABLE rejected_rows ADD COLUMN cause TEXT;
