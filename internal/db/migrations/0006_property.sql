-- JSON that apps keep with a user. A key is a user's own: whichever app takes it first has it.
CREATE TABLE properties (
  site_id      bigint NOT NULL,
  account_id   keytext NOT NULL,
  property_key keytext NOT NULL,
  property_id  keytext NOT NULL,        -- UUID
  app          keytext NOT NULL,        -- account ID of the app that made it; '' for people
  version      bigint NOT NULL,
  value        text NOT NULL,           -- JSON, byte for byte as it was sent
  created_at   bigint NOT NULL,
  updated_at   bigint NOT NULL,
  PRIMARY KEY (site_id, account_id, property_key),
  FOREIGN KEY (site_id, account_id) REFERENCES accounts ON DELETE CASCADE
);
