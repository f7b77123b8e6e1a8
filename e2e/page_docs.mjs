// The API reference: each operation's page shows what the description says of it, with and without a script, and the
// operations can be tried.
import { existsSync, readFileSync } from 'node:fs';
import { accessible, assert, end, facts, looks, seen, signIn, story } from './browser.mjs';

const description = await (await fetch(`${facts.server}/openapi.json`)).json();
const operations = Object.entries(description.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, ...operation })));
const deref = (thing) => (thing.$ref ? thing.$ref.split('/').slice(1).reduce((at, name) => at[name], description) : thing);
const slug = (tag) => tag.toLowerCase().replaceAll(' ', '-');
const plain = (text) => text.replaceAll(/\*\*|`|^- /gm, '');
const flat = (text) => text.replaceAll(/\s+/g, ' ').trim();

// table is a table of a page by its rows: what is seen in the cells behind what is seen in the head of each.
async function table(page, name) {
  const rows = await page.getByRole('region', { name, exact: true }).locator('tbody tr').evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.innerText)));
  return Object.fromEntries(rows.map((cells) => cells.map(flat)).map(([head, ...cells]) => [head, cells]));
}

// known is what the page of an operation says of it in lists.
async function known(page) {
  const pairs = await page.locator('dl.facts > div').evaluateAll((all) => all.map((one) => [...one.children].map((cell) => cell.innerText)));
  return Object.fromEntries(pairs.map((pair) => pair.map(flat)));
}

const banner = { expect: ['console: @scalar/api-reference@1.72.1'] };

await story('the reference shows each operation with all that is known of it', banner, async (page) => {
  const place = (o) => `tag/${slug(o.tags[0])}/${o.operationId}`;
  await page.goto(`${facts.server}/docs#${place(operations[0])}`);
  for (const o of operations) {
    const id = place(o);
    await page.evaluate((hash) => { location.hash = hash; }, id);
    const section = page.locator(`section[id$="/${id}"]`);
    await section.getByText(o.summary).first().waitFor();
    await section.getByText(Object.keys(o.responses).at(-1), { exact: true }).first().waitFor();
    const text = flat(await section.innerText());
    assert.ok(text.replaceAll(' ', '').includes(`${o.method}${o.path}`), `${o.operationId} shows no ${o.path}`);
    const said = [o.summary, ...o.description.split(/\n+/).map(plain)].map(flat);
    assert.deepEqual(said.filter((one) => !text.includes(one)), [], `${o.operationId} does not show\n${text}`);
    const link = section.getByRole('link', { name: 'This operation on a page of its own' });
    assert.deepEqual(await link.evaluateAll((all) => all.map((one) => one.href)), [`${facts.server}/docs/${o.operationId}`]);
    const items = await section.locator('.parameter-item').evaluateAll((all) => all.map((one) => ({
      name: one.querySelector('.property-name')?.innerText, text: one.innerText, byDefault: one.querySelector('.property-default-value')?.textContent,
    })));
    for (const parameter of (o.parameters ?? []).map(deref)) {
      const item = items.find((one) => one.name === parameter.name);
      const shown = flat(item?.text ?? '');
      const wanted = parameter.description.split(/\n+/).map(plain).map(flat); // each value has a line
      if (!parameter.schema.enum) wanted.push(`Type: ${parameter.schema.type}`); // its values say as much
      if (parameter.required) wanted.push(' required ');
      if (parameter.deprecated) wanted.push(' deprecated ');
      assert.deepEqual(wanted.filter((one) => !shown.includes(one)), [], `${o.operationId} shows of ${parameter.name}: ${shown}`);
      if (parameter.schema.default) assert.equal(item.byDefault, String(parameter.schema.default), `${o.operationId} ${parameter.name}`);
    }
    for (const [status, response] of Object.entries(o.responses)) {
      const wanted = flat(`${status} ${deref(response).description}`);
      assert.ok(items.some((one) => flat(one.text).startsWith(wanted)), `${o.operationId} does not show ${wanted}`);
    }
  }
});

await story('without a script the sections are reached from the reference', { javaScriptEnabled: false }, async (page) => {
  await signIn(page, facts.email, '/docs');
  await page.getByText('Menu', { exact: true }).click();
  await page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'People' }).click();
  await page.getByRole('heading', { level: 1, name: 'People' }).waitFor();
});

