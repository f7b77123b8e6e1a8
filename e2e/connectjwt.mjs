// npm's atlassian-jwt, unmodified, as the apps of real sites use it: an app is installed, verifies what it is told, and
// signs its requests with no more than that. FACTS tells of the stand-in.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import * as jwt from 'atlassian-jwt';

const facts = JSON.parse(process.env.FACTS);
let passed = 0;
const told = {};

// The app: it takes a callback only with a JWT that the server's public key, or from then on the secret, vouches for.
async function verify(request, body, base) {
  const token = request.headers.authorization.replace(/^JWT /, '');
  const algorithm = jwt.getAlgorithm(token);
  let claims;
  if (body.eventType === 'installed' || body.eventType === 'uninstalled') {
    assert.equal(algorithm, 'RS256');
    const key = await fetch(`${facts.server}/install-keys/${jwt.getKeyId(token)}`);
    assert.equal(key.status, 200);
    claims = jwt.decodeAsymmetric(token, await key.text(), jwt.AsymmetricAlgorithm.RS256);
    assert.deepEqual([].concat(claims.aud), [base]);
  } else {
    assert.equal(algorithm, 'HS256');
    claims = jwt.decodeSymmetric(token, told.installed.sharedSecret, jwt.SymmetricAlgorithm.HS256);
  }
  assert.equal(claims.iss, body.clientKey);
  assert.ok(claims.exp * 1000 > Date.now());
  assert.equal(claims.qsh, jwt.createQueryStringHash(jwt.fromMethodAndUrl('post', base + request.url.slice('/app'.length)), false, base));
}

const app = createServer((request, response) => {
  let text = '';
  request.on('data', (part) => { text += part; });
  request.on('end', async () => {
    try {
      const body = JSON.parse(text);
      await verify(request, body, descriptor.baseUrl);
      told[body.eventType] = body;
      passed++;
      response.writeHead(204).end();
    } catch (error) {
      console.error(error);
      response.writeHead(500).end();
    }
  });
});
await new Promise((listening) => { app.listen(0, '127.0.0.1', listening); });

const descriptor = {
  key: 'com.example.atlassian-jwt', name: 'Connect', baseUrl: `http://127.0.0.1:${app.address().port}/app`, authentication: { type: 'jwt' },
  lifecycle: { installed: '/on?tenant=a%20b', enabled: '/enabled', disabled: '/disabled', uninstalled: '/off' },
  scopes: ['READ', 'WRITE', 'ACT_AS_USER'], apiVersion: 1,
};
const manage = async (method, path, body) => {
  const answer = await fetch(`${facts.site}/_roster/apps${path}`, { method, body: body && JSON.stringify(body), headers: { 'Content-Type': 'application/json' } });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : undefined;
};
const installed = await manage('POST', '', { kind: 'connect', descriptor });
assert.equal(told.installed.sharedSecret, installed.sharedSecret);
assert.equal(told.installed.oauthClientId, installed.clientId);
assert.equal(told.installed.productType, 'confluence');
assert.ok(told.enabled);
passed++;

const { baseUrl, sharedSecret } = told.installed;
const now = () => Math.floor(Date.now() / 1000);
const signed = (method, address, changes = {}) => jwt.encodeSymmetric({
  iss: descriptor.key, iat: now(), exp: now() + 180,
  qsh: jwt.createQueryStringHash(jwt.fromMethodAndUrl(method, address), false, baseUrl), ...changes,
}, sharedSecret);
const call = (method, address, token, body) => fetch(address, {
  method, body, headers: { Authorization: `JWT ${token}`, 'Content-Type': 'application/json', 'X-Atlassian-Token': 'no-check' },
});

const me = await (await call('GET', `${baseUrl}/rest/api/user/current`, signed('GET', `${baseUrl}/rest/api/user/current`))).json();
assert.equal(me.accountType, 'app');
passed++;

