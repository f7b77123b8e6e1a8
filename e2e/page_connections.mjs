// Connections and secrets: as whom workflows call, and what they may show to others.
import { accessible, assert, end, facts, seen, signIn, story } from './browser.mjs';

await story('a connection as oneself is added, tested, used, given another token and removed', {}, async (page) => {
  await signIn(page, facts.email, '/workflows');
  await page.getByRole('link', { name: 'Connections', exact: true }).click();
  await page.getByRole('link', { name: 'Add a connection' }).click();
  await accessible(page);
  await page.getByRole('link', { name: 'This server, as yourself' }).click();
  await page.getByLabel('Name of the connection').fill('mine');
  await page.getByLabel('The token is good for').selectOption('30');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('The connection is stored').waitFor();
  await page.getByRole('button', { name: 'Test it' }).click();
  assert.match(await page.getByRole('status').textContent(), /It works: it calls as Ada Lovelace/);
  await accessible(page);
  await page.getByRole('link', { name: 'Workflows: connection mine' }).click();
  await page.getByRole('link', { name: 'Revoke' }).click();
  await page.getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('The token is revoked').waitFor();
  await page.goto(`${facts.server}/connections/mine`);
  await page.getByText('no good any more').waitFor();
  await page.getByRole('button', { name: 'Test it' }).click();
  await page.getByText('The connection is not let in').waitFor();
  await accessible(page);
  await page.getByRole('link', { name: 'Replace the token' }).click();
  await accessible(page);
  await page.getByRole('button', { name: 'Replace it' }).click();
  await page.getByText('has another token').waitFor();

  await page.goto(`${facts.server}/workflows/deactivated-people-report`);
  await page.getByLabel('Connection').selectOption('mine');
  await page.getByRole('button', { name: 'Add without running' }).click();
  await page.getByText('one of this site now').waitFor();
  await page.goto(`${facts.server}/connections/mine/remove`);
  await page.getByText('These workflows use it').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Remove it' }).count(), 0);
  await page.goto(`${facts.server}/workflows/deactivated-people-report/remove`);
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.goto(`${facts.server}/connections/mine/remove`);
  await page.getByText('is revoked').waitFor();
  await page.getByRole('button', { name: 'Remove it' }).click();
  await page.getByText('is removed').waitFor();
  await page.goto(`${facts.server}/profile/tokens`);
  assert.equal(await page.getByText('Workflows: connection mine').count(), 0);
});

await story('a token is taken by a form that does not show it again', { expect: ['console: Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)'] }, async (page) => {
  await signIn(page, facts.email, '/connections/_new?kind=token');
  await page.getByLabel('Name of the connection').fill('report');
  await page.getByLabel('API token').fill('no such token');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('no API token of this site').waitFor();
  assert.equal(await page.getByLabel('API token').inputValue(), '');
  await accessible(page);
  await page.getByLabel('API token').fill(facts.token);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('The connection is stored').waitFor();
  assert.equal((await page.content()).includes(facts.token), false);
});

await story('a connection to another site is added without scripts', { javaScriptEnabled: false }, async (page) => {
  await signIn(page, facts.email, '/connections/_new?kind=remote');
  await page.getByLabel('Name of the connection').fill('elsewhere');
  await page.getByLabel('Address of the site').fill('https://acme.example');
  await page.getByLabel('E-mail address of the account').fill('ada@example.com');
  await page.getByLabel('API token').fill('what is stored there');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('The connection is stored').waitFor();
  await page.getByText('https://acme.example').waitFor();
});

await story('a secret is stored, replaced and removed', {}, async (page) => {
  await signIn(page, facts.email, '/secrets');
  await page.getByRole('link', { name: 'Add a secret' }).click();
  await page.getByLabel('Name').fill('doorKey');
  await page.getByLabel('Secret', { exact: true }).fill('it opens the door');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('is stored').waitFor();
  await accessible(page);
  await page.getByRole('link', { name: 'Replace doorKey' }).click();
  assert.equal(await page.getByLabel('Secret', { exact: true }).inputValue(), '');
  await page.getByLabel('Secret', { exact: true }).fill('it opens another door');
  await page.getByRole('button', { name: 'Replace it' }).click();
  await page.getByText('is replaced').waitFor();
  assert.equal(/opens/.test(await page.content()), false);
  await page.getByRole('link', { name: 'Remove doorKey' }).click();
  await accessible(page);
  await page.getByRole('button', { name: 'Remove it' }).click();
  await page.getByText('is removed').waitFor();
});

await seen(facts.email, '/connections', '/connections/_new', '/connections/_new?kind=me', '/connections/_new?kind=token', '/connections/_new?kind=remote', '/connections/report', '/connections/report/token', '/connections/report/remove', '/connections/elsewhere/token', '/secrets', '/secrets/_new', '/workflows', '/runs');

await end();
