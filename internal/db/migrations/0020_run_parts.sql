-- The steps of a run, and whom it speaks of, are only ever written by whoever has the run, and deleted with it: that needs no
-- foreign key. To check one, PostgreSQL read the page of an index in which all runs of the moment stand, and so had each of
-- them collide with all others
ALTER TABLE workflow_steps RENAME TO workflow_steps_before;
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
  PRIMARY KEY (site_id, run_id, place)
);
INSERT INTO workflow_steps (site_id, run_id, place, ordinal, task, kind, state, attempt, input, output, error, started_at, ended_at, message_id)
  SELECT site_id, run_id, place, ordinal, task, kind, state, attempt, input, output, error, started_at, ended_at, message_id FROM workflow_steps_before;
DROP TABLE workflow_steps_before;
CREATE INDEX workflow_steps_by_message ON workflow_steps (site_id, message_id) WHERE message_id IS NOT NULL;
ALTER TABLE workflow_mentions RENAME TO workflow_mentions_before;
CREATE TABLE workflow_mentions (
  site_id    bigint NOT NULL,
  account_id keytext NOT NULL,            -- '' for more than are listed
  run_id     keytext NOT NULL,
  PRIMARY KEY (site_id, account_id, run_id)
);
INSERT INTO workflow_mentions (site_id, account_id, run_id) SELECT site_id, account_id, run_id FROM workflow_mentions_before;
DROP TABLE workflow_mentions_before;
CREATE INDEX workflow_mentions_by_run ON workflow_mentions (site_id, run_id);
