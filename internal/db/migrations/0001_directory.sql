CREATE TABLE sites (
  site_id    bigint PRIMARY KEY,
  cloud_id   keytext NOT NULL UNIQUE,
  name       keytext NOT NULL UNIQUE,
  public_url text NOT NULL,             -- '' where it follows from the server's own address
  is_default boolean NOT NULL,
  settings   text NOT NULL,             -- JSON
  created_at bigint NOT NULL
);
CREATE TABLE site_hosts (
  host    keytext PRIMARY KEY,
  site_id bigint NOT NULL REFERENCES sites ON DELETE CASCADE
);
-- Raised by every change of a credential, standing, permission, membership or privacy choice:
-- what was read before an epoch must not be used after it.
CREATE TABLE site_epochs (
  site_id bigint PRIMARY KEY REFERENCES sites ON DELETE CASCADE,
  epoch   bigint NOT NULL
);
CREATE TABLE changes (
  site_id    bigint NOT NULL,
  change_id  keytext NOT NULL,
  item       bigint NOT NULL,           -- place within the transaction
  at         bigint NOT NULL,
  actor      text NOT NULL,             -- account ID; '' for the operator
  token_id   text NOT NULL,
  request_id text NOT NULL,
  ip         text NOT NULL,
  via        text NOT NULL,
  operation  text NOT NULL,
  target     text NOT NULL,
  version    bigint NOT NULL,           -- of the target, after; 0 where it has none
  detail     text NOT NULL,             -- JSON: field → [before, after]
  PRIMARY KEY (site_id, change_id, item)
);
CREATE TABLE accounts (
  site_id        bigint NOT NULL,
  account_id     keytext NOT NULL,
  version        bigint NOT NULL,
  account_type   text NOT NULL,         -- atlassian, app, customer
  status         text NOT NULL,         -- active, inactive, closed
  guest          boolean NOT NULL,
  external       boolean NOT NULL,      -- external collaborator
  email          text NOT NULL,         -- as given
  email_key      keytext,               -- as matched; null without an address
  public_name    text NOT NULL,
  display_name   text NOT NULL,
  time_zone      text NOT NULL,
  locale         text NOT NULL,
  position       text NOT NULL,
  department     text NOT NULL,
  location       text NOT NULL,
  phone          text NOT NULL,
  im             text NOT NULL,
  website        text NOT NULL,
  manager        text NOT NULL,         -- account ID
  picture        text NOT NULL,         -- digest of the uploaded picture; '' without one
  visibility     text NOT NULL,         -- a letter a field, in the order of directory.Fields
  email_approved boolean NOT NULL,      -- apps: may read addresses
  created_at     bigint NOT NULL,
  updated_at     bigint NOT NULL,
  PRIMARY KEY (site_id, account_id)
);
CREATE UNIQUE INDEX accounts_by_email ON accounts (site_id, email_key);
CREATE TABLE account_words (
  site_id    bigint NOT NULL,
  audience   keytext NOT NULL,          -- who may find the account by this word
  word       keytext NOT NULL,
  account_id keytext NOT NULL,
  PRIMARY KEY (site_id, audience, word, account_id),
  FOREIGN KEY (site_id, account_id) REFERENCES accounts ON DELETE CASCADE
);
CREATE INDEX account_words_by_account ON account_words (site_id, account_id);
CREATE TABLE pictures (
  site_id    bigint NOT NULL,
  account_id keytext NOT NULL,
  png        bytea NOT NULL,
  PRIMARY KEY (site_id, account_id),
  FOREIGN KEY (site_id, account_id) REFERENCES accounts ON DELETE CASCADE
);
CREATE TABLE groups (
  site_id    bigint NOT NULL,
  group_id   keytext NOT NULL,
  version    bigint NOT NULL,
  name       text NOT NULL,
  name_key   keytext NOT NULL,
  usage_type text NOT NULL,
  managed_by text NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (site_id, group_id)
);
CREATE UNIQUE INDEX groups_by_name ON groups (site_id, name_key);
CREATE TABLE memberships (
  site_id    bigint NOT NULL,
  group_id   keytext NOT NULL,
  account_id keytext NOT NULL,
  listed     boolean NOT NULL,          -- false while the account is suspended
  PRIMARY KEY (site_id, group_id, account_id),
  FOREIGN KEY (site_id, group_id) REFERENCES groups ON DELETE CASCADE,
  FOREIGN KEY (site_id, account_id) REFERENCES accounts ON DELETE CASCADE
);
CREATE INDEX memberships_by_account ON memberships (site_id, account_id, group_id);
CREATE INDEX memberships_listed ON memberships (site_id, group_id, account_id) WHERE listed;
-- How many entries of an ordered list stand from one key on: a cold jump to any offset reads these
-- and then one block.
CREATE TABLE list_marks (
  site_id bigint NOT NULL,
  list    keytext NOT NULL,
  first   keytext NOT NULL,             -- the block's lower bound; '' for the first block
  entries bigint NOT NULL,
  PRIMARY KEY (site_id, list, first)
);
CREATE TABLE global_permissions (
  site_id    bigint NOT NULL,
  permission keytext NOT NULL,          -- use, view-profiles, administer, site-admin
  group_id   keytext NOT NULL,
  PRIMARY KEY (site_id, permission, group_id),
  FOREIGN KEY (site_id, group_id) REFERENCES groups ON DELETE CASCADE
);
CREATE INDEX global_permissions_by_group ON global_permissions (site_id, group_id);
CREATE TABLE tokens (
  site_id     bigint NOT NULL,
  token_id    keytext NOT NULL,
  account_id  keytext NOT NULL,
  secret_hash keytext NOT NULL,
  label       text NOT NULL,
  kind        text NOT NULL,            -- classic, scoped, session, app
  scopes      text NOT NULL,            -- separated by spaces
  client_id   text NOT NULL,
  family      text NOT NULL,
  epoch       bigint NOT NULL,
  created_at  bigint NOT NULL,
  expires_at  bigint NOT NULL,
  revoked_at  bigint NOT NULL,          -- 0 while it is good
  PRIMARY KEY (site_id, token_id),
  FOREIGN KEY (site_id, account_id) REFERENCES accounts ON DELETE CASCADE
);
CREATE UNIQUE INDEX tokens_by_secret ON tokens (site_id, secret_hash);
CREATE INDEX tokens_by_account ON tokens (site_id, account_id);
-- Apart from tokens, so that using a token never waits for, or fails, a serializable transaction.
CREATE TABLE token_uses (
  site_id      bigint NOT NULL,
  token_id     keytext NOT NULL,
  last_used_at bigint NOT NULL,
  PRIMARY KEY (site_id, token_id)
);
