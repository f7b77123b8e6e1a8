-- Mail to an address that an account gave up is erased with the account, though nobody finds it by the address any more.
-- Null while the account has the address, where it never had it, and once the recipient is erased
ALTER TABLE outbox_recipients ADD COLUMN former_account keytext;
CREATE INDEX outbox_recipients_by_former_account ON outbox_recipients (site_id, former_account) WHERE former_account IS NOT NULL;
