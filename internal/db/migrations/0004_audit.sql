-- Null until the sealer has given the row its place in the order of its site: 1, 2, 3 and so on, without gaps
ALTER TABLE changes ADD COLUMN seq bigint;
-- SHA-256 of the row and the hash before it: of the row before, or of the seal before where the row is a batch's first
ALTER TABLE changes ADD COLUMN row_hash text NOT NULL DEFAULT '';
-- ip and detail are personal. What is sealed is their salted digest, so that they and their salt can be erased:
-- a digest without its salt says that something was erased, no digest that there was nothing
ALTER TABLE changes ADD COLUMN ip_salt text NOT NULL DEFAULT '';
ALTER TABLE changes ADD COLUMN ip_digest text NOT NULL DEFAULT '';
ALTER TABLE changes ADD COLUMN detail_salt text NOT NULL DEFAULT '';
ALTER TABLE changes ADD COLUMN detail_digest text NOT NULL DEFAULT '';
CREATE UNIQUE INDEX changes_by_seq ON changes (site_id, seq) WHERE seq IS NOT NULL;
-- Holds only what waits for the sealer, so that finding it costs the same however much was sealed before
CREATE INDEX changes_unsealed ON changes (site_id, change_id, item) WHERE seq IS NULL;
CREATE INDEX changes_by_target ON changes (site_id, target, seq);
CREATE INDEX changes_by_actor ON changes (site_id, actor, seq) WHERE actor <> '';
-- One seal a batch of rows. It stays when retention deletes the rows
CREATE TABLE change_seals (
  site_id   bigint NOT NULL,
  last_seq  bigint NOT NULL,
  first_seq bigint NOT NULL,
  at        bigint NOT NULL,
  rows_hash text NOT NULL,              -- row_hash of the batch's last row
  hash      text NOT NULL,              -- SHA-256 of this seal and the hash of the seal before
  PRIMARY KEY (site_id, last_seq)
);
-- How far a site is sealed, and who seals it now
CREATE TABLE change_heads (
  site_id      bigint NOT NULL,
  last_seq     bigint NOT NULL,         -- of the last seal; 0 before the first
  hash         text NOT NULL,           -- of the last seal; '' before the first
  pruned       bigint NOT NULL,         -- the last seq whose row retention has deleted
  lease        text NOT NULL,           -- which sealer it is that others keep out of the way of
  leased_until bigint NOT NULL,
  PRIMARY KEY (site_id)
);
