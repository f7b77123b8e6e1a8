-- People who were asked in by mail, and what became of it.
CREATE TABLE invitations (
  site_id       bigint NOT NULL,
  invitation_id keytext NOT NULL,       -- UUID
  email         text NOT NULL,          -- as given
  email_key     keytext NOT NULL,       -- as matched
  secret_hash   keytext NOT NULL,       -- of the last link that was sent
  administrator boolean NOT NULL,       -- a site administrator invited: it may bring a deactivated person back
  invited_by    keytext NOT NULL,       -- account ID
  base          text NOT NULL,          -- the public URL that the link stands below
  sender        text NOT NULL,          -- who wrote
  message_id    keytext NOT NULL,       -- of the last mail, in the outbox
  sends         bigint NOT NULL,
  created_at    bigint NOT NULL,
  sent_at       bigint NOT NULL,        -- when the last mail was put into the outbox
  expires_at    bigint NOT NULL,
  accepted_at   bigint NOT NULL,        -- 0 while it is not
  revoked_at    bigint NOT NULL,        -- 0 while it is not
  account_id    keytext NOT NULL,       -- of whom it let in; ''
  PRIMARY KEY (site_id, invitation_id)
);
CREATE UNIQUE INDEX invitations_by_secret ON invitations (site_id, secret_hash);
CREATE INDEX invitations_by_email ON invitations (site_id, email_key, sent_at);
-- Calls that were answered and not worked off yet: whether an address is known is looked up only after the answer.
CREATE TABLE invitation_requests (
  site_id       bigint NOT NULL,
  request_id    keytext NOT NULL,       -- UUID
  addresses     text NOT NULL,          -- valid ones, a line each
  administrator boolean NOT NULL,
  cloud_id      text NOT NULL,
  site_name     text NOT NULL,
  base          text NOT NULL,
  life          bigint NOT NULL,        -- microseconds, like the cool-down
  cool_down     bigint NOT NULL,
  actor         text NOT NULL,          -- who called, as in changes
  token_id      text NOT NULL,
  http_request  text NOT NULL,
  ip            text NOT NULL,
  via           text NOT NULL,
  PRIMARY KEY (site_id, request_id)
);
-- Digests of the addresses of closed accounts, which only an administrator may invite again.
CREATE TABLE former_addresses (
  site_id bigint NOT NULL,
  digest  keytext NOT NULL,
  PRIMARY KEY (site_id, digest)
);
