// The API reference: each operation's page shows what the description says of it, with and without a script, and the
// operations can be tried.
import { accessible, assert, end, facts, looks, seen, signIn, story } from './browser.mjs';

const description = await (await fetch(`${facts.server}/openapi.json`)).json();
const operations = Object.entries(description.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, ...operation })));
const deref = (thing) => (thing.$ref ? thing.$ref.split('/').slice(1).reduce((at, name) => at[name], description) : thing);
const slug = (tag) => tag.toLowerCase().replaceAll(' ', '-');
const plain = (text) => text.replaceAll(/\*\*|`|^- /gm, '');
const flat = (text) => text.replaceAll(/\s+/g, ' ');
const enums = (schema) => [schema, schema.items, ...(schema.items?.anyOf ?? [])].flatMap((one) => one?.enum ?? []);

// wanted is every text that the page of an operation must show.
function wanted(o) {
  const texts = [o.summary, ...o.description.split(/\n+/).map(plain)];
  if (o['x-experimental']) texts.push('experimental');
  for (const parameter of (o.parameters ?? []).map(deref)) {
    texts.push(parameter.name, plain(parameter.description ?? ''), ...enums(parameter.schema).map(String));
    if (!parameter.schema.enum) texts.push(parameter.schema.type); // its values say as much
    if (parameter.schema.default !== undefined) texts.push(String(parameter.schema.default));
    if (parameter.required) texts.push('required');
    if (parameter.deprecated) texts.push('deprecated');
  }
  for (const [status, response] of Object.entries(o.responses)) texts.push(status, deref(response).description);
  return texts.filter(Boolean).map(flat);
}

const banner = { expect: ['console: @scalar/api-reference@1.72.1'] };

await story('the reference shows each operation with all that is known of it', banner, async (page) => {
  await page.goto(`${facts.server}/docs`);
  await page.locator('#reference section').first().waitFor();
  for (const o of operations) {
    const id = `tag/${slug(o.tags[0])}/${o.operationId}`;
    await page.evaluate((hash) => { location.hash = hash; }, id);
    const section = page.locator(`section[id$="/${id}"]`);
    await section.getByText(o.summary).first().waitFor();
    await section.getByText(Object.keys(o.responses).at(-1), { exact: true }).first().waitFor();
    const text = flat(await section.innerText());
    assert.ok(text.replaceAll(' ', '').includes(`${o.method}${o.path}`), `${o.operationId} shows no ${o.path}`);
    assert.deepEqual(wanted(o).filter((one) => !text.includes(one)), [], `${o.operationId} does not show\n${text}`);
  }
});

await story('without a script the same is read on plain pages', { javaScriptEnabled: false }, async (page) => {
  await page.goto(`${facts.server}/docs`);
  const links = await page.locator('#list li a').evaluateAll((all) => all.map((a) => a.href));
  assert.deepEqual(links.map((link) => link.split('/').at(-1)).toSorted(), operations.map((o) => o.operationId).toSorted());
  for (const o of operations) {
    await page.goto(`${facts.server}/docs/${o.operationId}`);
    const text = flat(await page.locator('main').textContent());
    const value = (line) => line.replace(/^(Permission|Classic scope \(RECOMMENDED\)|Granular scopes|Connect scope|Data security policy): /, '');
    const missing = wanted(o).map(value).filter((one) => !text.includes(one));
    assert.deepEqual(missing, [], `${o.operationId} does not show\n${text}`);
    assert.ok(text.includes(o.path) && text.includes(o['x-codeSamples'][0].source.split('\n')[0]));
  }
  for (const { label, source } of operations.find((o) => o.operationId === 'getBulkUserLookup')['x-codeSamples']) {
    await page.goto(`${facts.server}/docs/getBulkUserLookup?code=${encodeURIComponent(label)}`);
    assert.equal((await page.getByRole('region', { name: label, exact: true }).textContent()).trim(), source.trim(), `${label} is not shown whole`);
  }
});

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
