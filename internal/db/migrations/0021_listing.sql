-- Lists the entries of an operation as those of a target and of an actor are listed. Only the sealer writes to it
CREATE INDEX changes_by_operation ON changes (site_id, operation, seq) WHERE seq IS NOT NULL;
-- An inbox lists mail from the newest, which its IDs do not tell
CREATE INDEX outbox_by_time ON outbox (site_id, created_at, message_id);
-- Lists what people allow an app now
CREATE INDEX grants_standing ON grants (site_id, client_id, grant_id) WHERE revoked_at = 0;
