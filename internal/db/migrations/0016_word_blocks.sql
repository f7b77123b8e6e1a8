-- Accounts that are found by one word stand together, in the order of their IDs and some dozens in a row: a word that
-- ten thousand people have in common is read in milliseconds. Whoever writes a name or a licence keeps the rows right
ALTER TABLE account_words RENAME TO account_words_before;
CREATE TABLE account_words (
  site_id    bigint NOT NULL,
  audience   keytext NOT NULL,          -- who may find the accounts, and as what they came: see Account.shelf
  word       keytext NOT NULL,
  account_id keytext NOT NULL,          -- the row's lower bound; '' for the word's first row
  accounts   text NOT NULL,             -- IDs, by ID, with a space between them
  PRIMARY KEY (site_id, audience, word, account_id)
);
INSERT INTO account_words (site_id, audience, word, account_id, accounts)
  SELECT site_id, audience, word, CASE WHEN block = 0 THEN '' ELSE MIN(account_id) END, string_agg(account_id, ' ' ORDER BY account_id)
  FROM (
    SELECT site_id, audience, word, account_id, (row_number() OVER (PARTITION BY site_id, audience, word ORDER BY account_id) - 1) / 48 AS block
    FROM (
      SELECT w.site_id, w.word, w.account_id, w.audience || CASE WHEN a.guest OR a.external THEN '/outsider' ELSE '' END || CASE WHEN EXISTS (
        SELECT 1 FROM memberships m JOIN global_permissions p ON p.site_id = m.site_id AND p.group_id = m.group_id
        WHERE m.site_id = w.site_id AND m.account_id = w.account_id AND p.permission = 'use') THEN '' ELSE '/unlicensed' END AS audience
      FROM account_words_before w JOIN accounts a ON a.site_id = w.site_id AND a.account_id = w.account_id) AS shelved) AS numbered
  GROUP BY site_id, audience, word, block;
DROP TABLE account_words_before;
