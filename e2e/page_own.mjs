// The pages about oneself: the profile and who sees it, the picture, tokens, sessions, watches and groups.
import { accessible, assert, end, facts, seen, signIn, story } from './browser.mjs';

const done = (page) => page.getByRole('status').filter({ hasText: /./ }).first();

// call asks the API by an API token, and returns the status.
async function call(email, token, path) {
  const answer = await fetch(facts.server + path, { headers: { Authorization: `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}` } });
  return answer.status;
}

await seen(
  facts.email, '/profile', '/profile/edit', '/profile/picture', '/profile/groups', '/profile/watches', '/profile/tokens', '/profile/tokens/new', '/profile/sessions',
  '/profile/apps', '/profile/password',
);

await story('what somebody hides is hidden from others', {}, async (page) => {
  await signIn(page, facts.person, '/profile/edit');
  await page.getByLabel('Position', { exact: true }).fill('Engineer of engines');
  await page.getByLabel('Who may see it: Position').selectOption({ label: 'Only you' });
  await page.getByLabel('Time zone', { exact: true }).fill('Europe/London');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL('**/profile?done=saved');
  assert.match(await done(page).textContent(), /saved/);
  assert.equal(await page.getByText('Engineer of engines').count(), 1); // in what they see themselves
  await page.goto(`${facts.server}/profile/edit`);
  await page.getByLabel('Who may see it: Position').selectOption({ label: 'Anyone' });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL('**/profile?done=saved');
  assert.equal(await page.getByText('Engineer of engines').count(), 4);
  await accessible(page);
});

await story('an e-mail address that is hidden is hidden in the API', {}, async (page, context) => {
  const other = await (await context.browser().newContext()).newPage();
  await signIn(other, facts.person, '/profile');
  await signIn(page, facts.email, '/profile');
  const account = await page.locator('.own-facts code').textContent();
  for (const [audience, email] of [['Anyone', facts.email], ['Only you', '']]) {
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByLabel('Who may see it: E-mail address').selectOption({ label: audience });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.waitForURL('**/profile?done=saved');
    const answer = await other.request.get(`${facts.server}/wiki/rest/api/user?accountId=${encodeURIComponent(account)}`);
    assert.equal((await answer.json()).email ?? '', email);
  }
  await other.context().close();
});

await story('a mistake is said beside its field, and nothing typed is lost', { expect: ['console: Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)'] }, async (page) => {
  await signIn(page, facts.person, '/profile/edit');
  await page.getByLabel('Department', { exact: true }).fill('Kept');
  await page.getByLabel('Time zone', { exact: true }).fill('Atlantis/Centre');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Nothing is saved yet').waitFor();
  assert.equal(await page.getByLabel('Department', { exact: true }).inputValue(), 'Kept');
  assert.equal(await page.getByLabel('Time zone', { exact: true }).getAttribute('aria-invalid'), 'true');
  await accessible(page);
});

// picture is a PNG of so many pixels, red on its left and blue on its right.
const picture = (page, wide, high) => page.evaluate(async ([w, h]) => {
  const canvas = new OffscreenCanvas(w, h);
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#f00';
  pen.fillRect(0, 0, w / 2, h);
  pen.fillStyle = '#00f';
  pen.fillRect(w / 2, 0, w / 2, h);
  return [...new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer())];
}, [wide, high]);

// colour of the middle of the picture at the top of the page.
const colour = (page) => page.locator('.own-top img').evaluate(async (img) => {
  await img.decode();
  const canvas = new OffscreenCanvas(img.naturalWidth, img.naturalHeight);
  const pen = canvas.getContext('2d');
  pen.drawImage(img, 0, 0);
  return [...pen.getImageData(img.naturalWidth / 2, img.naturalHeight / 2, 1, 1).data.slice(0, 3)].join();
});