await story('without a script the same is read on plain pages', { javaScriptEnabled: false }, async (page) => {
  await page.goto(`${facts.server}/docs`);
  const links = await page.locator('#list li a').evaluateAll((all) => all.map((a) => a.href));
  assert.deepEqual(links.map((link) => link.split('/').at(-1)).toSorted(), operations.map((o) => o.operationId).toSorted());
  for (const o of operations) {
    await page.goto(`${facts.server}/docs/${o.operationId}`);
    assert.equal(flat(await page.locator('.route').innerText()), `${o.method} ${o.path}`);
    const [does, permission] = o.description.split('\n\n').map(plain);
    assert.equal(await page.getByText(does, { exact: true }).count(), 1, `${o.operationId} does not say: ${does}`);
    assert.equal(await page.getByText(permission.replace('Permission: ', ''), { exact: true }).count(), 1, `${o.operationId} does not say: ${permission}`);
    const [parameters, statuses, headers] = [await table(page, 'Parameters'), await table(page, 'Answers'), await table(page, 'Headers of the answers')];
    const named = (o.parameters ?? []).map(deref).map(({ name, deprecated }) => name + (deprecated ? ' deprecated' : ''));
    assert.deepEqual(Object.keys(parameters), named, o.operationId);
    for (const [i, { description }] of (o.parameters ?? []).map(deref).entries()) {
      const lines = description.split(/\n+/).map((line) => (line.startsWith('- ') ? plain(line).replace(': ', ' ') : plain(line)));
      assert.deepEqual(lines.filter((line) => !parameters[named[i]].at(-1).includes(line)), [], `${o.operationId} ${named[i]}`);
    }
    const answers = Object.entries(o.responses).map(([status, response]) => [status, deref(response)]);
    for (const [status, { description, headers: sent, content }] of answers) {
      const example = content?.['application/json'] ? ' Example' : '';
      assert.deepEqual(statuses[status], [description + example], `${o.operationId} ${status}`);
      for (const name of Object.keys(sent ?? {})) {
        assert.ok(headers[name]?.[0] === 'all' || headers[name]?.[0].split(', ').includes(status), `${o.operationId} does not show ${name} of ${status}`);
      }
    }
    assert.deepEqual(Object.keys(statuses), answers.map(([status]) => status));
    assert.ok((await page.locator('#code ~ pre').innerText()).includes(o['x-codeSamples'][0].source.split('\n')[0]));
  }
  for (const { label, source } of operations.find((o) => o.operationId === 'getBulkUserLookup')['x-codeSamples']) {
    await page.goto(`${facts.server}/docs/getBulkUserLookup?code=${encodeURIComponent(label)}`);
    assert.equal((await page.getByRole('region', { name: label, exact: true }).textContent()).trim(), source.trim(), `${label} is not shown whole`);
  }
});

// What the tables say of some operations, row by row.
const bothScopes = (classic, granular) => ({ 'Classic scope (RECOMMENDED)': classic, 'Granular scopes': granular });
const rows = {
  getUser: {
    facts: { ...bothScopes('read:confluence-user', 'read:content-details:confluence'), 'Connect scope': 'READ', 'Data security policy': 'exempt from app access rules' },
    parameters: { accountId: ['query', 'string', 'required', '', /^The account ID of the user\.$/], expand: ['query', 'array of string', 'optional', '', /details\.business What the user does: .* Deprecated\./] },
    headers: { 'Retry-After': ['429, 503', /^How many seconds to wait/], 'X-Roster-Request-Id': ['all', /log/], Allow: ['405', /^The methods/] },
  },
  getUserProperties: {
    facts: { Scope: 'read:user.property:confluence', 'Connect scope': 'READ' },
    parameters: { start: ['query', 'integer', 'optional', '0', /At least 0\./], limit: ['query', 'integer', 'optional', '5', /From 0 to 25\./] },
  },
  removeContentWatcher: {
    facts: { ...bothScopes('write:confluence-content', 'write:watcher:confluence'), 'Connect scope': 'WRITE', 'Data security policy': 'app access rules of the space apply' },
    parameters: { 'key deprecated': ['query', 'string', 'optional', '', /use accountId/], 'X-Atlassian-Token': ['header', 'string', 'required', 'no-check', /^Always no-check/] },
    answers: { 403: [/the header X-Atlassian-Token: no-check is missing/] },
  },
  getContentWatchStatus: { answers: { 403: [/^(?!.*X-Atlassian-Token)(?!.*write).*nothing of this name to watch\./] } },
  getPrivacyUnsafeUserEmail: { facts: { Scope: 'read:email-address:confluence', 'Connect scope': 'ACCESS_EMAIL_ADDRESSES', 'Ways in': "an app's own token (Bearer); Connect; Forge (asApp())" } },
  createGroup: { facts: { 'Connect scope': 'Connect apps have no access' }, body: { name: ['string', 'required', '', /^The name of the group/] }, answers: { 400: [/longer than 255 characters/] } },
  createBulkUserLookup: {
    facts: { Scope: 'read:user:confluence' },
    body: { accountIds: ['array of string', 'required', '', /From 1 to 250 entries\./] },
    headers: { Link: ['200', /^The address of the site/] },
  },
  checkAccessByEmail: { facts: { Scope: 'read:configuration:confluence', 'Connect scope': 'NONE' }, body: { emails: ['array of string', 'required', '', /From 1 to 100 entries\./] } },
  enableAdminKey: { facts: { Scope: 'none gives access' }, body: { durationInMinutes: ['integer', 'optional', '10', /At most 60\./] } },
  addLabelsToContent: { body: { '[].prefix': ['string', 'optional', 'global', /./], '[].name': ['string', 'required', '', /./] } },
  createSpace: {
    body: { 'description.plain.value': ['string', 'required', '', /./], 'permissions[].subjects.user.results[].accountId': ['string', 'required', '', /./], 'permissions[].operation.operation': ['string', 'required', '', /One of: administer, .*use\./] },
    answers: { 413: [/1 MiB \(1048576 bytes\)/], 414: [/64 KiB \(65536 bytes\)/] },
  },
};