// What clients write in more than one way: each is answered to the app as to a person.
const ada = facts.people[1].accountId;
for (const path of [
  '/rest/api/user/current/', '/rest/api/user/current?', '/rest/api/user/current?&&',
  `/rest/api/user?accountId=${ada}`, `/rest/api/user?accountId=${encodeURIComponent(ada)}&expand=operations,details.personal`,
  `/rest/api/user?expand=operations%2Cdetails.personal&accountId=${ada}`, `/rest/api/user?expand=operations&expand=details.personal&accountId=${ada}`,
  `/rest/api/user/bulk?accountId=${ada}&accountId=${facts.people[0].accountId}&accountId=${ada}`,
  '/rest/api/search/user?cql=user.fullname~%22Grace%20Hopper%22', '/rest/api/search/user?cql=user.fullname~%22Grace+Hopper%22&limit=2',
  '/rest/api/search/user?cql=user.fullname~%22L%C3%B6vl%C3%A5ce%20%F0%9F%99%82%22', '/rest/api/search/user?cql=user.fullname~"Grace Hopper"&start=0',
  '/rest/api/search/user?CQL=x&cql=type%3duser&a=&b&b=2&b=1,3&*=~', '/rest/api/search/user?cql=type=user&z=(1)!%27*&%C3%BC=%2b',
  '/rest/api/group/picker?query=%26%3D%2B%25%23%3B%2C', '/rest/api/group/picker?query=a;b', '/rest/api/group/picker?query=%7E~-._',
  '/rest/api/user/watch/label/a%2Fb', '/rest/api/user/watch/label/a%20b', '/rest/api/user/watch/label/%C3%BC+%26', '/rest/api/user/watch/label/a&b',
  `/rest/api/user/${ada}/property`, `/rest/api/user/${encodeURIComponent(ada)}/property/a%2Db`, '/api/v2/nothing//here',
]) {
  const address = new URL(baseUrl + path).href;
  const by = await call('GET', address, signed('GET', address));
  const basic = Buffer.from(`${facts.email}:${facts.token}`).toString('base64');
  const person = await fetch(address, { headers: { Authorization: `Basic ${basic}` } });
  assert.equal(by.status, person.status, `${path}: ${by.status} ${await by.text()}`);
  assert.notEqual(by.status, 401, path);
  const shown = await fetch(`${address}${address.includes('?') ? '&' : '?'}jwt=${signed('GET', address)}`);
  assert.equal(shown.status, by.status, `${path} with the JWT in the query: ${await shown.text()}`);
  passed++;
}

// Writes, and what a JWT is no good for.
const property = `${baseUrl}/rest/api/user/${me.accountId}/property/colour`;
assert.equal((await call('POST', property, signed('POST', property), '{"value":{"is":"red"}}')).status, 201);
const another = `${baseUrl}/rest/api/user?accountId=${ada}`;
for (const [token, why] of [
  [signed('GET', property), 'of another request'], [signed('POST', another), 'of another method'], [signed('GET', `${another}&a=1`), 'with a parameter more'],
  [signed('GET', another, { exp: now() - 60, iat: now() - 240 }), 'that expired'], [signed('GET', another, { iss: 'com.example.nobody' }), 'of nobody'],
  [signed('GET', another, { qsh: 'context-qsh' }), 'of a page'],
]) {
  assert.equal((await call('GET', another, token)).status, 401, why);
  passed++;
}

// Acting as somebody.
const authorization = 'https://oauth-2-authorization-server.services.atlassian.com';
const assertion = jwt.encodeSymmetric({
  iss: `urn:atlassian:connect:clientid:${told.installed.oauthClientId}`, sub: `urn:atlassian:connect:useraccountid:${ada}`,
  tnt: baseUrl, aud: authorization, iat: now(), exp: now() + 60,
}, sharedSecret);
const exchanged = await fetch(`${facts.server}/oauth2/token`, {
  method: 'POST', body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion, scope: 'READ' }),
});
assert.equal(exchanged.status, 200, await exchanged.clone().text());
const { access_token: token } = await exchanged.json();
const as = await (await fetch(`${baseUrl}/rest/api/user/current`, { headers: { Authorization: `Bearer ${token}` } })).json();
assert.equal(as.accountId, ada);
passed++;

await manage('POST', `/${installed.clientId}/block`);
assert.ok(told.disabled);
assert.equal((await call('GET', another, signed('GET', another))).status, 401);
await manage('POST', `/${installed.clientId}/unblock`);
assert.equal((await call('GET', another, signed('GET', another))).status, 200);
await manage('DELETE', `/${installed.clientId}`);
assert.ok(told.uninstalled);
assert.equal((await call('GET', another, signed('GET', another))).status, 401);
passed++;

app.close();
app.closeAllConnections();
console.log(`${passed} passed, 0 failed`);
