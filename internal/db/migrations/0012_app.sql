-- On which sites an app is registered; its ID is the same on all of them.
CREATE TABLE clients (
  client_id keytext NOT NULL,
  site_id   bigint NOT NULL REFERENCES sites ON DELETE CASCADE,
  PRIMARY KEY (client_id, site_id)
);
CREATE TABLE apps (
  site_id       bigint NOT NULL,
  client_id     keytext NOT NULL,
  version       bigint NOT NULL,
  kind          text NOT NULL,          -- oauth, connect, forge
  name          text NOT NULL,
  account_id    keytext NOT NULL,       -- the app as itself
  public        boolean NOT NULL,       -- an OAuth client that can keep no secret
  secret_hash   text NOT NULL,          -- of the client secret; '' where there is none
  redirect_uris text NOT NULL,          -- a line each
  scopes        text NOT NULL,          -- separated by spaces; Connect's own for a Connect app
  app_key       keytext,                -- Connect: the descriptor's key
  client_key    keytext,                -- Connect: the installation
  shared_secret text NOT NULL,          -- Connect: as it is, since both sides sign with it
  descriptor    text NOT NULL,          -- Connect: JSON
  blocked       boolean NOT NULL,
  created_at    bigint NOT NULL,
  PRIMARY KEY (site_id, client_id),
  FOREIGN KEY (site_id, account_id) REFERENCES accounts ON DELETE CASCADE
);
CREATE UNIQUE INDEX apps_by_key ON apps (site_id, app_key);
CREATE UNIQUE INDEX apps_by_client_key ON apps (site_id, client_key);
CREATE INDEX apps_by_account ON apps (site_id, account_id);
-- What a person allowed an app. Its access tokens carry the grant as their family.
CREATE TABLE grants (
  site_id    bigint NOT NULL,
  grant_id   keytext NOT NULL,          -- UUID
  client_id  keytext NOT NULL,
  account_id keytext NOT NULL,
  scopes     text NOT NULL,
  created_at bigint NOT NULL,
  revoked_at bigint NOT NULL,           -- 0 while it stands
  PRIMARY KEY (site_id, grant_id),
  FOREIGN KEY (site_id, client_id) REFERENCES apps ON DELETE CASCADE,
  FOREIGN KEY (site_id, account_id) REFERENCES accounts ON DELETE CASCADE
);
CREATE INDEX grants_by_account ON grants (site_id, account_id);
CREATE INDEX grants_by_client ON grants (site_id, client_id);
-- Codes wait to be exchanged for the tokens of a grant.
CREATE TABLE authorization_codes (
  site_id      bigint NOT NULL,
  code_hash    keytext NOT NULL,
  grant_id     keytext NOT NULL,
  redirect_uri text NOT NULL,
  challenge    text NOT NULL,           -- of PKCE, by S256; '' without one
  expires_at   bigint NOT NULL,
  used_at      bigint NOT NULL,         -- 0 while it is good
  PRIMARY KEY (site_id, code_hash),
  FOREIGN KEY (site_id, grant_id) REFERENCES grants ON DELETE CASCADE
);
CREATE INDEX authorization_codes_by_grant ON authorization_codes (site_id, grant_id);
CREATE TABLE refresh_tokens (
  site_id     bigint NOT NULL,
  secret_hash keytext NOT NULL,
  grant_id    keytext NOT NULL,
  salt        text NOT NULL,            -- from it and the secret follows the successor; '' while there is none
  expires_at  bigint NOT NULL,
  rotated_at  bigint NOT NULL,          -- 0 while it is the last of its grant
  PRIMARY KEY (site_id, secret_hash),
  FOREIGN KEY (site_id, grant_id) REFERENCES grants ON DELETE CASCADE
);
CREATE INDEX refresh_tokens_by_grant ON refresh_tokens (site_id, grant_id);
CREATE TABLE passwords (
  site_id    bigint NOT NULL,
  account_id keytext NOT NULL,
  hash       text NOT NULL,             -- argon2id, with its parameters
  set_at     bigint NOT NULL,
  PRIMARY KEY (site_id, account_id),
  FOREIGN KEY (site_id, account_id) REFERENCES accounts ON DELETE CASCADE
);
-- The keys by which a site signs what it sends to Connect apps.
CREATE TABLE signing_keys (
  site_id    bigint NOT NULL,
  key_id     keytext NOT NULL,
  private    text NOT NULL,             -- PKCS #8, PEM
  created_at bigint NOT NULL,
  PRIMARY KEY (site_id, key_id)
);
CREATE INDEX tokens_by_client ON tokens (site_id, client_id, family);
