// What hostile people and hostile sites do to those who use the pages: text with markup everywhere, forms and requests
// from elsewhere, frames, and links that lead away.
import { assert, end, facts, looks, signIn, story } from './browser.mjs';

const failed = (status) => `console: Failed to load resource: the server responded with a status of ${status}`;
const forbidden = failed('403 (Forbidden)');
const wrong = failed('422 (Unprocessable Entity)');

// A site on which all that can be text is this.
const text = `<img src=x onerror=alert(1)>"><script>alert(2)</script>' onfocus='alert(3)' evil='"};alert(4)//{{7*7}}`;
const seed = {
  site: { name: 'hostile' },
  groups: [{ name: 'administrators', permissions: ['use', 'view-profiles', 'administer', 'site-admin'] }, { name: text }],
  accounts: [{
    accountId: 'hostile:1', email: 'ada@example.com', displayName: text, publicName: text, position: text, department: text, location: text, phone: 'javascript:alert(5)', im: text,
    website: 'javascript:alert(6)', manager: 'ada@example.com', visibility: 'anyone', groups: ['administrators', text], tokens: [{ label: text }],
    properties: [{ key: 'text', value: JSON.stringify({ [text]: text }) }],
  }],
  apps: [{ kind: 'oauth', name: text, clientId: 'hostile', redirectUris: ['https://app.example/callback'], scopes: ['read:confluence-user'] }],
  spaces: [{
    key: 'TEXT', name: text, description: text, owner: 'ada@example.com', watchers: ['ada@example.com'], pages: [{ title: text, body: text }],
    permissions: [{ operation: 'read', group: text }],
  }],
};
const workflow = {
  document: { dsl: '1.0.3', namespace: 'example', name: 'hostile', version: '1.0.0', title: text, summary: text }, do: [{ sets: { set: { [text]: text } } }],
};
const site = '/_site/hostile';

await story('a site is full of hostile text', {}, async (page) => {
  await signIn(page, facts.email, '/sites/seed');
  await page.locator('#seed').setInputFiles({ name: 'hostile.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(seed)) });
  await page.getByLabel('Name of the site').fill('hostile');
  await page.getByRole('button', { name: 'Make the site' }).click();
  await page.getByText('The site hostile is there.').waitFor();
});

// signInThere opens a page of that site.
async function signInThere(page, path) {
  await page.goto(`${facts.server}${site}/login`);
  await page.getByRole('button', { name: 'ada@example.com' }).click();
  await page.goto(facts.server + site + path);
}

let run;
await story('a workflow of hostile text runs there', {}, async (page) => {
  await signInThere(page, '/workflows/_add');
  await page.getByLabel('The file, in YAML').fill(JSON.stringify(workflow));
  await page.getByRole('button', { name: 'Store' }).click();
  await page.getByText('The workflow is stored').waitFor();
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.waitForURL('**/runs/**');
  await page.locator('#said').getByText('succeeded').waitFor();
  run = new URL(page.url()).pathname.slice(site.length);
});

// inert fails on whatever hostile text could have become.
async function inert(page) {
  const found = await page.evaluate(() => [...document.querySelectorAll('img[src=x], script:not([src]), [onerror], [onfocus], [evil], a[href^="javascript:" i], form[action^="javascript:" i]')].map((e) => e.outerHTML));
  assert.deepEqual(found, [], page.url());
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${page.url()} is wider than the screen`);
}

// On a narrow screen, which long words would burst.
await story('hostile text is shown as the text that it is', { colorScheme: looks[1].colorScheme, viewport: looks[1].viewport }, async (page) => {
  await signInThere(page, '/profile');
  const person = '/people/hostile%3A1';
  const group = new URL(await (await page.goto(`${facts.server}${site}/groups`), page.getByRole('link', { name: text })).evaluate((link) => link.href)).pathname.slice(site.length);
  for (const path of [
    '/profile', '/profile/groups', '/profile/watches', '/profile/tokens', '/people', person, `${person}/groups`, `${person}/access`, `${person}/watches`, `${person}/properties`, `${person}/explain`, `${person}/close`,
    '/groups', group, `${group}/delete`, '/spaces', '/spaces/TEXT', '/apps', '/apps/hostile', '/apps/hostile/remove', '/tokens', '/workflows', '/workflows/hostile', '/runs', run, '/audit', '/login',
    `/authorize?client_id=hostile&scope=read:confluence-user&redirect_uri=https://app.example/callback&response_type=code&prompt=consent`,
  ]) {
    await page.goto(facts.server + site + path);
    assert.ok((await page.locator('body').innerText()).includes('<img src=x onerror=alert(1)>'), `${path} does not show it`);
    await inert(page);
  }
  for (const path of [`${person}/edit`, '/profile/edit', '/people?q=', '/groups?q=', '/spaces?q=', '/login?again&search=', '/audit?operation=', '/audit?target=', '/runs?workflow=', '/profile?done=', '/invitations?done=revoke&of=', '/workflows?done=removed&of=']) {
    await page.goto(facts.server + site + path + (path.endsWith('=') ? encodeURIComponent(text) : ''));
    await inert(page);
  }
});

