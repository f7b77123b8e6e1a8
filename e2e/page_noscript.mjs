// The pages without scripts: all that is on them is read, and done by forms.
import { assert, end, facts, looks, signIn, story } from './browser.mjs';

const heading = (page) => page.getByRole('heading', { level: 1 });

// read opens a page and makes sure that it says what it is about, and offers nothing that only a script does.
async function read(page, path) {
  const answer = await page.goto(facts.server + path);
  assert.equal(answer.status(), 200, path);
  assert.ok(await heading(page).first().isVisible(), `${path} has no heading`);
  assert.ok((await page.getByRole('main').innerText()).length > 40, `${path} says nothing`);
  assert.equal(await page.locator('.scripted-only:visible, .own-scripted:visible, .docs-scripted:visible').count(), 0, `${path} offers what only a script does`);
  for (const time of await page.locator('time').all()) assert.match(await time.textContent(), /\d/);
}

const unscripted = (look) => ({ javaScriptEnabled: false, colorScheme: look.colorScheme, viewport: look.viewport });

await story('an administrator reads everything', unscripted(looks[0]), async (page) => {
  await signIn(page, facts.email, '/');
  assert.equal(await heading(page).innerText(), 'People');
  const sections = await page.getByRole('navigation', { name: 'Sections' }).getByRole('link').evaluateAll((links) => links.map((link) => new URL(link.href).pathname));
  assert.ok(sections.length >= 18, sections.join());
  for (const path of sections) await read(page, path);
  await page.goto(`${facts.server}/people?q=ada`);
  const ada = new URL(await page.getByRole('link', { name: 'Ada Lovelace' }).evaluate((link) => link.href)).pathname;
  for (const tab of ['', '/edit', '/groups', '/access', '/watches', '/properties', '/history', '/explain?viewer=anyone']) await read(page, ada + tab);
  for (const path of ['/spaces/SCI', '/actions/confluence.getUser', '/workflows/get-user-and-mail', '/docs/getCurrentUser', '/apps/new?kind=oauth', '/webhooks/new', '/audit/verify']) await read(page, path);
});

await story('a person reads what is theirs', unscripted(looks[1]), async (page) => {
  await signIn(page, facts.person, '/');
  await page.waitForURL('**/profile');
  for (const path of ['/profile', '/profile/edit', '/profile/picture', '/profile/groups', '/profile/watches', '/profile/tokens', '/profile/tokens/new', '/profile/sessions', '/profile/apps', '/profile/password', '/actions', '/workflows', '/docs']) {
    await read(page, path);
  }
});

await story('forms do what they say', { javaScriptEnabled: false }, async (page) => {
  await signIn(page, facts.person, '/profile/edit');
  await page.getByLabel('Position', { exact: true }).fill('Engineer of engines');
  await page.getByLabel('Who may see it: Position').selectOption({ label: 'Anyone' });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('status').filter({ hasText: 'saved' }).waitFor();
  assert.equal(await page.getByText('Engineer of engines').count(), 4); // by oneself, and by each kind of others

  await page.getByRole('link', { name: 'Tokens' }).click();
  await page.getByRole('link', { name: 'Make a token' }).first().click();
  await page.getByLabel('Label', { exact: true }).fill('by hand');
  await page.getByLabel('All that you may do yourself').check();
  await page.getByRole('button', { name: 'Make the token' }).click();
  const token = await page.getByLabel('Token by hand').inputValue();
  const current = async () => (await fetch(`${facts.server}/wiki/rest/api/user/current`, { headers: { Authorization: `Bearer ${token}` } })).status;
  assert.equal(await current(), 200);
  await page.goto(`${facts.server}/profile/tokens`);
  await page.getByRole('link', { name: /by hand/ }).last().click();
  await page.getByRole('button', { name: 'Revoke' }).click();
  assert.notEqual(await current(), 200);
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByText('You are signed out.').waitFor();
});

await story('filters and pages of a list are links and forms', { javaScriptEnabled: false }, async (page) => {
  await signIn(page, facts.email, '/people');
  await page.getByRole('combobox', { name: 'Kind' }).selectOption('app');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('link', { name: 'Difference Engine' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Ada Lovelace' }).count(), 0);
  await page.goto(`${facts.server}/audit`);
  await page.getByRole('link', { name: 'Next page' }).click();
  await page.waitForURL('**/audit?*after=*');
  assert.ok(await page.getByRole('table').first().isVisible());
});

await end();
