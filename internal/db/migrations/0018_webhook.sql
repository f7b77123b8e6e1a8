-- How far those who act on what happens have read the record of a site. Sites where nobody does have no row
CREATE TABLE event_cursors (
  site_id bigint NOT NULL,
  taker   keytext NOT NULL,              -- a kind of taker: each reads at its own pace
  seq     bigint NOT NULL,               -- of the last change that it has taken in
  since   bigint NOT NULL,               -- what happened before is not for it
  PRIMARY KEY (site_id, taker)
);
CREATE INDEX event_cursors_by_taker ON event_cursors (taker, site_id);
CREATE TABLE webhooks (
  site_id       bigint NOT NULL,
  webhook_id    keytext NOT NULL,        -- UUIDv7
  url           text NOT NULL,           -- may hold a secret of the receiver's
  description   text NOT NULL,
  events        text NOT NULL,           -- types with spaces between; '' for all
  enabled       boolean NOT NULL,
  disabled_why  text NOT NULL,           -- what the receiver did; '' where a person disabled it
  secret        text NOT NULL,           -- as it is, since it signs
  former_secret text NOT NULL,           -- signs too, until former_until
  former_until  bigint NOT NULL,
  since         bigint NOT NULL,         -- when it was made or last enabled: what happened before is not sent
  created_at    bigint NOT NULL,
  updated_at    bigint NOT NULL,
  PRIMARY KEY (site_id, webhook_id)
);
-- No foreign key: deliveries of a removed webhook are deleted a few at a time
CREATE TABLE webhook_deliveries (
  site_id    bigint NOT NULL,
  webhook_id keytext NOT NULL,
  event_id   keytext NOT NULL,
  seq        bigint NOT NULL,            -- of the change; with the event's ID the order of an account's events
  account_id keytext NOT NULL,           -- whom the event is about
  body       text NOT NULL,              -- as it is sent
  state      keytext NOT NULL,           -- queued, delivered, dead
  attempts   bigint NOT NULL,            -- claims since it was queued, or queued again
  due_at     bigint,                     -- when a worker may claim it, or the end of a claim. Null once it is settled, and while an earlier one of the account is queued
  lease      keytext NOT NULL,           -- names the claim under which it is sent; '' while it waits
  status     bigint NOT NULL,            -- of the last answer; 0 where there was none
  words      text NOT NULL,              -- why the last try failed
  at         bigint NOT NULL,            -- of the event
  created_at bigint NOT NULL,
  queued_at  bigint NOT NULL,            -- created_at, or when it was last queued again
  settled_at bigint,
  PRIMARY KEY (site_id, webhook_id, event_id)
);
-- Holds only the first of each account that is still to be sent, so that a claim costs the same however many wait or were sent
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (site_id, webhook_id, due_at, event_id) WHERE due_at IS NOT NULL;
CREATE INDEX webhook_deliveries_first ON webhook_deliveries (site_id, webhook_id, account_id) WHERE due_at IS NOT NULL;
CREATE INDEX webhook_deliveries_queued ON webhook_deliveries (site_id, webhook_id, account_id, seq, event_id) WHERE state = 'queued';
CREATE INDEX webhook_deliveries_by_state ON webhook_deliveries (site_id, webhook_id, state, event_id);
CREATE INDEX webhook_deliveries_by_age ON webhook_deliveries (site_id, created_at);