await story('a picture that could hold a script is none', { javaScriptEnabled: false, expect: [wrong] }, async (page) => {
  await signIn(page, facts.person, '/profile/picture');
  await page.getByLabel('File').setInputFiles({ name: 'face.png', mimeType: 'image/png', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>') });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').waitFor();
  const shown = await page.request.get(new URL(await page.locator('.own-top img').evaluate((img) => img.src), page.url()).href);
  assert.equal(shown.headers()['x-content-type-options'], 'nosniff');
  assert.match(shown.headers()['content-type'], /^image\/(png|svg\+xml)/);
});

// Where people go once they are signed in is on this site, whatever a link says.
await story('signing in leads nowhere else', {}, async (page) => {
  await signIn(page, facts.person, '/profile');
  const account = await page.locator('.own-facts code').textContent();
  for (const next of [
    'https://evil.example/', '//evil.example/', '///evil.example', '/\\evil.example', '\\\\evil.example', '/%5Cevil.example', '/%2F/evil.example', '/./\\evil.example', 'javascript:alert(1)', 'data:text/html,x',
    '\t//evil.example', '/\t/evil.example', '/\r\n/evil.example', 'http:evil.example', '/..//evil.example', '@evil.example', '.evil.example',
  ]) {
    const answer = await page.request.post(`${facts.server}/login/as`, { form: { next, account }, maxRedirects: 0 });
    assert.equal(answer.status(), 303, next);
    assert.equal(new URL(answer.headers().location, `${facts.server}/login/as`).href, `${facts.server}/`, next);
  }
  await page.context().clearCookies();
  await page.goto(`${facts.server}/login?next=%2F%2Fevil.example&search=${facts.person}`);
  await page.getByRole('button', { name: facts.person }).click();
  await page.waitForURL(`${facts.server}/profile`);
});

await story('no answer takes a header from a link', {}, async (page) => {
  await signIn(page, facts.email, '/profile');
  const more = '\r\nX-Evil: 1\r\nSet-Cookie: evil=1\r\n\r\n<script>alert(1)</script>';
  for (const path of [
    '/login?next=', '/login?next=/', '/login?site=', '/people?q=', '/people?after=', '/profile?done=', '/invitations?done=revoke&of=', '/authorize?client_id=', '/authorize?state=', '/audit?target=', '/people/', '/groups/', '/spaces/',
    '/apps/', '/docs/', '/inbox/', '/sites/', '/_roster/assets/',
  ]) {
    const answer = await page.request.get(facts.server + path + encodeURIComponent(more), { maxRedirects: 0 });
    assert.ok(answer.status() < 500 && !('x-evil' in answer.headers()), path);
    assert.ok(!(answer.headers()['set-cookie'] ?? '').includes('evil'), path);
  }
});

await story('addresses that are scripts are no addresses', { expect: [wrong, wrong, wrong, wrong, wrong] }, async (page) => {
  await signIn(page, facts.email, '/profile');
  for (const [path, fields] of [
    ['/apps/new?kind=oauth', { 'Redirect URIs': 'javascript:alert(1)' }], ['/apps/new?kind=oauth', { 'Redirect URIs': 'https://app.example/callback\ndata:text/html,x' }],
    ['/apps/new?kind=connect', { 'The descriptor itself': JSON.stringify({ key: 'evil', baseUrl: 'javascript:alert(1)', authentication: { type: 'jwt' } }) }],
    ['/webhooks/new', { 'Where to send': 'javascript:alert(1)' }], ['/webhooks/new', { 'Where to send': 'file:///etc/passwd' }],
  ]) {
    await page.goto(facts.server + path);
    const name = page.getByRole('textbox', { name: 'Name', exact: true });
    if (await name.count()) await name.fill('Evil');
    for (const [label, value] of Object.entries(fields)) await page.getByLabel(label).fill(value);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.locator('#problem, [role=alert]').first().waitFor();
  }
  await page.goto(`${facts.server}/apps`);
  assert.equal(await page.getByText('Evil').count(), 0);
});

// Other sites: one of the same host, to which browsers send cookies of the server, and one of another.
const elsewhere = ['http://127.0.0.1:9', 'http://evil.example'];

for (const evil of elsewhere) {
  const answers = (page, body) => page.route(`${evil}/**`, (route) => route.fulfill({ contentType: 'text/html', body: `<!doctype html><link rel=icon href="data:,">${body}` }));
  const posts = ['/profile/edit', '/profile/tokens/new', '/groups/new', '/invitations', '/login/as', '/logout'];

  await story(`forms of ${evil} do nothing`, { app: evil, expect: posts.map(() => forbidden) }, async (page) => {
    await signIn(page, facts.email, '/profile');
    for (const path of posts) {
      await answers(page, `<form method=post action="${facts.server}${path}"><input name=name value=Evil><input name=emails value=evil@example.com><input name=do value=invite></form><button onclick="document.forms[0].submit()">Win a prize</button>`);
      await page.goto(`${evil}/`);
      await page.getByRole('button').click();
      await page.getByRole('heading', { name: 'Another site sent this' }).waitFor();
    }
    await page.goto(`${facts.server}/groups?q=Evil`);
    assert.equal(await page.getByText('Evil', { exact: true }).count(), 0); // and they are still signed in
  });

  const framed = ['/profile', '/login', '/docs'];
  await story(`${evil} can frame nothing`, { app: evil }, async (page) => {
    await signIn(page, facts.email, '/profile');
    for (const path of framed) {
      const answer = await page.request.get(facts.server + path);
      assert.equal(answer.headers()['x-frame-options'], 'DENY', path);
      assert.match(answer.headers()['content-security-policy'], /frame-ancestors 'none'/, path);
      await answers(page, `<iframe src="${facts.server}${path}"></iframe>`);
      await page.goto(`${evil}/`);
      assert.deepEqual(page.frames().map((frame) => frame.url()), [`${evil}/`, 'chrome-error://chromewebdata/'], path);
    }
  });
}

await story('a session is good for nothing in requests of other sites', {}, async (page) => {
  await signIn(page, facts.email, '/profile');
  const ask = (method, path, headers) => page.request.fetch(`${facts.server}/wiki/rest/api/${path}`, {
    method, headers: { 'Content-Type': 'application/json', ...headers }, data: method === 'POST' ? '{"name":"Evil"}' : undefined,
  });
  const watch = 'user/watch/space/SCI';
  const allowed = { 'X-Atlassian-Token': 'no-check' };
  // Not even our own page writes without the header that no other site can send.
  await ask('DELETE', watch, allowed);
  const refused = await ask('POST', watch);
  assert.equal(refused.status(), 403);
  assert.match(await refused.text(), /XSRF check failed/);
  assert.equal((await (await ask('GET', watch)).json()).watching, false);
  assert.equal((await ask('POST', watch, allowed)).status(), 204);
  for (const from of [
    { Origin: elsewhere[0], 'Sec-Fetch-Site': 'same-site' }, { Origin: elsewhere[1], 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' }, { Origin: elsewhere[1] }, { Origin: 'null' },
  ]) {
    assert.equal((await ask('GET', 'user/current', from)).headers()['access-control-allow-credentials'], undefined);
    for (const [method, path] of [['DELETE', watch], ['POST', 'group']]) {
      const answer = await ask(method, path, { ...allowed, ...from });
      assert.equal(answer.status(), 403, `${method} ${path} from ${JSON.stringify(from)}`);
    }
  }
  assert.equal((await (await ask('GET', watch)).json()).watching, true);
  await page.goto(`${facts.server}/groups?q=Evil`);
  assert.equal(await page.getByRole('link', { name: 'Evil', exact: true }).count(), 0);
});

await end();
