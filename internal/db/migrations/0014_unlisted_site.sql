-- Sites that nobody reaches: what a stand-in copies its sites from, and what was removed and is still being deleted.
-- Whatever they are, their numbers are taken.
CREATE TABLE unlisted_sites (
  site_id  bigint PRIMARY KEY,
  template boolean NOT NULL,            -- copied from; else removed
  since    bigint NOT NULL
);
-- Among many sites the default one is found as fast as among few
CREATE INDEX sites_default ON sites (site_id) WHERE is_default;
