-- Workflows: what is to be done again and again, and how far each time has come.
CREATE TABLE workflows (
  site_id       bigint NOT NULL,
  name          keytext NOT NULL,
  title         text NOT NULL,
  version       text NOT NULL,            -- that the file gives itself
  hash          keytext NOT NULL,         -- of the file that the next run follows
  enabled       boolean NOT NULL,         -- may be started, whatever starts it
  connection    keytext NOT NULL,         -- whose account its steps use; '' for none
  event         keytext NOT NULL,         -- the type of event that starts it; '' for none
  next_at       bigint,                   -- when its schedule starts it next; null where none does
  created_at    bigint NOT NULL,
  updated_at    bigint NOT NULL,
  PRIMARY KEY (site_id, name)
);
CREATE INDEX workflows_due ON workflows (next_at, site_id, name) WHERE next_at IS NOT NULL;
CREATE INDEX workflows_by_event ON workflows (site_id, event, name) WHERE event <> '';
CREATE INDEX workflows_by_hash ON workflows (site_id, hash);
-- A run follows the text that it began with, whatever becomes of its workflow.
CREATE TABLE workflow_texts (
  site_id    bigint NOT NULL,
  hash       keytext NOT NULL,            -- SHA-256 of the text
  text       text NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (site_id, hash)
);
CREATE TABLE workflow_connections (
  site_id    bigint NOT NULL,
  name       keytext NOT NULL,
  kind       text NOT NULL,               -- local, remote
  base_url   text NOT NULL,               -- '' for this server
  email      text NOT NULL,               -- '' where the secret is shown as a bearer's
  secret     text NOT NULL,               -- as it is, since it is shown to somebody
  account_id keytext NOT NULL,            -- whose the secret is, where that is known
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (site_id, name)
);
CREATE TABLE workflow_secrets (
  site_id    bigint NOT NULL,
  name       keytext NOT NULL,
  value      text NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (site_id, name)
);
CREATE TABLE workflow_runs (
  site_id    bigint NOT NULL,
  run_id     keytext NOT NULL,            -- UUIDv7
  workflow   keytext NOT NULL,
  hash       keytext NOT NULL,
  connection keytext NOT NULL,
  state      keytext NOT NULL,            -- queued, running, waiting, uncertain, succeeded, failed, cancelled
  input      text NOT NULL,               -- JSON
  output     text NOT NULL,               -- JSON; '' before the end
  error      text NOT NULL,               -- JSON; '' where nothing failed
  cause      text NOT NULL,               -- JSON: what started it
  run_key    keytext,                     -- that at most one run has: an idempotency key, an instant of a schedule, an event
  body_hash  text NOT NULL,               -- of what a start with the key asked for
  actor      keytext NOT NULL,            -- the account that started it; '' for none
  attempts   bigint NOT NULL,             -- claims since it last came further
  due_at     bigint,                      -- when a worker may claim it: its next step, or the end of a claim. Null once nothing is left to do
  node       text NOT NULL,               -- that has it
  lease      keytext NOT NULL,            -- names the claim under which it runs; '' while it waits
  created_at bigint NOT NULL,
  started_at bigint,
  ended_at   bigint,
  erased     boolean NOT NULL,            -- what it read and did is erased, or will be at its end
  PRIMARY KEY (site_id, run_id),
  FOREIGN KEY (site_id, hash) REFERENCES workflow_texts
);
-- Holds only what is still to be done, so that a claim costs the same however much was done before.
CREATE INDEX workflow_runs_due ON workflow_runs (due_at, site_id, run_id) WHERE due_at IS NOT NULL;
CREATE UNIQUE INDEX workflow_runs_by_key ON workflow_runs (site_id, run_key) WHERE run_key IS NOT NULL;
CREATE INDEX workflow_runs_by_workflow ON workflow_runs (site_id, workflow, run_id);
CREATE INDEX workflow_runs_by_hash ON workflow_runs (site_id, hash);
CREATE INDEX workflow_runs_unusual ON workflow_runs (site_id, state, run_id) WHERE state IN ('waiting', 'uncertain', 'failed', 'cancelled');
CREATE INDEX workflow_runs_ended ON workflow_runs (site_id, state, ended_at, run_id) WHERE ended_at IS NOT NULL;
-- What came of each task of a run: its history, and what lets it go on after a crash without doing anything twice.
CREATE TABLE workflow_steps (
  site_id    bigint NOT NULL,
  run_id     keytext NOT NULL,
  place      keytext NOT NULL,            -- which turn and attempt of which task
  ordinal    bigint NOT NULL,             -- in the order of the run
  task       text NOT NULL,
  kind       text NOT NULL,               -- the action that it calls, or what else it is
  state      text NOT NULL,               -- started, waiting, uncertain, done, failed
  attempt    bigint NOT NULL,
  input      text NOT NULL,               -- JSON, without secrets and bodies of mail
  output     text NOT NULL,               -- JSON; '' while there is none
  error      text NOT NULL,               -- JSON; '' where nothing failed
  started_at bigint NOT NULL,
  ended_at   bigint NOT NULL,             -- 0 before its end
  message_id keytext,                     -- of the mail that it sends
  PRIMARY KEY (site_id, run_id, place),
  FOREIGN KEY (site_id, run_id) REFERENCES workflow_runs ON DELETE CASCADE
);
CREATE INDEX workflow_steps_by_message ON workflow_steps (site_id, message_id) WHERE message_id IS NOT NULL;
-- Which accounts a run's history speaks of, so that it is found when one is closed.
CREATE TABLE workflow_mentions (
  site_id    bigint NOT NULL,
  account_id keytext NOT NULL,            -- '' for more than are listed
  run_id     keytext NOT NULL,
  PRIMARY KEY (site_id, account_id, run_id),
  FOREIGN KEY (site_id, run_id) REFERENCES workflow_runs ON DELETE CASCADE
);
CREATE INDEX workflow_mentions_by_run ON workflow_mentions (site_id, run_id);
