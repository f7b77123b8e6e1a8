-- Lists what was changed, without the many times that an address was shown. As in 0022, the index by seq cannot serve
CREATE INDEX changes_made ON changes (site_id, COALESCE(seq, 0)) WHERE operation <> 'account.email.disclose';
