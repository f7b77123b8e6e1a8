// The frame around the pages: signing in and out, the navigation, and the keyboard.
import { accessible, assert, end, facts, looks, signIn, story } from './browser.mjs';

await story('whoever is not signed in is sent to sign in, and then back', {}, async (page) => {
  await page.goto(`${facts.server}/profile`);
  await page.waitForURL('**/login?**');
  await accessible(page);
  await page.getByRole('button', { name: facts.person }).click();
  await page.waitForURL('**/profile');
});

await story('people see no administrators’ sections', {}, async (page) => {
  await signIn(page, facts.person, '/profile');
  const links = await page.getByRole('navigation', { name: 'Sections' }).getByRole('link').allTextContents();
  assert.ok(links.includes('Profile') && !links.includes('Audit'), links.join());
});

const refused = (status) => [`console: Failed to load resource: the server responded with a status of ${status}`];

await story('whoever is turned away is told so, and has a way on', { expect: refused('403 (Forbidden)') }, async (page) => {
  await signIn(page, facts.person, '/people');
  await page.getByRole('heading', { name: 'This is for administrators' }).waitFor();
  await accessible(page);
  await page.getByRole('link', { name: 'Your profile' }).click();
  await page.waitForURL('**/profile');
});

await story('where there is no page, a page says so', { expect: refused('404 (Not Found)') }, async (page) => {
  await signIn(page, facts.person, '/nope');
  await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
  await accessible(page);
  await page.getByRole('link', { name: 'To your first page' }).click();
  await page.waitForURL('**/profile');
  await page.goto(`${facts.server}/profile/`);
  assert.equal(new URL(page.url()).pathname, '/profile');
});

await story('the first stop of the keyboard skips the navigation', {}, async (page) => {
  await signIn(page, facts.person, '/profile');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
});

await story('the menu of a narrow screen opens when it is asked to', { viewport: looks[1].viewport }, async (page) => {
  await signIn(page, facts.person, '/profile');
  const link = page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Profile' });
  assert.equal(await link.isVisible(), false);
  await page.getByText('Menu', { exact: true }).click();
  await link.click();
});

await story('signing out ends it', {}, async (page) => {
  await signIn(page, facts.person, '/profile');
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.goto(`${facts.server}/profile`);
  await page.waitForURL('**/login?**');
});

await end();
