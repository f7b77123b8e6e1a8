// An invitation from the administrator who sends it to the person who comes in by it.
import { accessible, assert, end, enter, facts, looks, signIn, story } from './browser.mjs';

const password = 'several words in a row';

for (const look of looks) {
  const address = `sophie-${look.name}@example.net`;
  const name = `Sophie Germain of the ${look.name}`;
  await story(`somebody is invited and comes in, ${look.name}`, { colorScheme: look.colorScheme, viewport: look.viewport, expect: ['console: Failed to load resource: the server responded with a status of 404 (Not Found)'] }, async (page, context, open) => {
    await signIn(page, facts.email, '/invitations');
    await page.getByLabel('Invite by e-mail').fill(address);
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.getByText('The invitations are on their way.').waitFor();

    await page.goto(`${facts.server}/inbox`);
    await page.getByRole('row', { name: address }).getByRole('link').click();
    const [link] = (await page.locator('.letter-text').textContent()).match(/http\S+/);

    const guest = await open();
    await guest.goto(link);
    await guest.getByText(address).waitFor();
    await accessible(guest);
    await guest.getByLabel('Your name').fill(name);
    await guest.getByLabel('A password').fill(password);
    if (facts.pictures) await guest.screenshot({ path: `${facts.pictures}/invitation-${look.name}.png`, fullPage: true });
    await guest.getByRole('button', { name: 'Accept' }).click();
    await guest.getByText('You are in').waitFor();
    await accessible(guest);
    if (facts.pictures) await guest.screenshot({ path: `${facts.pictures}/welcome-${look.name}.png`, fullPage: true });
    assert.ok(await guest.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page is wider than the screen');
    await guest.getByRole('link', { name: 'sign in' }).click();
    await enter(guest, address, password);
    await guest.waitForURL('**/profile');
    await guest.getByText(name).first().waitFor();

    const late = await open();
    await late.goto(link);
    await late.getByText('no longer valid').waitFor();

    await page.goto(`${facts.server}/invitations?state=accepted`);
    await page.getByRole('row', { name: address }).getByRole('link', { name: 'who it let in' }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await page.goto(`${facts.server}/people?q=${encodeURIComponent(address)}`);
    await page.getByRole('link', { name, exact: true }).waitFor();
  });
}

await story('nobody comes in by an invitation that was revoked', { expect: ['console: Failed to load resource: the server responded with a status of 404 (Not Found)'] }, async (page, context, open) => {
  const address = 'marie@example.net';
  await signIn(page, facts.email, '/invitations');
  await page.getByLabel('Invite by e-mail').fill(address);
  await page.getByRole('button', { name: 'Invite' }).click();
  await page.goto(`${facts.server}/inbox`);
  await page.getByRole('row', { name: address }).getByRole('link').click();
  const [link] = (await page.locator('.letter-text').textContent()).match(/http\S+/);
  const guest = await open();
  await guest.goto(link);
  await page.goto(`${facts.server}/invitations`);
  await page.getByRole('link', { name: `Revoke that of ${address}` }).click();
  await page.getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('is good for nothing any more').waitFor();
  await guest.getByLabel('Your name').fill('Marie Curie');
  await guest.getByRole('button', { name: 'Accept' }).click();
  await guest.getByText('no longer valid').waitFor();
});

await end();
