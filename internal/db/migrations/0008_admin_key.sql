-- Keys that let a site administrator see everything for a while.
CREATE TABLE admin_keys (
  site_id    bigint NOT NULL,
  account_id keytext NOT NULL,
  enabled_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  PRIMARY KEY (site_id, account_id),
  FOREIGN KEY (site_id, account_id) REFERENCES accounts ON DELETE CASCADE
);
