-- By its folded title a page in use is known in its space, and is the only one of it. All other content has none
ALTER TABLE content ADD COLUMN title_key keytext;
-- Of pages that have shared a title until now the first has it, and the others get theirs when it changes
UPDATE content SET title_key = lower(title) WHERE (site_id, content_id) IN (
  SELECT site_id, MIN(content_id) FROM content WHERE kind = 'page' AND status = 'current' GROUP BY site_id, space_id, lower(title));
CREATE UNIQUE INDEX content_by_title_key ON content (site_id, space_id, title_key);
CREATE INDEX content_by_title ON content (site_id, space_id, title, content_id);
