-- Mail that nobody needs any more is called back, forgets whom it went to, and goes when retention says so.
ALTER TABLE outbox ADD COLUMN cancelled boolean NOT NULL DEFAULT false; -- whoever has it must not hand it over
ALTER TABLE outbox ADD COLUMN settled_at bigint;                        -- null while a recipient waits or is uncertain
UPDATE outbox SET settled_at = (SELECT MAX(r.updated_at) FROM outbox_recipients r WHERE r.site_id = outbox.site_id AND r.message_id = outbox.message_id)
  WHERE due_at IS NULL AND NOT EXISTS (SELECT 1 FROM outbox_recipients r
    WHERE r.site_id = outbox.site_id AND r.message_id = outbox.message_id AND r.state NOT IN ('sent', 'refused'));
CREATE INDEX outbox_settled ON outbox (site_id, settled_at, message_id) WHERE settled_at IS NOT NULL;
-- The address in lower case, by which it is found when it is to be erased; '' once it is. Null in rows that are older than this column.
ALTER TABLE outbox_recipients ADD COLUMN address_key keytext;
CREATE INDEX outbox_recipients_by_address ON outbox_recipients (site_id, address_key);
-- What became of the last mail of an invitation, which outlives the mail.
ALTER TABLE invitations ADD COLUMN taken_at bigint NOT NULL DEFAULT 0;     -- when the mail server took it; 0 while it has not
ALTER TABLE invitations ADD COLUMN refused boolean NOT NULL DEFAULT false; -- for good
UPDATE invitations SET taken_at = COALESCE((SELECT MAX(r.updated_at) FROM outbox_recipients r
    WHERE r.site_id = invitations.site_id AND r.message_id = invitations.message_id AND r.state = 'sent'), 0),
  refused = EXISTS (SELECT 1 FROM outbox_recipients r
    WHERE r.site_id = invitations.site_id AND r.message_id = invitations.message_id AND r.state = 'refused');
CREATE INDEX invitations_by_message ON invitations (site_id, message_id);
-- A call that fails is tried again after growing pauses, and given up in the end.
ALTER TABLE invitation_requests ADD COLUMN asked_at bigint NOT NULL DEFAULT 0;
ALTER TABLE invitation_requests ADD COLUMN attempts bigint NOT NULL DEFAULT 0; -- that failed
ALTER TABLE invitation_requests ADD COLUMN due_at bigint DEFAULT 0;            -- its next try; 0 for at once, null once it is given up
ALTER TABLE invitation_requests ADD COLUMN failed_at bigint NOT NULL DEFAULT 0; -- when it was given up
ALTER TABLE invitation_requests ADD COLUMN reason text NOT NULL DEFAULT '';
CREATE INDEX invitation_requests_due ON invitation_requests (due_at, request_id, site_id) WHERE due_at IS NOT NULL;
