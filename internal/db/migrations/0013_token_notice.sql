-- Whose owner was told that they expire, once a token.
CREATE TABLE token_notices (
  site_id     bigint NOT NULL,
  token_id    keytext NOT NULL,
  message_id  keytext NOT NULL,         -- of the mail, or of the first where several people were told
  noticed_at  bigint NOT NULL,
  PRIMARY KEY (site_id, token_id),
  FOREIGN KEY (site_id, token_id) REFERENCES tokens ON DELETE CASCADE
);
-- What ends soon is counted and told, and what has ended is deleted, in this order.
CREATE INDEX tokens_by_expiry ON tokens (site_id, kind, expires_at);
CREATE INDEX tokens_by_revocation ON tokens (site_id, kind, revoked_at) WHERE revoked_at > 0;
CREATE INDEX authorization_codes_by_expiry ON authorization_codes (site_id, expires_at);
CREATE INDEX refresh_tokens_by_expiry ON refresh_tokens (site_id, expires_at);
CREATE INDEX grants_by_revocation ON grants (site_id, revoked_at) WHERE revoked_at > 0;
