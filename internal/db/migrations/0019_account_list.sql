-- Administrators list the few accounts that are not active, or no people's, by ID: these hold those alone
CREATE INDEX accounts_not_active ON accounts (site_id, status, account_id) WHERE status <> 'active';
CREATE INDEX accounts_not_people ON accounts (site_id, account_type, account_id) WHERE account_type <> 'atlassian';
