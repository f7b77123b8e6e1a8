// A directory of 100,000 people, as an administrator searches it, and what its pages take.
import { accessible, assert, end, facts, seen, signIn, story } from './browser.mjs';

const search = (page) => page.getByLabel('Name or e-mail address');
const names = (page) => page.getByRole('region', { name: 'People' }).locator('tbody th a').allInnerTexts();

// shown waits until the list is as it is to be, and returns it.
async function shown(page, right) {
  let all;
  for (let tries = 0; tries < 600; tries++) {
    all = await names(page);
    if (right(all)) return all;
    await page.waitForTimeout(100);
  }
  assert.fail(`listed: ${all}`);
}

await story('results come while one types', {}, async (page) => {
  await signIn(page, facts.email, '/people');
  await page.evaluate(() => { globalThis.same = true; });
  await shown(page, (all) => all.length === 50);
  await search(page).pressSequentially('lovel', { delay: 250 }); // slowly enough to see what comes in between
  await shown(page, (all) => all.length === 50 && all.every((name) => name.endsWith(' Lovelace')));
  await search(page).pressSequentially('ace emmy');
  await shown(page, (all) => all.length > 0 && all.every((name) => name === 'Emmy Lovelace'));
  await page.waitForFunction(() => new URLSearchParams(location.search).get('q') === 'lovelace emmy');
  assert.equal(await search(page).evaluate((field) => field === document.activeElement), true);
  await accessible(page);
  await search(page).fill('person00077777@');
  await shown(page, (all) => all.length === 1);
  await page.getByText('1 shown.').waitFor({ state: 'attached' });
  assert.equal(await page.evaluate(() => globalThis.same), true, 'the page was loaded anew');
});

await story('filters narrow what is found, and the list is a link', {}, async (page, context) => {
  await signIn(page, facts.email, '/people?q=babbage');
  await shown(page, (all) => all.length === 50);
  await page.getByRole('combobox', { name: 'Group' }).first().selectOption({ label: 'crowd-1' });
  const found = await shown(page, (all) => all.length > 0 && all.length < 50);
  const other = await context.newPage();
  await other.goto(page.url());
  assert.deepEqual(await names(other), found);
  await page.getByRole('combobox', { name: 'Status' }).selectOption('inactive');
  await page.getByText('Nobody is like that.').waitFor();
  await page.goBack();
  assert.deepEqual(await shown(page, (all) => all.length > 0), found);
});

await story('the list goes on for as long as one likes', {}, async (page) => {
  await signIn(page, facts.email, '/people?q=grace');
  const all = new Set();
  for (let i = 1; i <= 4; i++) {
    for (const href of await page.locator('tbody th a').evaluateAll((links) => links.map((a) => a.href))) all.add(href);
    assert.equal(all.size, 50 * i);
    const before = page.url();
    await page.locator('a[rel=next]').click();
    await page.waitForURL((url) => url.href !== before);
  }
});

await story('columns stay from page to page', {}, async (page) => {
  await signIn(page, facts.email, '/people?q=hopper&columns=created,id');
  for (let i = 1; i <= 3; i++) {
    assert.deepEqual(await page.getByRole('columnheader').allInnerTexts().then((all) => all.slice(1)), ['Name', 'Created', 'Account ID']);
    const before = page.url();
    await page.locator('a[rel=next]').click();
    await page.waitForURL((url) => url.href !== before && url.searchParams.get('columns') === 'created,id');
  }
  await page.goBack();
  assert.deepEqual(await page.getByRole('columnheader').allInnerTexts().then((all) => all.slice(1)), ['Name', 'Created', 'Account ID']);
});

await story('a person among them is opened', {}, async (page) => {
  await signIn(page, facts.email, '/people');
  await search(page).fill('person00012345');
  const [name] = await shown(page, (all) => all.length === 1);
  await page.getByRole('link', { name, exact: true }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  await page.getByText('person00012345@example.org').first().waitFor();
  await page.getByRole('link', { name: 'History' }).click();
});

// figures are what the browser measured of a page: milliseconds until the answer began and until something was painted,
// and the bytes of all that it needed.
const figures = (page) => page.evaluate(async () => {
  const paint = await new Promise((painted) => {
    new PerformanceObserver((list) => list.getEntriesByName('first-contentful-paint').forEach((e) => painted(e.startTime))).observe({ type: 'paint', buffered: true });
  });
  const [page] = performance.getEntriesByType('navigation');
  const size = [page, ...performance.getEntriesByType('resource')].reduce((sum, e) => sum + e.encodedBodySize, 0);
  return { answer: page.responseStart - page.requestStart, paint, size };
});

const person = '/people/712020%3A00012345';
const pages = ['/people', '/people?q=lovelace', '/people?q=l&kind=person&status=active', person, `${person}/groups`, `${person}/history`, '/groups', '/groups/00000000-0000-7000-8000-000000000000', '/profile', '/tokens', '/audit'];

// Each page is opened twice. The bounds are wide enough for a machine that does much else.
await story('no page takes long, or sends much', {}, async (page) => {
  await signIn(page, facts.email);
  console.log('page'.padEnd(48), 'answer ms', 'again ms', 'first paint ms', 'kB');
  for (const path of pages) {
    await page.goto(facts.server + path);
    const first = await figures(page);
    await page.goto(facts.server + path);
    const again = await figures(page);
    console.log(path.padEnd(48), ...[first.answer, again.answer, first.paint, first.size / 1000].map((n, i) => n.toFixed(1).padStart([9, 8, 14, 6][i])));
    assert.ok(again.answer < 5_000 && again.paint < 20_000 && first.size < 150_000, path);
  }
});

await seen(facts.email, '/people?q=lovelace', person);

await end();
