-- Labels are found by a folded key and shown as they were first given. So far the key was shown, too.
ALTER TABLE labels ADD COLUMN name_key keytext NOT NULL DEFAULT '';
UPDATE labels SET name_key = name;
DROP INDEX labels_by_name;
CREATE UNIQUE INDEX labels_by_key ON labels (site_id, name_key, prefix);
