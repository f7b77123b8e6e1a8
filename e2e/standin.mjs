// confluence.js, unmodified, where it insists on Atlassian's host names: site and gateway are those of FACTS.
import assert from 'node:assert/strict';
import { createV1Client, createV2Client } from 'confluence.js';

const facts = JSON.parse(process.env.FACTS);
const auth = { type: 'basic', email: facts.email, apiToken: facts.token };
let passed = 0;

for (const host of [facts.site, facts.gateway]) {
  assert.match(host, /^https:\/\/(example\.atlassian\.net$|api\.atlassian\.com\/ex\/confluence\/)/);
  const me = await createV1Client({ host, auth }).users.getCurrentUser({});
  assert.equal(me.email, facts.email);
  assert.equal(me._links.base, 'https://example.atlassian.net/wiki');
  passed++;
  const page = await createV2Client({ host, auth }).user.createBulkUserLookup({ body: { accountIds: [me.accountId] } });
  assert.equal(page.results[0].accountId, me.accountId);
  passed++;
}

await assert.rejects(fetch('https://not-atlassian.example/'), (error) => /the proxy answers 403/.test(error.cause?.message ?? error.message));
passed++;

console.log(`${passed} passed, 0 failed`);
