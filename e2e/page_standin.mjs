// What only a stand-in has: its sites, the mail that it keeps, and what is asked of it.
import { accessible, assert, end, facts, seen, signIn, story } from './browser.mjs';

const as = (who) => ({ Authorization: `Basic ${Buffer.from(who).toString('base64')}` });

await story('a site is made, opened, reset and deleted', {}, async (page) => {
  await signIn(page, facts.email, '/sites');
  await page.getByLabel('Name of a new site').fill('analytical');
  await page.getByRole('button', { name: 'Make a site' }).click();
  await page.getByText('The site analytical is there.').waitFor();
  await page.getByRole('link', { name: 'Open analytical' }).click();
  await page.getByText('You come from another site').waitFor();
  await accessible(page);
  await page.getByRole('button', { name: 'Go on here as' }).click();
  await page.getByRole('heading', { name: 'People', exact: true }).waitFor();
  assert.ok(page.url().includes('/_site/analytical/'), page.url());
  await signIn(page, facts.email, '/sites');
  await page.getByRole('link', { name: 'Reset analytical' }).click();
  await page.getByRole('button', { name: 'Reset' }).click();
  await page.getByText('is what its seed says').waitFor();
  const [seed] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Seed of analytical' }).click()]);
  const file = await seed.path();
  await page.getByRole('link', { name: 'Delete analytical' }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('is gone').waitFor();
  await page.goto(`${facts.server}/sites/seed`);
  await page.locator('#seed').setInputFiles(file);
  await page.getByLabel('Name of the site').fill('again');
  await page.getByRole('button', { name: 'Make the site' }).click();
  await page.getByText('The site again is there.').waitFor();
});

await story('the name of a site that is taken is said beside the field', { expect: ['console: Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)'] }, async (page) => {
  await signIn(page, facts.email, '/sites');
  await page.getByLabel('Name of a new site').fill('demo');
  await page.getByRole('button', { name: 'Make a site' }).click();
  await page.getByRole('alert').waitFor();
  assert.equal(await page.getByLabel('Name of a new site').inputValue(), 'demo');
});

const invited = await fetch(`${facts.server}/wiki/api/v2/user/access/invite-by-email`, {
  method: 'POST', headers: { ...as(`${facts.email}:${facts.token}`), 'Content-Type': 'application/json', 'X-Atlassian-Token': 'no-check' }, body: JSON.stringify({ emails: ['new@example.com'] }),
});
assert.ok(invited.ok, `${invited.status}`);
await fetch(`${facts.server}/wiki/rest/api/user?accountId=nobody`, { headers: as(`${facts.email}:wrong`) });

await story('mail is read as text, as HTML in a frame, and as it would be sent', {}, async (page) => {
  await signIn(page, facts.email, '/inbox');
  await page.locator('tbody th a').first().click();
  await page.locator('.letter-text').waitFor();
  if (await page.locator('iframe').count()) {
    assert.equal(await page.locator('iframe').getAttribute('sandbox'), '');
    await page.frameLocator('iframe').locator('body').waitFor();
  }
  const raw = await page.request.get(new URL(await page.getByRole('link', { name: 'As it would be sent' }).getAttribute('href'), page.url()).href);
  assert.match(await raw.text(), /^Message-ID:/im);
});

await story('requests appear while one looks, with why they were refused', {}, async (page) => {
  await signIn(page, facts.email, '/requests');
  await page.getByText('inviteByEmail').first().waitFor();
  await fetch(`${facts.server}/wiki/rest/api/user/current`, { headers: as(`${facts.email}:${facts.token}`) });
  await page.getByText('getCurrentUser').first().waitFor();
  await page.getByRole('link', { name: 'Refused' }).click();
  await page.locator('.why').first().waitFor();
  assert.equal(await page.getByText('getCurrentUser').count(), 0);
  const log = await page.locator('#log').textContent();
  assert.ok(!log.includes('@') && !log.includes('wrong'), log);
});

await seen(facts.email, '/sites', '/sites/seed', '/inbox', '/requests', '/requests?show=refused', '/requests?show=all');

await end();
