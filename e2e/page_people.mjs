// People, groups, spaces and invitations, as a site administrator uses them.
import { readFileSync } from 'node:fs';
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
  await page.getByRole('combobox', { name: 'Kind' }).selectOption('app');
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

await story('those who are ticked stay so while a group is chosen for them', {}, async (page) => {
  await signIn(page, facts.email, '/people?q=emmy');
  await page.getByLabel('Tick Emmy Noether').check();
  await page.locator('#to').selectOption({ label: 'marketing' });
  await page.getByRole('button', { name: 'Add to group' }).click();
  await page.getByRole('heading', { name: 'Add 1 account to marketing?' }).waitFor();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.waitForURL('**/people?q=emmy');
});

const headings = (page) => table(page, 'People').getByRole('columnheader').allInnerTexts().then((all) => all.slice(1).join(', '));
const choose = async (page, names, right) => {
  for (const name of names) await page.getByRole('group', { name: 'Columns beside the name' }).getByLabel(name, { exact: true }).click();
  await table(page, 'People').getByRole('columnheader').last().filter({ hasText: right }).waitFor();
};

await story('columns are chosen, and stay while one searches, goes on, shares the list and exports it', {}, async (page, context) => {
  await signIn(page, facts.email, '/people');
  await page.evaluate(() => { globalThis.same = true; });
  await page.getByText('Columns', { exact: true }).click();
  await choose(page, ['Changed'], 'Groups');
  await choose(page, ['Status', 'Kind', 'Groups', 'Department', 'Manager'], 'Manager');
  await page.waitForURL('**/people?columns=email,department,manager');
  assert.equal(await headings(page), 'Name, E-mail address, Department, Manager');
  await accessible(page);
  await page.getByLabel('Name or e-mail address').fill('hopper');
  await page.waitForURL('**/people?columns=email,department,manager&q=hopper');
  await table(page, 'People').getByRole('row').nth(2).waitFor({ state: 'detached' });
  assert.equal(await table(page, 'People').getByRole('row').nth(1).innerText().then((text) => text.replaceAll(/\s+/g, ' ').trim()), 'GH Grace Hopper grace.hopper@example.com Engineering Ada Lovelace');
  assert.equal(await page.evaluate(() => globalThis.same), true, 'the page was loaded anew');

  const other = await context.newPage();
  await other.goto(page.url());
  assert.equal(await headings(other), 'Name, E-mail address, Department, Manager');
  await other.getByText('Columns', { exact: true }).click();
  assert.deepEqual(await other.locator('.p-columns input:checked').evaluateAll((boxes) => boxes.map((box) => box.value)), ['email', 'department', 'manager']);
  await other.getByText('Export', { exact: true }).click();
  const [file] = await Promise.all([other.waitForEvent('download'), other.getByRole('button', { name: 'This list as CSV' }).click()]);
  assert.match(readFileSync(await file.path(), 'utf8'), /^displayName,email,department,manager\nGrace Hopper,grace\.hopper@example\.com,Engineering,\S+\n$/);
  await other.getByRole('link', { name: 'Ada Lovelace' }).click();
  await other.getByRole('heading', { level: 1, name: 'Ada Lovelace' }).waitFor();

  await page.getByLabel('Tick Grace Hopper').check();
  await page.getByRole('button', { name: 'Deactivate' }).click();
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.waitForURL('**/people?columns=email,department,manager&q=hopper');
  await page.goBack();
  await page.getByRole('heading', { name: 'Deactivate 1 account?' }).waitFor();
  await page.goBack();
  await page.goBack();
  await page.waitForURL('**/people?columns=email,department,manager');
  await page.getByRole('link', { name: 'Charles Babbage' }).waitFor();
  assert.equal(await headings(page), 'Name, E-mail address, Department, Manager');
});

await story('columns are kept for the next visit, without a script too', { javaScriptEnabled: false }, async (page) => {
  await signIn(page, facts.email, '/people');
  assert.equal(await page.getByRole('button', { name: 'Always show these columns' }).count(), 0);
  await page.getByText('Columns', { exact: true }).click();
  for (const name of ['Kind', 'Groups', 'Changed']) await page.getByRole('checkbox', { name, exact: true }).uncheck();
  await page.getByRole('checkbox', { name: 'Phone' }).check();
  await page.getByRole('button', { name: 'Show them' }).click();
  assert.equal(await headings(page), 'Name, E-mail address, Status, Phone');
  await page.getByRole('button', { name: 'Always show these columns' }).click();
  await page.getByText('show these columns from now on').waitFor();
  await page.getByRole('link', { name: 'Groups' }).first().click();
  await page.getByRole('link', { name: 'People' }).first().click();
  await page.waitForURL('**/people?columns=email,status,phone');
  assert.equal(await headings(page), 'Name, E-mail address, Status, Phone');
  await page.getByLabel('Name or e-mail address').fill('babb');
  await page.getByRole('button', { name: 'Search' }).click();
  assert.equal(await headings(page), 'Name, E-mail address, Status, Phone');
  assert.equal(await table(page, 'People').getByRole('row').count(), 2);
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
  const again = page.getByRole('link', { name: 'Send again to hypatia@example.net' });
  for (let tries = 0; tries < 100 && !(await again.isVisible()); tries++) {
    await page.goto(`${facts.server}/invitations?state=open`);
  }
  await again.click();
  await page.getByText('gets another mail with a fresh link').waitFor();
  await accessible(page);
  await page.getByRole('button', { name: 'Send again' }).click();
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

const all = 'email,status,kind,groups,changed,created,licensed,id,publicName,position,department,location,manager,phone,im,website,timeZone,locale,emailApproved';
await seen(facts.email, '/people', '/people?columns=name', `/people?columns=${all}`, '/people/new', '/groups', '/groups/new', `/${group}`, `/${group}/delete`, '/spaces', '/spaces/SCI', '/invitations', '/invitations?state=failed',
  ...['', '/edit', '/close', '/password', '/groups', '/access', '/watches', '/properties', '/history', '/explain', '/explain?viewer=anyone'].map((tab) => `/${person}${tab}`));

await end();
