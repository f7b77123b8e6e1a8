-- Messages on their way out, written in the transaction that causes them.
CREATE TABLE outbox (
  site_id    bigint NOT NULL,
  message_id keytext NOT NULL,          -- UUID; the Message-ID header is <message_id@the sender's domain>
  delivery   text NOT NULL,             -- at_least_once, at_most_once
  message    text NOT NULL,             -- JSON
  attempts   bigint NOT NULL,           -- claims since it was queued, or queued again
  due_at     bigint,                    -- when a worker may claim it: its next try, or the end of a claim. Null once nothing is left to do
  lease      keytext NOT NULL,          -- names the claim under which it is being sent; '' while it waits
  created_at bigint NOT NULL,
  PRIMARY KEY (site_id, message_id)
);
-- Holds only what is still to be sent, so that a claim costs the same however much was sent before.
CREATE INDEX outbox_due ON outbox (due_at, site_id, message_id) WHERE due_at IS NOT NULL;
CREATE TABLE outbox_recipients (
  site_id    bigint NOT NULL,
  message_id keytext NOT NULL,
  place      bigint NOT NULL,           -- in the message's list of recipients, from 0
  state      keytext NOT NULL,          -- queued, sending, sent, refused, uncertain
  words      text NOT NULL,             -- what the mail server said last
  updated_at bigint NOT NULL,
  PRIMARY KEY (site_id, message_id, place),
  FOREIGN KEY (site_id, message_id) REFERENCES outbox ON DELETE CASCADE
);
CREATE INDEX outbox_recipients_by_state ON outbox_recipients (site_id, state, message_id);
