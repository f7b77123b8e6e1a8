// What is uncertain, and a person's word about it: mail in the outbox, mail of a run, and a step of a run.
import { accessible, assert, end, facts, looks, signIn, story } from './browser.mjs';

// begin runs a workflow with a subject, and waits until nobody knows what became of it.
async function begin(page, workflow, subject) {
  await signIn(page, facts.email, `/workflows/${workflow}`);
  await page.getByLabel(/^Subject/).fill(subject);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.waitForURL('**/runs/**');
  await page.getByRole('heading', { name: 'Nobody knows whether it was done' }).waitFor();
}

// looksRight looks at the page as it stands, in both looks.
async function looksRight(page, name) {
  for (const look of looks) {
    await page.emulateMedia({ colorScheme: look.colorScheme });
    await page.setViewportSize(look.viewport);
    await accessible(page);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is wider than the screen`);
    if (facts.pictures) await page.screenshot({ path: `${facts.pictures}/${name}-${look.name}.png`, fullPage: true });
  }
  await page.emulateMedia({ colorScheme: looks[0].colorScheme });
  await page.setViewportSize(looks[0].viewport);
}

await story('uncertain mail is sent again from the outbox', {}, async (page) => {
  await begin(page, 'mail-once', 'outbox-again');
  await page.goto(`${facts.server}/outbox`);
  await page.getByRole('link', { name: 'Decide about them' }).click();
  await page.getByRole('link', { name: 'outbox-again' }).click();
  await page.getByText('Whoever has it already gets it twice').waitFor();
  await looksRight(page, 'uncertain-mail');
  await page.getByRole('link', { name: 'Mark as sent' }).click();
  await page.getByRole('heading', { name: 'Mark the message as sent?' }).waitFor();
  await looksRight(page, 'uncertain-question');
  await page.getByRole('link', { name: 'Cancel' }).click();
  await page.getByRole('link', { name: 'Send again' }).click();
  await page.getByRole('heading', { name: 'Send the message again?' }).waitFor();
  await looksRight(page, 'uncertain-again');
  await page.getByRole('button', { name: 'Send again' }).click();
  await page.getByText('The message is queued again').waitFor();
  while ((await page.getByRole('table').getByText('sent', { exact: true }).count()) === 0) await page.reload();
});

await story('uncertain mail that arrived counts as sent', { javaScriptEnabled: false }, async (page) => {
  await signIn(page, facts.email, '/workflows/mail-once');
  await page.getByLabel(/^Subject/).fill('outbox-sent');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.waitForURL('**/runs/**');
  while ((await page.getByText('Nobody knows').count()) === 0) await page.reload();
  await page.getByRole('link', { name: 'Look at the mail in the outbox' }).click();
  await page.getByRole('link', { name: 'Mark as sent' }).click();
  await page.getByRole('heading', { name: 'Mark the message as sent?' }).waitFor();
  await page.getByRole('button', { name: 'Mark as sent' }).click();
  await page.getByText('The message counts as sent').waitFor();
  assert.equal(await page.getByRole('link', { name: 'Send again' }).count(), 0);
});

for (const [workflow, what, meaning] of [['mail-once', 'run', 'gets it twice'], ['call-once', 'call', 'it is done twice']]) {
  await story(`what is uncertain of a run is done again: ${what}`, {}, async (page) => {
    await begin(page, workflow, `${what}-again`);
    await page.getByText(meaning).waitFor();
    await looksRight(page, `uncertain-${what}`);
    await page.getByRole('link', { name: 'Do it again' }).click();
    await page.getByRole('heading', { name: 'Do it again?' }).waitFor();
    await page.getByText(meaning).waitFor();
    await looksRight(page, `uncertain-${what}-again`);
    await page.getByRole('button', { name: 'Do it again' }).click();
    await page.getByText('is done again').waitFor();
    await page.locator('#said').getByText('succeeded').waitFor();
    if (workflow === 'mail-once') await page.locator('.mailed').getByText('sent', { exact: true }).waitFor();
  });

  await story(`what was uncertain of a run counts as done: ${what}`, {}, async (page) => {
    await begin(page, workflow, `${what}-sent`);
    await page.getByRole('link', { name: 'It was done' }).click();
    await page.getByRole('heading', { name: 'Was it done?' }).waitFor();
    await page.getByRole('button', { name: 'It was done' }).click();
    await page.getByText('counts as done').waitFor();
    await page.locator('#said').getByText('succeeded').waitFor();
  });
}

await story('what somebody else decided meanwhile is not decided again', { expect: ['console: Failed to load resource: the server responded with a status of 409 (Conflict)'] }, async (page, context) => {
  await begin(page, 'mail-once', 'twice');
  const other = await context.newPage();
  await other.goto(page.url());
  await page.getByRole('link', { name: 'Do it again' }).click();
  await page.getByRole('heading', { name: 'Do it again?' }).waitFor();
  await other.getByRole('link', { name: 'It was done' }).click();
  await other.getByRole('button', { name: 'It was done' }).click();
  await other.getByText('counts as done').waitFor();
  await page.getByRole('button', { name: 'Do it again' }).click();
  await page.getByText('is uncertain').waitFor();
  await accessible(page);
});

await end();
