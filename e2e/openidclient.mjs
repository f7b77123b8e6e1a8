// openid-client, unmodified: it finds the server by its metadata, and goes through every flow. FACTS tells where, as
// which app, and who says yes.
import assert from 'node:assert/strict';
import * as client from 'openid-client';

const facts = JSON.parse(process.env.FACTS);
const insecure = { algorithm: 'oauth2', execute: [client.allowInsecureRequests] };
let passed = 0;

async function me(token) {
  const response = await fetch(`${facts.server}/me`, { headers: { authorization: `Bearer ${token}` } });
  return response.ok ? (await response.json()).email : response.status;
}

for (const [app, auth] of [
  [facts.app, client.ClientSecretPost(facts.app.clientSecret)],
  [facts.app, client.ClientSecretBasic(facts.app.clientSecret)],
  [facts.public, client.None()],
]) {
  const config = await client.discovery(new URL(facts.server), app.clientId, undefined, auth, insecure);
  const verifier = client.randomPKCECodeVerifier();
  const state = `${client.randomState()}&=#é`;
  const to = client.buildAuthorizationUrl(config, {
    redirect_uri: facts.callback, scope: facts.scopes.join(' '), state, prompt: 'consent', audience: 'api.atlassian.com',
    code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
  });
  assert.equal(to.origin + to.pathname, `${facts.server}/authorize`);
  const back = new URL(await (await fetch(`${facts.browser}/?to=${encodeURIComponent(to)}`)).text());

  // The client checks state and iss by itself.
  await assert.rejects(client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier, expectedState: 'another' }));
  const tokens = await client.authorizationCodeGrant(config, back, { pkceCodeVerifier: verifier, expectedState: state });
  assert.equal(tokens.token_type, 'bearer');
  assert.ok(tokens.expiresIn() > 3500 && tokens.expiresIn() <= 3600);
  assert.deepEqual(tokens.scope.split(' ').sort(), [...facts.scopes].sort());
  assert.equal(await me(tokens.access_token), facts.email);
  passed++;

  const next = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(next.refresh_token, tokens.refresh_token);
  assert.equal(await me(next.access_token), facts.email);
  const again = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.equal(again.refresh_token, next.refresh_token);
  passed++;

  await client.tokenRevocation(config, next.access_token);
  assert.equal(await me(next.access_token), 401);
  assert.equal(await me(tokens.access_token), facts.email);
  await client.tokenRevocation(config, next.refresh_token, { token_type_hint: 'refresh_token' });
  assert.equal(await me(tokens.access_token), 401);
  await assert.rejects(client.refreshTokenGrant(config, next.refresh_token), (error) => error.error === 'invalid_grant' && error.status === 403);
  passed++;

  if (app.clientSecret) {
    const own = await client.clientCredentialsGrant(config);
    assert.equal(await me(own.access_token), '');
    const wrong = await client.discovery(new URL(facts.server), app.clientId, undefined, client.ClientSecretPost('wrong'), insecure);
    await assert.rejects(client.clientCredentialsGrant(wrong), (error) => error.error === 'invalid_client' || error.cause?.[0]?.scheme === 'basic');
  } else {
    await assert.rejects(client.clientCredentialsGrant(config), (error) => error.error === 'unauthorized_client');
  }
  passed++;
}

console.log(`${passed} passed, 0 failed`);
