// What administrators run a site by: apps, tokens, webhooks, outbox, audit, traffic and settings.
import { assert, end, facts, seen, signIn, story } from './browser.mjs';

// calls asks the API for something, as a program would.
async function calls(path, secret) {
  const answer = await fetch(facts.server + path, { headers: secret ? { authorization: `Bearer ${secret}` } : {} });
  return answer.status;
}

await story('a service account is added, calls with its token, and is stopped', {}, async (page) => {
  await signIn(page, facts.email, '/apps');
  await page.getByRole('link', { name: 'Add a service account' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Nightly report');
  await page.getByLabel('Label of its first token').fill('cron');
  await page.getByLabel('The token is good for').selectOption('30');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const secret = await page.locator('#secret').textContent();
  assert.equal(await calls('/wiki/rest/api/user/current', secret), 200);
  await page.getByRole('link', { name: 'Done' }).click();
  await page.getByRole('link', { name: 'cron' }).click();
  await page.getByRole('link', { name: 'Revoke' }).click();
  await page.getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('The token is revoked').waitFor();
  assert.ok([401, 403].includes(await calls('/wiki/rest/api/user/current', secret)));
});

await story('an app is added, approved and removed', {}, async (page) => {
  await signIn(page, facts.email, '/apps/new?kind=forge');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Board');
  await page.getByRole('checkbox', { name: 'read:user:confluence' }).check();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('Copy the secret now').waitFor();
  await page.getByRole('link', { name: 'Go to the app' }).click();
  await page.getByRole('button', { name: 'Approve for e-mail addresses' }).click();
  await page.getByText('may read e-mail addresses now').waitFor();
  await page.getByRole('link', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Remove it' }).click();
  await page.getByText('is removed').waitFor();
});

await story('a webhook is added, disabled and enabled again', {}, async (page) => {
  await signIn(page, facts.email, '/webhooks');
  await page.getByRole('link', { name: 'Add a webhook' }).click();
  await page.getByLabel('Where to send').fill('https://people.example/hooks');
  await page.getByLabel('Only these').check();
  await page.getByRole('checkbox', { name: 'user.created' }).check();
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  assert.match(await page.locator('#secret').textContent(), /^whsec_/);
  await page.getByRole('link', { name: 'Go to the webhook' }).click();
  await page.getByRole('button', { name: 'Disable' }).click();
  await page.getByText('The webhook is disabled.').waitFor();
  await page.getByRole('button', { name: 'Enable' }).click();
  await page.getByText('The webhook is enabled.').waitFor();
});

await story('a setting is changed, and the audit log says so', {}, async (page) => {
  await signIn(page, facts.email, '/settings');
  await page.getByLabel('Most users at once').fill('150');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The settings are saved').waitFor();
  assert.equal(await page.getByLabel('Most users at once').inputValue(), '150');
  await page.getByRole('link', { name: 'What was changed' }).click();
  await page.getByRole('table').getByRole('link').first().click();
  await page.getByRole('heading', { name: 'site.update' }).waitFor();
  assert.match(await page.getByRole('table').textContent(), /150/);
});

await story('the chain is checked without anybody pressing anything', {}, async (page) => {
  await signIn(page, facts.email, '/audit/verify');
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByText('complete, in order and unaltered.').waitFor();
});

await story('traffic is drawn, and stands in a table too', {}, async (page) => {
  await signIn(page, facts.email, '/traffic');
  await page.locator('.chart canvas').first().waitFor();
  await page.getByText('The figures as a table').click();
  assert.ok(await page.getByRole('region', { name: 'Figures' }).isVisible());
});

await story('without scripts all of it is there', { javaScriptEnabled: false }, async (page) => {
  await signIn(page, facts.email, '/traffic');
  assert.ok(await page.getByRole('region', { name: 'Figures' }).isVisible());
  await page.goto(`${facts.server}/audit/verify`);
  await page.getByRole('button', { name: 'Begin' }).click();
  await page.getByText('complete, in order and unaltered.').waitFor();
});

await seen(facts.email, '/apps', '/apps/new', '/apps/new?kind=oauth', '/apps/new?kind=service', '/tokens', '/webhooks', '/webhooks/new', '/outbox', '/audit', '/audit/verify', '/traffic', '/settings');

await end();
