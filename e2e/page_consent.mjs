// An app that a person lets in, from its registration to the moment when it is let in no more.
import { createServer } from 'node:http';
import { accessible, assert, end, facts, looks, signIn, story } from './browser.mjs';

// The app has a server of its own, to which people are sent back.
const server = createServer((request, answer) => answer.setHeader('Content-Type', 'text/html').end('<!doctype html><html lang=en><title>App</title><link rel=icon href="data:,"><h1>Thank you</h1>'));
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const callback = `http://127.0.0.1:${server.address().port}/callback`;

let client;
await story('an administrator registers an app', {}, async (page) => {
  await signIn(page, facts.email, '/apps/new?kind=oauth');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Almanac');
  await page.getByLabel('Redirect URIs').fill(callback);
  await page.getByRole('checkbox', { name: 'read:confluence-user' }).check();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('Copy the secret now').waitFor();
  client = { id: await page.locator('dd code').first().textContent(), secret: await page.locator('#secret').textContent() };
});

// tokens are what the app gets at the token endpoint, with the status.
async function tokens(grant) {
  const answer = await fetch(`${facts.server}/oauth/token`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ client_id: client.id, client_secret: client.secret, ...grant }),
  });
  return { status: answer.status, ...await answer.json() };
}

const current = (token) => fetch(`${facts.server}/wiki/rest/api/user/current`, { headers: { Authorization: `Bearer ${token}` } });

for (const look of looks) {
  await story(`a person lets the app in, and takes that back, ${look.name}`, { colorScheme: look.colorScheme, viewport: look.viewport, app: callback }, async (page) => {
    const ask = new URLSearchParams({
      audience: 'api.atlassian.com', client_id: client.id, scope: 'read:confluence-user offline_access', redirect_uri: callback, state: 'a&b', response_type: 'code', prompt: 'consent',
    });
    await page.goto(`${facts.server}/authorize?${ask}`);
    await page.getByRole('button', { name: facts.person }).click();
    await page.getByRole('heading', { name: 'Allow Almanac to use your account?' }).waitFor();
    await accessible(page);
    if (facts.pictures) await page.screenshot({ path: `${facts.pictures}/consent-${look.name}.png`, fullPage: true });
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(`${callback}?**`);
    await page.getByRole('heading', { name: 'Thank you' }).waitFor();
    const answer = new URL(page.url()).searchParams;
    assert.equal(answer.get('state'), 'a&b');

    const grant = { grant_type: 'authorization_code', code: answer.get('code'), redirect_uri: callback };
    const got = await tokens(grant);
    assert.equal(got.status, 200, JSON.stringify(got.error));
    const asked = await current(got.access_token);
    assert.equal(asked.status, 200);
    assert.equal((await asked.json()).email, facts.person);

    await page.goto(`${facts.server}/profile/apps`);
    await page.getByRole('heading', { name: 'Almanac' }).waitFor();
    await accessible(page);
    await page.getByRole('link', { name: 'Take back what Almanac may do' }).click();
    await accessible(page);
    await page.getByRole('button', { name: 'Take back' }).click();
    await page.getByText('Almanac cannot act for you any more.').waitFor();
    assert.equal(await page.getByRole('heading', { name: 'Almanac' }).count(), 0);
    assert.ok([401, 403].includes((await current(got.access_token)).status), 'the token is still good');
    const again = await tokens({ grant_type: 'refresh_token', refresh_token: got.refresh_token });
    assert.deepEqual([again.status, again.error, again.access_token], [403, 'invalid_grant', undefined]);
  });
}

await end();
server.close();
