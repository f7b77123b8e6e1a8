// What only a stand-in has: its sites, the mail that it keeps, and what is asked of it.
import { accessible, assert, end, facts, looks, seen, signIn, story } from './browser.mjs';

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

// letter opens the mail that invites somebody.
async function letter(page) {
  await signIn(page, facts.email, '/inbox');
  await page.getByRole('row', { name: 'new@example.com' }).getByRole('link').click();
  await page.locator('.letter-text').waitFor();
  return page.frameLocator('iframe.letter');
}

// follow clicks on a link, and returns the page that it opens in another tab.
async function follow(context, link, path) {
  const [opened] = await Promise.all([context.waitForEvent('page'), link.click()]);
  await opened.waitForURL((url) => url.pathname.startsWith(path));
  assert.equal(await opened.evaluate(() => globalThis.opener), null);
  return opened;
}

for (const look of looks) {
  await story(`mail is read as text, as HTML in a frame, and as it would be sent, ${look.name}`, { colorScheme: look.colorScheme, viewport: look.viewport }, async (page, context) => {
    const frame = await letter(page);
    for (const link of [frame.getByRole('link', { name: 'Accept the invitation' }), page.locator('.letter-text').getByRole('link')]) {
      const invitation = await follow(context, link, '/invitation/');
      await invitation.getByText('new@example.com').waitFor();
      await invitation.close();
    }
    assert.ok(await frame.locator('body').evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'the mail is wider than its frame');
    const raw = await page.request.get(new URL(await page.getByRole('link', { name: 'As it would be sent' }).getAttribute('href'), page.url()).href);
    assert.match(await raw.text(), /^Message-ID:/im);
    await accessible(page);
  });
}

// What a browser says of what it refused, in the order in which the mail below tries it.
const refused = [];
const refusals = [/base-uri 'none'/, /the redirect specified via '<meta/, /Blocked script execution/, /navigation of the top-level window is sandboxed/, /navigation of the top-level window is sandboxed/, /JavaScript URL/, /JavaScript URL/, /Blocked form submission/];

await story('a hostile mail leads nobody away, and runs and sends nothing', { expect: refused }, async (page, context) => {
  const evil = 'http://evil.example';
  context.on('console', (message) => refused.push(`console: ${message.text()}`));
  await context.route('**/inbox/*/html', async (route) => {
    const response = await route.fetch();
    const [head] = (await response.text()).match(/^.*?<base [^>]*>/);
    await route.fulfill({ response, body: `${head}<base href="${evil}/" target="_top"><meta http-equiv="refresh" content="0;url=${evil}/refreshed"><script>top.location = '${evil}/run'</script>
      <p><a href="${evil}/top" target="_top">top</a> <a href="${evil}/parent" target="_parent">parent</a> <a href="javascript:alert(1)" target="_self">script here</a> <a href="javascript:alert(2)">script</a>
      <a href="${facts.server}/login?again" target="named" rel="opener">named</a></p>
      <form action="${evil}/sent" method="post"><button>send</button></form>` });
  });
  const frame = await letter(page);
  const at = page.url();
  for (const link of ['top', 'parent', 'script here', 'script']) await frame.getByRole('link', { name: link, exact: true }).click();
  await frame.getByRole('button', { name: 'send' }).click();
  for (let waits = 0; refused.length < refusals.length && waits < 600; waits++) await page.waitForTimeout(100);
  assert.deepEqual(refused.map((said, i) => refusals[i]?.test(said)), refusals.map(() => true), refused.join('\n'));
  assert.deepEqual(context.pages().map((open) => open.url()), [at]);
  await follow(context, frame.getByRole('link', { name: 'named' }), '/login');
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

// turns says of the next two times that a page would renew itself whether it waited.
const turns = (page) => page.evaluate(() => new Promise((resolve) => {
  const waited = [];
  document.addEventListener('htmx:beforeRequest', (event) => {
    if (waited.push(event.defaultPrevented) === 2) resolve(waited);
  });
}));

await story('the list of requests is renewed where something is new, and waits for who is in it or pauses it', {}, async (page) => {
  const asks = () => fetch(`${facts.server}/wiki/rest/api/user/current`, { headers: as(`${facts.email}:wrong`) });
  await signIn(page, facts.email, '/requests?show=refused');
  await page.waitForResponse((response) => response.url().includes('/requests?look=') && response.status() === 204);
  const waits = page.getByText('Updates wait while');
  const rows = page.locator('#log tr');
  const before = await rows.count();
  const more = (than) => page.waitForFunction((than) => document.querySelectorAll('#log tr').length > than, than);

  const link = page.locator('#log a').first();
  await link.focus();
  await link.evaluate((element) => { globalThis.kept = element; });
  await asks();
  assert.deepEqual(await turns(page), [true, true]);
  await waits.waitFor();
  assert.ok(await page.evaluate(() => document.activeElement === globalThis.kept));
  assert.equal(await rows.count(), before);
  await accessible(page);
  await link.evaluate((element) => element.blur());
  await more(before);
  await waits.waitFor({ state: 'hidden' });

  await page.evaluate(() => getSelection().selectAllChildren(document.querySelector('#log th')));
  assert.deepEqual(await turns(page), [true, true]);
  await page.evaluate(() => getSelection().removeAllRanges());
  assert.deepEqual(await turns(page), [false, false]);

  await page.getByRole('button', { name: 'Pause updates' }).click();
  await asks();
  assert.deepEqual(await turns(page), [true, true]);
  assert.equal(await rows.count(), before + 1);
  await page.getByRole('button', { name: 'Resume updates' }).click();
  await more(before + 1);
});

await seen(facts.email, '/sites', '/sites/seed', '/inbox', '/requests', '/requests?show=refused', '/requests?show=all');

await end();
