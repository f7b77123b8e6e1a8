// Signing in and allowing an app, in a real browser: FACTS tells where, as whom, and what the app asks for.
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';

const facts = JSON.parse(process.env.FACTS);
const root = process.getuid?.() === 0;
const browser = await chromium.launch({
  executablePath: facts.browser,
  args: [...(root ? ['--no-sandbox'] : []), '--host-resolver-rules=MAP roster.test 127.0.0.1'],
});
let passed = 0;
const failures = [];

// Each test has a browser of its own: nothing kept, and no script, as the pages need none.
async function test(name, options, body) {
  const context = await browser.newContext({ javaScriptEnabled: false, ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const said = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
  try {
    await body(page, context);
    assert.deepEqual(said.filter((text) => /Content Security Policy|Refused/i.test(text)), []);
    passed++;
  } catch (error) {
    failures.push(`${name}: ${error.stack}\nat ${page.url()}\n${said.join('\n')}`);
  } finally {
    await context.close();
  }
}

const email = (page) => page.getByLabel('E-mail address', { exact: true });
const password = (page) => page.getByLabel('Password', { exact: true });
const heading = (page, name) => page.getByRole('heading', { level: 1, name });

async function signIn(page) {
  await email(page).fill(facts.email);
  await password(page).fill(facts.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

// Whoever has signed in, and is on the way to no other page, is on their own.
const signedIn = (page) => page.waitForURL('**/profile');

// What the app was answered, once the browser is where the app has sent it on.
async function answer(page) {
  await page.waitForURL((url) => url.href.startsWith(facts.onward));
  const query = new URL(page.url()).searchParams;
  assert.equal(query.get('state'), 'a&b=c #é');
  assert.equal(query.get('iss'), facts.server);
  return query;
}

await test('an app is let in', {}, async (page, context) => {
  await page.goto(facts.server + facts.authorize);
  await heading(page, 'Sign in to demo').waitFor();
  await email(page).fill(facts.email);
  await password(page).fill('not the password');
  await password(page).press('Enter');
  await page.getByRole('alert').filter({ hasText: 'wrong' }).waitFor();
  assert.equal(await email(page).inputValue(), facts.email);
  assert.equal(await password(page).inputValue(), '');
  await signIn(page);
  await heading(page, `Allow ${facts.app} to use your account?`).waitFor();
  assert.equal(await page.locator('h1 b').count(), 0);
  assert.ok(await page.getByText(new URL(facts.callback).host).isVisible());
  assert.equal(await page.getByRole('list', { name: 'It could then' }).getByRole('listitem').count(), 3);
  await page.getByRole('button', { name: 'Allow' }).click();
  assert.match((await answer(page)).get('code'), /^roster_/);
  const [cookie] = await context.cookies(facts.server);
  assert.deepEqual([cookie.name, cookie.httpOnly, cookie.sameSite, cookie.secure, cookie.path], ['roster_session', true, 'Lax', false, '/']);

  // It need not ask the same again: not of who is signed in, and not of who signs in on the way.
  await page.goto(facts.server + facts.authorize);
  assert.ok((await answer(page)).get('code'));
  await context.clearCookies();
  await page.goto(facts.server + facts.authorize);
  await signIn(page);
  assert.ok((await answer(page)).get('code'));
  // It may ask to be asked, and then people can say no.
  await page.goto(`${facts.server}${facts.authorize}&prompt=consent`);
  await page.getByRole('button', { name: 'Deny' }).click();
  assert.equal((await answer(page)).get('error'), 'access_denied');
  await page.goto(`${facts.server}${facts.authorize}&prompt=login`);
  await heading(page, 'Sign in to demo').waitFor();
  await signIn(page);
  await heading(page, /^Allow/).waitFor();
});

await test('everything can be done by the keyboard', {}, async (page) => {
  await page.goto(`${facts.server}${facts.authorize}&prompt=consent`);
  await page.locator('#email:focus').waitFor();
  await page.keyboard.type(facts.email);
  await page.keyboard.press('Tab');
  await page.keyboard.type(facts.password);
  await page.keyboard.press('Tab');
  await page.locator('button:focus').filter({ hasText: 'Sign in' }).waitFor();
  await page.keyboard.press('Enter');
  await heading(page, /^Allow/).waitFor();
  for (const name of ['Not you?', 'Allow', 'Deny']) {
    await page.keyboard.press('Tab');
    assert.equal(await page.locator(':focus').innerText(), name);
  }
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  assert.ok((await answer(page)).get('code'));
});

await test('a stand-in signs anybody in', {}, async (page) => {
  await page.goto(facts.server + facts.authorize + '&prompt=consent');
  await page.getByRole('searchbox', { name: 'Search by name or e-mail address' }).fill('ada');
  await page.getByRole('button', { name: 'Search' }).click();
  assert.equal(await page.getByRole('listitem').count(), 1);
  await page.getByRole('button', { name: /Ada Lovelace/ }).click();
  await heading(page, /^Allow/).waitFor();
  await page.getByRole('link', { name: 'Not you?' }).click();
  await page.getByRole('button', { name: /Charles Babbage/ }).click();
  await page.getByText('Charles Babbage').waitFor();
});

await test('signing out works, here and everywhere', {}, async (page, context) => {
  await page.goto(`${facts.server}/login`);
  await signIn(page);
  await signedIn(page);
  const other = await browser.newContext();
  await other.addCookies(await context.cookies());
  assert.equal((await other.request.get(`${facts.server}/wiki/rest/api/user/current`)).status(), 200);
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await page.getByRole('status').filter({ hasText: 'signed out' }).waitFor();
  assert.deepEqual(await context.cookies(), []);
  assert.equal((await other.request.get(`${facts.server}/wiki/rest/api/user/current`)).ok(), false);
  await signIn(page);
  await signedIn(page);
  await page.goto(`${facts.server}/login`);
  await heading(page, 'You are signed in').waitFor();
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await page.getByRole('status').waitFor();
  await other.close();
});

// Without TLS browsers tell less of where a request comes from, except on the machine itself.
await test('a name that is not trusted without TLS', {}, async (page) => {
  await page.goto(`${facts.unsafe}/login`);
  await signIn(page);
  await signedIn(page);
  await page.goto(`${facts.unsafe}${facts.authorize}&prompt=consent`);
  await page.getByRole('button', { name: 'Allow' }).click();
  assert.ok((await answer(page)).get('code'));
});

// A page of another origin posts a form, be it from a frame whose origin is null.
for (const [name, html] of [
  ['form', (to, body) => `<form method="post" action="${to}">${body}</form><script>document.forms[0].submit()</script>`],
  ['sandboxed frame', (to, body) => `<iframe sandbox="allow-scripts allow-forms allow-top-navigation" srcdoc="${`<form method=post target=_top action='${to}'>${body}</form><script>document.forms[0].submit()</script>`.replaceAll('"', '&quot;')}"></iframe>`],
]) {
  for (const server of [facts.server, facts.unsafe]) {
    await test(`another site's ${name} at ${server}`, { javaScriptEnabled: true }, async (page) => {
      await page.goto(`${server}/login`);
      await signIn(page);
      await signedIn(page);
      const to = `${server}${facts.authorize}&prompt=consent`.replaceAll('&', '&amp;');
      await page.route(`${facts.onward}evil`, (route) => route.fulfill({
        contentType: 'text/html', body: html(to.replaceAll('&amp;', '&#38;'), '<input name=decision value=allow><input name=account value=x>'),
      }));
      await page.goto(`${facts.onward}evil`);
      await heading(page, 'Another site sent this').waitFor();
    });
  }
}

await test('no other page can put ours in a frame', { javaScriptEnabled: true }, async (page) => {
  await page.route(`${facts.onward}evil`, (route) => route.fulfill({ contentType: 'text/html', body: `<iframe src="${facts.server}/login"></iframe>` }));
  await page.goto(`${facts.onward}evil`);
  await page.waitForTimeout(500);
  assert.equal(page.frames().filter((frame) => frame.url().startsWith(facts.server)).length, 0);
});

// Whatever is read stands out from its ground as WCAG 2.2 wants it, level AA.
function contrast() {
  const parse = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = parse(getComputedStyle(e).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const low = [];
  for (const element of document.querySelectorAll('body *')) {
    if (![...element.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.data.trim()) && element.tagName !== 'INPUT') continue;
    const [a, b] = [luminance(parse(getComputedStyle(element).color)), luminance(ground(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) low.push(`${element.tagName} ${element.textContent.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return low;
}

const sizes = { phone: { width: 360, height: 740 }, wide: { width: 1440, height: 900 } };
for (const colorScheme of ['light', 'dark']) {
  for (const [size, viewport] of Object.entries(sizes)) {
    await test(`${size} and ${colorScheme}`, { colorScheme, viewport, javaScriptEnabled: true }, async (page) => {
      const look = async (name) => {
        if (facts.pictures) await page.screenshot({ path: `${facts.pictures}/${name}-${size}-${colorScheme}.png`, fullPage: true });
        assert.deepEqual(await page.evaluate(contrast), [], name);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, `${name} is too wide`);
        assert.match(await page.locator('html').getAttribute('lang'), /^en(-|$)/);
        assert.equal(await page.locator('main').count() + await page.locator('h1').count(), 2);
        for (const button of await page.locator('button:visible, a.button:visible, input:visible').all()) {
          assert.ok((await button.boundingBox()).height >= 44, `${name}: a target is small`);
        }
        for (const input of await page.locator('input:visible').all()) {
          assert.ok(await input.evaluate((e) => e.labels.length === 1), `${name}: an input has no label`);
        }
      };
      await page.goto(facts.server + facts.authorize + '&prompt=consent');
      await look('login');
      await email(page).fill(facts.email);
      await password(page).fill('not the password');
      await password(page).press('Enter');
      await page.getByRole('alert').waitFor();
      await look('wrong');
      await signIn(page);
      await heading(page, /^Allow/).waitFor();
      await look('consent');
      await page.goto(`${facts.server}/login`);
      await look('account');
      await page.goto(`${facts.server}/authorize?client_id=x`);
      await look('problem');
    });
  }
}

await browser.close();
console.log(failures.join('\n\n'));
console.log(`${passed} passed, ${failures.length} failed`);
