-- Its condition says nothing to the index by seq: PostgreSQL would go by that where it believes that little is sealed
DROP INDEX changes_by_operation;
CREATE INDEX changes_by_operation ON changes (site_id, operation, seq) WHERE COALESCE(seq, 0) > 0;
