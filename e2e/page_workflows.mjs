// Actions and workflows: what there is to automate, a run from the library to the inbox, and files with mistakes.
import { accessible, assert, end, facts, seen, signIn, story } from './browser.mjs';

const grace = '5b10408a563ad95fc803e2a5';

// mails are those that the stand-in captured.
async function mails() {
  const answer = await fetch(`${facts.server}/_roster/mail`);
  return (await answer.json()).messages;
}

await seen(facts.email, '/actions', '/actions/confluence.getUser', '/actions/confluence.createGroup', '/actions/mail.send', '/workflows', '/workflows/get-user-and-mail', '/workflows/offboarding', '/workflows/notify-space-watchers', '/workflows/_add', '/runs');
await seen(facts.person, '/workflows', '/workflows/get-user-and-mail');

await story('an action is found as one types, and run as oneself', {}, async (page) => {
  await signIn(page, facts.person, '/actions');
  await page.getByLabel('Search').fill('send mail');
  await page.waitForURL('**/actions?q=send**');
  assert.equal(await page.locator('.catalogue li').count(), 1);
  await page.goto(`${facts.server}/actions/confluence.getUser`);
  await page.getByLabel(/^Account ID/).fill(grace);
  await page.getByLabel(/^personalSpace/).check();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByText('status 200').waitFor();
  assert.match(await page.getByRole('group', { name: 'Answer' }).textContent(), /Grace Hopper/);
  await accessible(page);
});

await story('what changes something is asked about first', {}, async (page) => {
  await signIn(page, facts.email, '/actions/confluence.createGroup');
  await page.getByLabel(/^Name/).fill('automated');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByText('Do this?').waitFor();
  await accessible(page);
  await page.getByRole('button', { name: 'Yes, do it' }).click();
  await page.getByText('status 201').waitFor();
});

for (const javaScriptEnabled of [true, false]) {
  await story(`a workflow of the library runs, and its mail arrives, ${javaScriptEnabled ? 'with' : 'without'} scripts`, { javaScriptEnabled }, async (page) => {
    const to = javaScriptEnabled ? 'scripted@example.com' : 'plain@example.com';
    await signIn(page, facts.email, '/workflows');
    await page.getByRole('link', { name: 'Get User with Confluence and Send Results Via Email' }).first().click();
    await page.getByLabel(/^Account ID/).fill(grace);
    await page.getByLabel(/^To/).fill(to);
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await page.waitForURL('**/runs/**');
    for (let tries = 0; !javaScriptEnabled && tries < 50 && (await page.getByText('Look again').count()) > 0; tries++) await page.reload();
    await page.getByText('succeeded').first().waitFor();
    await page.getByText(to).first().waitFor();
    if (javaScriptEnabled) await accessible(page);
    const [mail] = (await mails()).filter((one) => one.to[0].address === to);
    assert.match(mail.text, /Grace Hopper/);
  });
}

await story('a person who is not there fails the run with the words of the API, and mails nothing', {}, async (page) => {
  await signIn(page, facts.email, '/workflows/get-user-and-mail');
  await page.getByLabel(/^Account ID/).fill('nobody');
  await page.getByLabel(/^To/).fill('never@example.com');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.waitForURL('**/runs/**');
  await page.locator('#said').getByText('failed').waitFor();
  await accessible(page);
  assert.equal((await mails()).some((one) => one.to[0].address === 'never@example.com'), false);
});

await story('a file with mistakes is shown with them, and they lead to their places', { expect: ['console: Failed to load resource: the server responded with a status of 422 (Unprocessable Entity)'] }, async (page) => {
  await signIn(page, facts.email, '/workflows/_add');
  await page.getByLabel('The file, in YAML').fill('document:\n  dsl: 1.0.0\n  namespace: n\n  name: mine\n  version: 1.0.0\ndo:\n  - a:\n      call: confluence.getUsr\n');
  await page.getByRole('button', { name: 'Store' }).click();
  await page.getByText('there is no action confluence.getUsr').waitFor();
  await accessible(page);
  await page.getByRole('button', { name: 'Line 8, column 13' }).click();
  assert.equal(await page.evaluate(() => getSelection().toString() || document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)), 'confluence.getUsr');
  await page.getByLabel('The file, in YAML').fill('document:\n  dsl: 1.0.0\n  namespace: n\n  name: mine\n  version: 1.0.0\ndo:\n  - a:\n      wait: PT10M\n');
  await page.getByRole('button', { name: 'Store' }).click();
  await page.getByText('The workflow is stored').waitFor();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.waitForURL('**/runs/**');
  await page.locator('#said').getByText('waiting').waitFor();
  await page.getByRole('button', { name: 'Pause updates' }).click();
  assert.ok(await page.evaluate(() => new Promise((resolve) => {
    document.addEventListener('htmx:beforeRequest', (event) => resolve(event.defaultPrevented));
  })), 'it is not paused');
  await accessible(page);
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Cancel the run' }).click();
  await page.getByText('The run was cancelled').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Pause updates' }).count(), 0);
  await page.goto(`${facts.server}/workflows/mine/remove`);
  await page.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('button', { name: 'Put it back' }).click();
  await page.getByText('The workflow is stored').waitFor();
});

await end();