await story('the part of a picture that is kept is chosen by the keyboard', {}, async (page) => {
  await signIn(page, facts.person, '/profile/picture');
  const content = Buffer.from(await picture(page, 1200, 400));
  await page.getByLabel('File').setInputFiles({ name: 'wide.png', mimeType: 'image/png', buffer: content });
  await page.getByRole('group', { name: 'Choose the part to keep' }).waitFor();
  await accessible(page);
  await page.getByLabel('Zoom').focus();
  await page.keyboard.press('PageUp');
  await page.getByLabel('Left to right').focus();
  await page.keyboard.press('End');
  if (facts.pictures) await page.screenshot({ path: `${facts.pictures}/profile-crop.png`, fullPage: true });
  await page.getByRole('button', { name: 'Save' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/profile?done=picture');
  assert.equal(await colour(page), '0,0,255');
  await page.getByRole('link', { name: 'Remove picture' }).click();
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.waitForURL('**/profile?done=picture-removed');
});

await story('without a script a picture is cut in its middle', { javaScriptEnabled: false }, async (page, context) => {
  const drawing = await context.browser().newPage();
  const content = Buffer.from(await picture(drawing, 300, 100));
  await drawing.close();
  await signIn(page, facts.person, '/profile/picture');
  await page.getByLabel('File').setInputFiles({ name: 'wide.png', mimeType: 'image/png', buffer: content });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL('**/profile?done=picture');
  assert.equal(await page.getByRole('link', { name: 'Change picture' }).count(), 1);
});

await story('a token is made, used, tested and revoked', {}, async (page) => {
  await signIn(page, facts.person, '/profile/tokens');
  await page.getByRole('link', { name: 'Make a token' }).first().click();
  await page.getByLabel('Label', { exact: true }).fill('story');
  await page.getByLabel(/read:confluence-user/).check();
  await page.getByRole('button', { name: 'Make the token' }).click();
  await page.getByRole('heading', { name: 'Your new token' }).waitFor();
  await accessible(page);
  const token = await page.getByLabel('Token story').inputValue();
  const self = '/wiki/rest/api/user/current';
  assert.equal(await call(facts.person, token, self), 200);
  await page.getByRole('link', { name: 'Test it' }).click();
  await page.getByText(/It may call/).waitFor();
  await accessible(page);
  if (facts.pictures) await page.screenshot({ path: `${facts.pictures}/profile-token.png`, fullPage: true });
  await page.getByLabel('Show').selectOption({ label: 'Those that it may call' });
  await page.getByRole('button', { name: 'Show' }).click();
  assert.equal(await page.getByText('no', { exact: true }).count(), 0);
  await page.getByRole('link', { name: 'Revoke' }).click();
  await accessible(page);
  await page.getByRole('button', { name: 'Revoke' }).click();
  await page.waitForURL('**/profile/tokens?*');
  assert.match(await done(page).textContent(), /story/);
  assert.equal(await call(facts.person, token, self), 403);
});

await story('a token for everything hides the scopes', {}, async (page) => {
  await signIn(page, facts.person, '/profile/tokens/new');
  assert.equal(await page.getByText('Finer scopes').isVisible(), true);
  await page.getByLabel('All that you may do yourself').check();
  assert.equal(await page.getByText('Finer scopes').isVisible(), false);
});

await story('a session in another browser is ended', {}, async (page, context) => {
  const other = await (await context.browser().newContext()).newPage();
  await signIn(other, facts.email, '/profile');
  await signIn(page, facts.email, '/profile/sessions');
  await page.getByRole('link', { name: 'End all others' }).click();
  await page.getByRole('button', { name: 'End all others' }).click();
  await page.waitForURL('**/profile/sessions?done=others');
  await other.goto(`${facts.server}/profile`);
  await other.waitForURL('**/login?**');
  await other.context().close();
});

await story('a password is chosen, and then asked for to change it', {}, async (page) => {
  await signIn(page, facts.person, '/profile/password');
  await page.getByLabel('New password', { exact: true }).fill('several words in a row');
  await page.getByLabel('New password, once more').fill('several words in a row');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.waitForURL('**/profile/sessions?done=password');
  await page.getByRole('link', { name: 'Change your password' }).click();
  assert.equal(await page.getByLabel('Old password').count(), 1);
});

await story('a watch is stopped and begun again', {}, async (page) => {
  await signIn(page, facts.email, '/profile/watches');
  const stops = page.getByRole('button', { name: /Stop watching/ });
  const before = await stops.count();
  assert.ok(before > 0);
  await stops.first().click();
  await page.getByText(/You do not watch/).waitFor();
  assert.equal(await stops.count(), before - 1);
  await accessible(page);
  await page.getByRole('button', { name: 'Watch it again' }).click();
  await page.getByText('You watch it again.').waitFor();
  assert.equal(await stops.count(), before);
});

await end();