const fits = (cells, wanted) => cells?.length === wanted.length && wanted.every((one, i) => (one instanceof RegExp ? one.test(cells[i]) : one === cells[i]));

await story('rows of the tables say what they should', { javaScriptEnabled: false }, async (page) => {
  for (const [id, wanted] of Object.entries(rows)) {
    await page.goto(`${facts.server}/docs/${id}`);
    const said = await known(page);
    for (const [name, value] of Object.entries(wanted.facts ?? {})) assert.equal(said[name], value, `${id}: ${name}`);
    const body = await page.getByRole('heading', { level: 2, name: 'Body' }).allInnerTexts();
    for (const [name, expected] of [['Parameters', wanted.parameters], [body[0], wanted.body], ['Answers', wanted.answers], ['Headers of the answers', wanted.headers]]) {
      const shown = expected ? await table(page, name) : {};
      for (const [row, cells] of Object.entries(expected ?? {})) assert.ok(fits(shown[row], cells), `${id}, ${name}, ${row}: ${JSON.stringify(shown[row])}`);
    }
  }
  for (const [id, notes] of Object.entries({
    inviteByEmail: [/in the background/, /Invalid addresses are ignored/, /have access to the site/, /experimental/],
    getBulkUserLookup: [/cap, which is 100/],
    removeMemberFromGroupByGroupId: [/no member .* 204/],
    getPrivacyUnsafeUserEmail: [/whether or not the user shows it/],
    getUser: [/added, edited and deleted/],
  })) {
    await page.goto(`${facts.server}/docs/${id}`);
    const text = flat(await page.locator('main').innerText());
    for (const note of notes) assert.match(text, note);
  }
});

// Atlassian's own description, where it is at hand, knows nothing of ours.
const official = ['v1', 'v2'].map((version) => `../../shared/reference/openapi/users-${version}.json`);
if (official.every((file) => existsSync(file))) {
  await story('the tables say what Atlassian’s own description does', { javaScriptEnabled: false }, async (page) => {
    let compared = 0;
    for (const theirs of official.map((file) => JSON.parse(readFileSync(file, 'utf8')))) {
      const at = (thing) => (thing?.$ref ? at(thing.$ref.split('/').slice(1).reduce((place, name) => place[name], theirs)) : thing);
      for (const o of Object.values(theirs.paths).flatMap((path) => Object.values(path)).filter((one) => one.operationId)) {
        compared++;
        await page.goto(`${facts.server}/docs/${o.operationId}`);
        const said = await known(page);
        const list = (state) => o['x-atlassian-oauth2-scopes']?.find((one) => one.state === state)?.scopes.toSorted();
        const shown = (name) => said[name]?.split(' and ').toSorted();
        const [classic, granular] = [list('Current'), list('Beta')];
        if (classic && granular) assert.deepEqual([shown('Classic scope (RECOMMENDED)'), shown('Granular scopes'), said.Scope], [classic, granular, undefined], o.operationId);
        else assert.deepEqual([shown('Scope'), said['Granular scopes']], [classic ?? granular ?? ['none gives access'], undefined], o.operationId);
        assert.equal(said['Connect scope'], o['x-atlassian-connect-scope'].replace('INACCESSIBLE', 'Connect apps have no access'), o.operationId);
        const exempt = o['x-atlassian-data-security-policy']?.[0]['app-access-rule-exempt'];
        if (exempt !== undefined) assert.equal(said['Data security policy'], exempt ? 'exempt from app access rules' : 'app access rules of the space apply', o.operationId);
        assert.equal(await page.getByText('This operation is experimental').count(), o['x-experimental'] ? 1 : 0, o.operationId);
        const parameters = await table(page, 'Parameters');
        for (const parameter of o.parameters ?? []) {
          const { name, in: place, required, deprecated, schema } = at(parameter);
          const [where, type, must, byDefault, text] = parameters[name + (deprecated ? ' deprecated' : '')] ?? [];
          const about = `${o.operationId} ${name}`;
          assert.deepEqual([where, must, byDefault], [place, required ? 'required' : 'optional', String(schema.default ?? '')], about);
          const kind = schema.type === 'array' ? `array of ${schema.items.type}` : schema.type;
          if (about !== 'getBulkUserLookup accountId') assert.equal(type, kind, about); // a list as a text
          for (const value of [...(schema.enum ?? []), ...(schema.items?.enum ?? [])]) assert.match(text, new RegExp(`(^|[ .])${value} [A-Z]`), about);
          if (schema.pattern) assert.ok(text.includes(schema.pattern), about);
          if (schema.maximum !== undefined) assert.ok(text.includes(`From ${schema.minimum} to ${schema.maximum}.`), about);
        }
        const sent = at(at(o.requestBody)?.content['application/json'].schema);
        const [heading] = await page.getByRole('heading', { level: 2, name: 'Body' }).allInnerTexts();
        const members = heading ? await table(page, heading) : {};
        for (const [name, member] of Object.entries(sent?.properties ?? {})) {
          const [type, must, , text] = members[name] ?? [];
          const kind = at(member).type === 'array' ? `array of ${at(at(member).items).type}` : at(member).type;
          assert.deepEqual([type, must], [kind, sent.required?.includes(name) ? 'required' : 'optional'], `${o.operationId} ${name}`);
          if (at(member).maxItems) assert.ok(text.includes(`to ${at(member).maxItems} entries.`), text);
        }
        const statuses = await table(page, 'Answers');
        for (const status of Object.keys(o.responses)) assert.ok(statuses[status], `${o.operationId} ${status}`);
      }
    }
    assert.ok(compared >= 35, `${compared} operations`);
  });
}

