// An invitation from the administrator who sends it to the person who comes in by it.
import { accessible, assert, end, enter, facts, looks, signIn, story } from './browser.mjs';

// face is what pages look like.
const face = (page) => page.evaluate(() => {
  const of = (selector, ...names) => {
    const style = getComputedStyle(document.querySelector(selector));
    return names.map((name) => style[name]);
  };
  return {
    body: of('body', 'backgroundColor', 'color', 'font'), top: of('.top', 'backgroundColor', 'borderBottomColor', 'padding'),
    card: of('.card', 'backgroundColor', 'borderColor', 'borderRadius', 'padding', 'width'), heading: of('h1', 'color', 'font', 'margin'),
    input: of('input', 'backgroundColor', 'color', 'borderColor', 'height'), button: of('button', 'backgroundColor', 'color', 'borderRadius', 'height'),
  };
});

const password = 'several words in a row';

for (const look of looks) {
  const address = `sophie-${look.name}@example.net`;
  const name = `Sophie Germain of the ${look.name}`;
  await story(`somebody is invited and comes in, ${look.name}`, { colorScheme: look.colorScheme, viewport: look.viewport, expect: ['console: Failed to load resource: the server responded with a status of 404 (Not Found)'] }, async (page, context, open) => {
    await signIn(page, facts.email, '/invitations');
    await page.getByLabel('Invite by e-mail').fill(address);
    await page.getByRole('button', { name: 'Invite' }).click();
    await page.getByText('The invitations are on their way.').waitFor();
    assert.equal(await page.getByText('Nobody was invited yet').count(), 0);
    await page.getByRole('row', { name: address }).waitFor(); // by itself

    await page.goto(`${facts.server}/inbox`);
    await page.getByRole('row', { name: address }).getByRole('link').click();
    const [link] = (await page.locator('.letter-text').textContent()).match(/http\S+/);

    const guest = await open();
    await guest.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await guest.goto(`${facts.server}/login`);
    const others = await face(guest);
    await guest.goto(link);
    await guest.getByText(address).waitFor();
    assert.deepEqual(await face(guest), others);
    await accessible(guest);
    await guest.getByLabel('Your name').fill(name);
    await guest.getByLabel('A password').fill(password);
    if (facts.pictures) await guest.screenshot({ path: `${facts.pictures}/invitation-${look.name}.png`, fullPage: true });
    await guest.getByRole('button', { name: 'Accept' }).click();
    await guest.getByText('You are in').waitFor();
    await accessible(guest);
    if (facts.pictures) await guest.screenshot({ path: `${facts.pictures}/welcome-${look.name}.png`, fullPage: true });
    assert.ok(await guest.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the page is wider than the screen');
    const token = await guest.getByLabel('API token').inputValue();
    await guest.getByRole('button', { name: 'Copy' }).click();
    await guest.getByRole('button', { name: 'Copied' }).waitFor();
    assert.equal(await guest.evaluate(() => navigator.clipboard.readText()), token);
    await guest.getByRole('link', { name: 'sign in' }).click();
    await enter(guest, address, password);
    await guest.waitForURL('**/profile');
    await guest.getByRole('main').getByText(name).first().waitFor();

    const late = await open();
    await late.goto(link);
    await late.getByText('no longer valid').waitFor();
    await accessible(late);
    await late.getByRole('link', { name: 'sign in' }).click();
    await late.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();

    await page.goto(`${facts.server}/invitations?state=accepted`);
    await page.getByRole('row', { name: address }).getByRole('link', { name: 'who it let in' }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await page.getByRole('link', { name: 'confluence-users' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'confluence-guests' }).count(), 0);
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

await story('without scripts too somebody comes in, and has the token to copy by hand', { javaScriptEnabled: false }, async (page, context, open) => {
  const address = 'maria@example.net';
  await signIn(page, facts.email, '/invitations');
  await page.getByLabel('Invite by e-mail').fill(address);
  await page.getByRole('button', { name: 'Invite' }).click();
  assert.equal(await page.getByText('Nobody was invited yet').count(), 0);
  while (await page.getByText('Being invited now').count()) await page.reload();
  await page.goto(`${facts.server}/inbox`);
  await page.getByRole('row', { name: address }).getByRole('link').click();
  const link = await page.locator('.letter-text').getByRole('link').getAttribute('href');
  const guest = await open();
  await guest.goto(link);
  await guest.getByLabel('Your name').fill('Maria Agnesi');
  await guest.getByRole('button', { name: 'Accept' }).click();
  assert.match(await guest.getByLabel('API token').inputValue(), /^roster_/);
  assert.ok(await guest.getByRole('button', { name: 'Copy' }).isHidden());
});

await story('in the demo nobody becomes a guest unasked', {}, async (page) => {
  await signIn(page, facts.email, '/people/new');
  assert.ok(await page.getByLabel('confluence-users').isChecked());
  assert.ok(!await page.getByLabel('confluence-guests').isChecked());
  await page.getByLabel('Display name', { exact: true }).fill('Maria Cunitz');
  await page.getByLabel('E-mail address', { exact: true }).fill('cunitz@example.net');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('The account is added').waitFor();
  assert.equal(await page.getByRole('main').getByRole('link', { name: 'invitation' }).count(), 0);
  await page.goto(`${facts.server}/people`);
  assert.equal(await page.locator('#to option:checked').textContent(), 'confluence-users');
});

await end();
