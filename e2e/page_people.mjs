// People, groups, spaces and invitations, as a site administrator uses them.
import { accessible, assert, end, facts, seen, signIn, story } from './browser.mjs';

const table = (page, name) => page.getByRole('region', { name });

await story('people are found while their name is typed', {}, async (page) => {
  await signIn(page, facts.email, '/people');
  await page.getByLabel('Name or e-mail address').fill('babb');
  await page.waitForURL('**/people?*q=babb*');
  assert.deepEqual(await table(page, 'People').getByRole('rowheader').allInnerTexts().then((all) => all.map((t) => t.split('\n').at(-1).trim())), ['Charles Babbage']);
  await accessible(page);
  await page.getByLabel('Name or e-mail address').fill('nobody is called so');
  await page.getByText('Nobody is like that.').waitFor();
  await accessible(page);
  await page.reload();
  await page.getByText('Nobody is like that.').waitFor();
  await page.getByRole('link', { name: 'Show everybody' }).click();
  await page.getByLabel('Kind').selectOption('app');
  await page.waitForURL('**/people?*kind=app*');
  await page.getByText('Difference Engine').waitFor();
});

await story('without a script the same is found and done', { javaScriptEnabled: false }, async (page) => {
  await signIn(page, facts.email, '/people');
  await page.getByLabel('Name or e-mail address').fill('babb');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByRole('link', { name: 'Charles Babbage' }).click();
  assert.match(await page.getByRole('main').innerText(), /charles\.babbage@example\.com/);
});

await story('several people are deactivated, and that is undone', {}, async (page) => {
  await signIn(page, facts.email, '/people?q=e&status=active&kind=person');
  await page.getByLabel('Tick Emmy Noether').check();
  await page.getByLabel('Tick Leonhard Euler').check();
  await page.getByRole('button', { name: 'Deactivate' }).click();
  await page.getByRole('heading', { name: 'Deactivate 2 accounts?' }).waitFor();
  await accessible(page);
  await page.getByRole('button', { name: 'Deactivate' }).click();
  await page.getByRole('heading', { name: '2 of 2 changed' }).waitFor();
  await accessible(page);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('heading', { name: '2 of 2 changed' }).waitFor();
  assert.equal(await page.getByText('done', { exact: true }).count(), 2);
});

await story('everybody on a page is ticked at once', {}, async (page) => {
  await signIn(page, facts.email, '/people');
  await page.getByLabel('Tick all on this page').check();
  assert.equal(await page.locator('input[name=account]:not(:checked)').count(), 0);
});

await story('people are exported', {}, async (page) => {
  await signIn(page, facts.email, '/people?status=inactive');
  await page.getByText('Export', { exact: true }).click();
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'This list as CSV' }).click()]);
  assert.equal(file.suggestedFilename(), 'demo-people.csv');
});

await story('a person is added, edited, and closed once their name is typed', { expect: ['console: Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)'] }, async (page) => {
  await signIn(page, facts.email, '/people/new');
  await page.getByLabel('Display name', { exact: true }).fill('Hypatia');
  await page.getByLabel('Time zone', { exact: true }).fill('Mars/Olympus');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('alert').waitFor();
  await accessible(page);
  assert.equal(await page.getByLabel('Display name', { exact: true }).inputValue(), 'Hypatia');
  await page.getByLabel('Time zone', { exact: true }).fill('Africa/Cairo');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByText('The account is added.').waitFor();
  await page.getByRole('link', { name: 'Edit' }).click();
  await page.getByLabel('Position', { exact: true }).fill('Teacher');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The changes are saved.').waitFor();
  await page.getByRole('link', { name: 'History' }).click();
  await page.getByText('Teacher').waitFor();
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByRole('link', { name: 'Close for good…' }).click();
  await page.getByLabel('Type the public name').fill('Hypatia');
  await page.getByRole('button', { name: 'Close for good' }).click();
  await page.getByText('The account is closed').waitFor();
  await accessible(page);
});

await story('it is explained who sees what of a person', {}, async (page) => {
  await signIn(page, facts.email, '/people?q=rosalind');
  await page.getByRole('link', { name: 'Rosalind Franklin' }).click();
  await page.getByRole('link', { name: 'Who sees what' }).click();
  await page.getByLabel('Who looks').selectOption('account');
  await page.getByLabel('Account ID, e-mail address, or ID of the token').fill(facts.person);
  await page.getByRole('button', { name: 'Explain' }).click();
  await table(page, 'Fields').waitFor();
  await accessible(page);
});

await story('a group is added, filled, emptied and deleted', {}, async (page) => {
  await signIn(page, facts.email, '/groups/new');
  await page.getByLabel('Name').fill('Algebraists');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByText('The group is added.').waitFor();
  await page.getByLabel('Add somebody').fill(facts.person);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('is in the group now').waitFor();
  await page.getByRole('button', { name: 'Give: View profiles' }).click();
  await page.getByText('The group holds the permission now.').waitFor();
  await accessible(page);
  await page.getByRole('button', { name: 'Take out: Charles Babbage' }).click();
  await page.getByText('is no longer in the group').waitFor();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('link', { name: 'Delete…' }).click();
  await accessible(page);
  await page.getByRole('button', { name: 'Delete the group' }).click();
  await page.getByText('is deleted.').waitFor();
});

await story('apps are kept from a space', {}, async (page) => {
  await signIn(page, facts.email, '/spaces?q=science');
  await page.getByRole('link', { name: 'Science', exact: true }).click();
  await page.getByRole('button', { name: 'Block apps' }).click();
  await page.getByText('Apps are kept from the content of the space.').waitFor();
  await accessible(page);
  await page.getByRole('button', { name: 'Allow apps' }).click();
  await page.getByText('Apps are let at the content').waitFor();
});

await story('somebody is invited, again, and no longer', {}, async (page) => {
  await signIn(page, facts.email, '/invitations');
  await page.getByLabel('Invite by e-mail').fill('hypatia@example.net');
  await page.getByRole('button', { name: 'Invite' }).click();
  await page.getByText('The invitations are on their way.').waitFor();
  const again = page.getByRole('button', { name: 'Send again to hypatia@example.net' });
  for (let tries = 0; tries < 100 && !(await again.isVisible()); tries++) {
    await page.goto(`${facts.server}/invitations?state=open`);
  }
  await again.click();
  await page.getByText('A fresh link goes to').waitFor();
  await accessible(page);
  await page.getByRole('link', { name: 'Revoke that of hypatia@example.net' }).click();
  await page.getByText('invite the address again').waitFor();
  await accessible(page);
  await page.getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('is good for nothing any more').waitFor();
});

let person = '';
let group = '';
await story('a person and a group have pages of their own', {}, async (page) => {
  await signIn(page, facts.email, '/people?q=ada+love');
  person = await page.getByRole('link', { name: 'Ada Lovelace' }).getAttribute('href');
  await page.goto(`${facts.server}/groups?q=confluence-users`);
  group = await page.getByRole('link', { name: 'confluence-users' }).getAttribute('href');
});

await seen(facts.email, '/people', '/people/new', '/groups', '/groups/new', `/${group}`, `/${group}/delete`, '/spaces', '/spaces/SCI', '/invitations', '/invitations?state=failed',
  ...['', '/edit', '/close', '/password', '/groups', '/access', '/watches', '/properties', '/history', '/explain', '/explain?viewer=anyone'].map((tab) => `/${person}${tab}`));

await end();