await story('a token is made in one click, and an operation is tried with it', banner, async (page) => {
  await signIn(page, facts.email, '/docs#tag/users/getCurrentUser');
  await page.getByRole('button', { name: 'Try it as' }).click();
  await page.getByText('is filled in').waitFor();
  const section = page.locator('section[id$="tag/users/getCurrentUser"]');
  await section.getByRole('button', { name: 'Test Request' }).click();
  const answered = page.waitForResponse((response) => response.url().endsWith('/wiki/rest/api/user/current'));
  await page.getByRole('button', { name: /^Send/ }).last().click();
  const answer = await answered;
  assert.equal(answer.status(), 200);
  assert.equal((await answer.json()).email, facts.email);
});

await story('whoever is not signed in is asked to, and comes back', { expect: [...banner.expect, ...banner.expect] }, async (page) => {
  await page.goto(`${facts.server}/docs`);
  await page.getByRole('link', { name: 'Sign in to try it' }).click();
  await page.getByRole('button', { name: facts.person }).click();
  await page.getByRole('button', { name: 'Try it as' }).waitFor();
});

for (const look of looks) {
  await story(`the reference leads on to the sections, by the keyboard, ${look.name}`, { expect: [...banner.expect, ...banner.expect], colorScheme: look.colorScheme, viewport: look.viewport }, async (page) => {
    await signIn(page, facts.email, '/docs');
    await page.locator('#reference section').first().waitFor();
    const sections = page.getByRole('navigation', { name: 'Sections' });
    const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
    const tab = async (name) => {
      const passed = [];
      while (passed.at(-1) !== name && passed.length < 30) {
        await page.keyboard.press('Tab');
        passed.push(await focused());
      }
      assert.equal(passed.at(-1), name, passed.join(' | '));
    };
    await tab('Menu');
    await page.keyboard.press('Enter');
    await sections.getByRole('link', { name: 'API reference' }).waitFor();
    assert.equal(await sections.getByRole('link', { name: 'API reference' }).getAttribute('aria-current'), 'page');
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'it is wider than the screen');
    await accessible(page);
    if (facts.pictures) await page.screenshot({ path: `${facts.pictures}/docs-menu-${look.name}.png` });
    await tab('Requests');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/requests');
    await page.goto(`${facts.server}/docs`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByText('You are signed out.').waitFor();
  });

  await story(`the reference fits the screen, ${look.name}`, { ...banner, colorScheme: look.colorScheme, viewport: look.viewport }, async (page) => {
    await signIn(page, facts.email, '/docs');
    await page.locator('#reference').getByText('Get user', { exact: true }).first().waitFor({ state: 'attached' });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'it is wider than the screen');
    await accessible(page);
    if (facts.pictures) await page.screenshot({ path: `${facts.pictures}/docs-${look.name}.png` });
  });
}

await story('the list of the reference is accessible without a script’s work', banner, async (page) => {
  await page.route(/\/docs\..*\.js$/, (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
  await page.goto(`${facts.server}/docs`);
  await accessible(page);
});

await seen(facts.email, '/docs/getUser', '/docs/createGroup', '/docs/getBulkUserLookup?code=Go');

await end();
