// What administrators do to one person, to spaces and to apps, and how they look something up that was recorded.
import { accessible, assert, end, facts, seen, signIn, story } from './browser.mjs';

const wrong = { expect: ['console: Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)'] };

let person = '';
await story('somebody gets a picture, of which a part is kept, and loses it again', {}, async (page) => {
  await signIn(page, facts.email, '/people?q=charles');
  person = await page.getByRole('link', { name: 'Charles Babbage' }).getAttribute('href');
  await page.goto(`${facts.server}/${person}`);
  const face = page.locator('.who .face');
  const before = await face.getAttribute('src');
  await page.getByRole('link', { name: /the picture|it a picture/ }).click();
  const drawn = await page.evaluate(() => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [300, 200];
    const pen = canvas.getContext('2d');
    pen.fillStyle = 'teal';
    pen.fillRect(0, 0, 300, 200);
    return canvas.toDataURL('image/png');
  });
  await page.getByLabel('File').setInputFiles({ name: 'picture.png', mimeType: 'image/png', buffer: Buffer.from(drawn.split(',')[1], 'base64') });
  await page.getByRole('slider', { name: 'Zoom' }).fill('150');
  await accessible(page);
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The picture is changed.').waitFor();
  assert.notEqual(await face.getAttribute('src'), before);
  await page.getByRole('link', { name: 'Change the picture' }).click();
  await page.getByRole('link', { name: 'Remove picture' }).click();
  await accessible(page);
  await page.getByRole('button', { name: 'Remove the picture' }).click();
  await page.getByText('The picture is removed.').waitFor();
});

await story('a watch of somebody is ended, and brought back', {}, async (page) => {
  await signIn(page, facts.email, '/spaces/SCI');
  const watcher = page.getByRole('region', { name: 'Who watches it' }).getByRole('link').first();
  await watcher.click();
  await page.getByRole('link', { name: 'Watches' }).click();
  await page.getByLabel('Show').selectOption('space');
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByRole('button', { name: 'Stop watching Science' }).click();
  await page.getByText('does not watch Science any more').waitFor();
  await accessible(page);
  await page.getByRole('button', { name: 'Watch it again' }).click();
  await page.getByText('The account watches it again.').waitFor();
});

await story('somebody is signed out everywhere and deactivated once that is asked about, and reactivated at once', {}, async (page) => {
  await signIn(page, facts.email, `/${person}`);
  await page.getByRole('link', { name: 'Sign out everywhere' }).click();
  await page.getByRole('heading', { name: 'Sign the account out everywhere?' }).waitFor();
  await accessible(page);
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await page.getByText('is signed out of all browsers').waitFor();
  await page.getByRole('link', { name: 'Deactivate' }).click();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByRole('link', { name: 'Deactivate' }).click();
  await page.getByText('To undo that, reactivate it').waitFor();
  await accessible(page);
  await page.getByRole('button', { name: 'Deactivate' }).click();
  await page.getByText('The account is deactivated').waitFor();
  await accessible(page);
  await page.getByRole('status').getByRole('button', { name: 'Reactivate' }).click();
  await page.getByText('The account is active again.').waitFor();
});

await story('a permission in a space is given, and taken away once that is asked about', {}, async (page) => {
  await signIn(page, facts.email, '/spaces/SCI');
  await page.getByLabel('Permission to').selectOption('create page');
  await page.getByLabel('For', { exact: true }).selectOption('user');
  await page.getByLabel('Group, account ID').fill(facts.person);
  await page.getByRole('button', { name: 'Give' }).click();
  await page.getByText('The permissions are changed.').waitFor();
  await page.getByRole('link', { name: 'Take away: create page, Charles Babbage' }).click();
  await page.getByText('To undo that, give it again').waitFor();
  await accessible(page);
  await page.getByRole('button', { name: 'Take away' }).click();
  await page.getByText('The permissions are changed.').waitFor();
  assert.equal(await page.getByRole('link', { name: 'Take away: create page, Charles Babbage' }).count(), 0);
});

await story('a space is added, and deleted once its key is typed', wrong, async (page) => {
  await signIn(page, facts.email, '/spaces');
  await page.getByRole('link', { name: 'Add a space' }).click();
  await page.getByLabel('Key').fill('not a key');
  await page.getByLabel('Name').fill('Looms');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('alert').waitFor();
  await accessible(page);
  await page.getByLabel('Key').fill('LOOM');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByText('The space is added.').waitFor();
  await page.getByRole('link', { name: 'Delete…' }).click();
  await page.getByLabel('Type the key').fill('LOOM');
  await page.getByRole('button', { name: 'Delete the space' }).click();
  await page.getByText('is deleted.').waitFor();
});

let app = '';
await story('an app is edited', {}, async (page) => {
  await signIn(page, facts.email, '/apps');
  app = await page.getByRole('link', { name: 'Example OAuth app' }).getAttribute('href');
  await page.goto(`${facts.server}/${app}`);
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByLabel('Redirect URIs').fill('https://app.example/callback\nhttps://app.example/other');
  await page.getByRole('checkbox', { name: 'offline_access' }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The changes are saved.').waitFor();
  await page.getByText('https://app.example/other').waitFor();
});

await story('what was recorded is narrowed by what is in it', {}, async (page) => {
  await signIn(page, facts.email, '/audit');
  await page.getByLabel('Operation').fill('app.update');
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await page.getByRole('cell', { name: 'app.update' }).first().waitFor();
  await accessible(page);
});

await seen(facts.email, '/people', `/${person}`, `/${person}/status?do=deactivate`, `/${person}/picture/change`, `/${person}/picture/remove`, `/${person}/watches`, '/spaces', '/spaces/new-space', '/spaces/SCI', '/spaces/SCI/delete',
  `/${app}`, `/${app}/edit`, '/audit', '/audit?operation=app.update', '/audit?operation=none&via=cli');

await end();
