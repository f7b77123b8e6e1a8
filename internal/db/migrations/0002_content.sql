-- The last number given to a space, a piece of content, a label or a permission of a site.
CREATE TABLE content_ids (
  site_id bigint PRIMARY KEY,
  last    bigint NOT NULL
);
CREATE TABLE spaces (
  site_id       bigint NOT NULL,
  space_id      bigint NOT NULL,
  version       bigint NOT NULL,
  space_key     keytext NOT NULL,
  alias         keytext NOT NULL,        -- its name in addresses
  name          text NOT NULL,
  kind          text NOT NULL,           -- personal, global
  status        text NOT NULL,           -- current, archived
  owner         keytext,                 -- account ID; null for a global space without one
  icon          text NOT NULL,           -- path of a picture somebody chose; '' without one
  description   text NOT NULL,           -- plain text
  homepage_id   bigint NOT NULL,         -- content ID; 0 without one
  settings      text NOT NULL,           -- JSON
  look_and_feel text NOT NULL,           -- JSON: what differs from the default
  created_at    bigint NOT NULL,
  created_by    keytext NOT NULL,        -- account ID; '' for the operator
  PRIMARY KEY (site_id, space_id),
  FOREIGN KEY (site_id, owner) REFERENCES accounts
);
CREATE UNIQUE INDEX spaces_by_key ON spaces (site_id, space_key);
CREATE UNIQUE INDEX spaces_by_alias ON spaces (site_id, alias);
CREATE UNIQUE INDEX spaces_personal ON spaces (site_id, owner) WHERE kind = 'personal';
-- A space without any of these has the default permissions. The subject is no foreign key on purpose:
-- when a group goes, the permission it held must go on keeping others out.
CREATE TABLE space_permissions (
  site_id       bigint NOT NULL,
  space_id      bigint NOT NULL,
  permission_id bigint NOT NULL,
  operation     keytext NOT NULL,        -- read, create, delete, export, administer
  target        keytext NOT NULL,        -- space, page, blogpost, comment, attachment
  subject_kind  keytext NOT NULL,        -- user, group; '' where only the flags count
  subject_id    keytext NOT NULL,
  anonymous     boolean NOT NULL,
  unlicensed    boolean NOT NULL,
  PRIMARY KEY (site_id, space_id, permission_id),
  FOREIGN KEY (site_id, space_id) REFERENCES spaces ON DELETE CASCADE
);
CREATE TABLE content (
  site_id         bigint NOT NULL,
  content_id      bigint NOT NULL,
  space_id        bigint NOT NULL,
  parent_id       bigint,
  kind            keytext NOT NULL,      -- page, blogpost, comment, attachment, …
  status          text NOT NULL,         -- current, draft, archived, trashed
  title           text NOT NULL,
  body            text NOT NULL,         -- storage form
  body_bytes      bigint NOT NULL,
  version         bigint NOT NULL,
  version_at      bigint NOT NULL,
  version_by      keytext NOT NULL,      -- account ID; '' for the operator
  version_message text NOT NULL,
  minor_edit      boolean NOT NULL,
  created_at      bigint NOT NULL,
  created_by      keytext NOT NULL,      -- account ID; '' for the operator
  PRIMARY KEY (site_id, content_id),
  FOREIGN KEY (site_id, space_id) REFERENCES spaces ON DELETE CASCADE,
  FOREIGN KEY (site_id, parent_id) REFERENCES content ON DELETE CASCADE
);
CREATE INDEX content_by_parent ON content (site_id, parent_id, kind, content_id);
CREATE INDEX content_by_space ON content (site_id, space_id, content_id);
-- Content without any of these for an operation is open to all who see its space. No foreign key on the
-- subject, as above.
CREATE TABLE content_restrictions (
  site_id      bigint NOT NULL,
  content_id   bigint NOT NULL,
  operation    keytext NOT NULL,         -- read, update
  subject_kind keytext NOT NULL,         -- user, group
  subject_id   keytext NOT NULL,
  PRIMARY KEY (site_id, content_id, operation, subject_kind, subject_id),
  FOREIGN KEY (site_id, content_id) REFERENCES content ON DELETE CASCADE
);
CREATE TABLE labels (
  site_id  bigint NOT NULL,
  label_id bigint NOT NULL,
  prefix   keytext NOT NULL,             -- global, my, team
  name     keytext NOT NULL,
  PRIMARY KEY (site_id, label_id)
);
CREATE UNIQUE INDEX labels_by_name ON labels (site_id, name, prefix);
CREATE TABLE labelled (
  site_id     bigint NOT NULL,
  target_kind keytext NOT NULL,          -- space, content
  target_id   bigint NOT NULL,
  label_id    bigint NOT NULL,
  PRIMARY KEY (site_id, target_kind, target_id, label_id),
  FOREIGN KEY (site_id, label_id) REFERENCES labels ON DELETE CASCADE
);
CREATE INDEX labelled_by_label ON labelled (site_id, label_id, target_kind, target_id);
