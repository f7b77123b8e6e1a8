// confluence.js, unmodified, with its OAuth option, at the names of Atlassian that it insists on: the whole flow by its
// own functions, and then reads and writes through the gateway. FACTS tells as which app, and who says yes.
import assert from 'node:assert/strict';
import http from 'node:http';
import { createV1Client, createV2Client, exchangeAuthorizationCode, generateAuthorizationUrl, getAccessibleResources, isNotFoundError, isOAuthError, isScopeError, parseCallbackUrl, refreshOAuth2Token } from 'confluence.js';

const facts = JSON.parse(process.env.FACTS);
const { clientId, clientSecret } = facts.app;
const app = { clientId, clientSecret };
let passed = 0;

// Not by fetch, which goes through the proxy.
const browser = (to) =>
  new Promise((done, failed) => {
    const path = `${facts.browser}/?to=${encodeURIComponent(to)}`;
    http.get(path, (response) => response.setEncoding('utf8').toArray().then((parts) => done(parts.join('')), failed)).on('error', failed);
  });

async function tokensFor(scopes) {
  const state = 'a b&c=é';
  const to = generateAuthorizationUrl({ clientId, scopes, redirectUri: facts.callback, state });
  assert.match(to, /^https:\/\/auth\.atlassian\.com\/authorize\?/);
  const back = await browser(to);
  assert.equal(new URL(back).searchParams.get('iss'), 'https://auth.atlassian.com');
  assert.equal(new URL(back).searchParams.get('state'), state);
  const code = parseCallbackUrl(back, { expectedState: state }).code;
  const tokens = await exchangeAuthorizationCode({ ...app, code, redirectUri: facts.callback });
  passed++;
  return { code, tokens };
}

const { tokens } = await tokensFor(facts.scopes);
assert.equal(tokens.tokenType.toLowerCase(), 'bearer');
assert.equal(tokens.expiresIn, 3600);
const [site] = await getAccessibleResources(tokens.accessToken);
assert.equal(site.id, facts.cloudId);
assert.equal(site.url, 'https://example.atlassian.net');
passed++;

// The client refreshes by itself, once for many calls, and finds its site by itself.
let renewed = [];
const auth = {
  type: 'oauth2', ...app, accessToken: tokens.accessToken, refreshToken: tokens.refreshToken, expiresAt: Date.now() - 1000, siteUrl: site.url,
  onTokenRefresh: (event) => renewed.push(event),
};
const v1 = createV1Client({ auth });
const [me] = await Promise.all([1, 2, 3].map(() => v1.users.getCurrentUser({})));
assert.equal(me.email, facts.email);
assert.equal(renewed.length, 1);
assert.notEqual(renewed[0].refreshToken, tokens.refreshToken);
passed++;

const v2 = createV2Client({ auth: { type: 'oauth2', accessToken: renewed[0].accessToken, cloudId: site.id } });
const page = await v2.user.createBulkUserLookup({ body: { accountIds: [me.accountId] } });
assert.equal(page.results[0].accountId, me.accountId);
const user = await v1.users.getUser({ accountId: me.accountId });
assert.equal(user.accountId, me.accountId);
passed++;

// Writes: a property, and a group with a member.
const p = v1.userProperties;
const property = { userId: me.accountId, key: 'by-oauth' };
await p.createUserProperty({ ...property, value: { by: 'confluence.js' } });
assert.deepEqual((await p.getUserProperty(property)).value, { by: 'confluence.js' });
await p.deleteUserProperty(property);
await assert.rejects(p.getUserProperty(property), isNotFoundError);
const group = await v1.group.createGroup({ name: 'by-oauth' });
await v1.group.addUserToGroupByGroupId({ groupId: group.id, accountId: me.accountId });
const members = await v1.group.getGroupMembersByGroupId({ groupId: group.id });
assert.deepEqual(members.results.map((member) => member.accountId), [me.accountId]);
await v1.group.removeGroupById({ id: group.id });
passed++;

// What was not asked for is not given: a token without the scope reads, and does not write.
const less = await tokensFor(['read:confluence-user', 'read:content-details:confluence']);
assert.equal(less.tokens.refreshToken, undefined);
const narrow = createV1Client({ auth: { type: 'oauth2', accessToken: less.tokens.accessToken, cloudId: site.id } });
assert.equal((await narrow.users.getCurrentUser({})).email, facts.email);
await assert.rejects(narrow.group.createGroup({ name: 'never' }), (error) => isScopeError(error) || error.status === 401);
passed++;

// The client tells by the answers that people must be asked again.
await assert.rejects(exchangeAuthorizationCode({ ...app, code: less.code, redirectUri: facts.callback }), isOAuthError);
await assert.rejects(narrow.users.getCurrentUser({}), (error) => error.status === 403);
await assert.rejects(refreshOAuth2Token({ ...app, refreshToken: 'unknown' }), isOAuthError);
await assert.rejects(refreshOAuth2Token({ ...app, clientSecret: 'wrong', refreshToken: renewed[0].refreshToken }), isOAuthError);
const last = await refreshOAuth2Token({ ...app, refreshToken: renewed[0].refreshToken });
assert.notEqual(last.refreshToken, renewed[0].refreshToken);
passed++;

console.log(`${passed} passed, 0 failed`);
