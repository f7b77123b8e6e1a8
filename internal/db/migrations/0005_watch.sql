-- Who is told when something changes. The target is the ID of content, of a label or of a space, so there is no
-- foreign key on it: whoever deletes content or a space deletes its watches
CREATE TABLE watches (
  site_id    bigint NOT NULL,
  kind       keytext NOT NULL,          -- content, label, space
  target_id  bigint NOT NULL,
  account_id keytext NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (site_id, kind, target_id, account_id),
  FOREIGN KEY (site_id, account_id) REFERENCES accounts ON DELETE CASCADE
);
CREATE INDEX watches_by_account ON watches (site_id, account_id, kind, target_id);
-- The app access rule of a space: whether apps are kept from what is in it
ALTER TABLE spaces ADD COLUMN apps_blocked boolean NOT NULL DEFAULT FALSE;
