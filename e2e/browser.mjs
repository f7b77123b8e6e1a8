// What the stories of the pages share: a browser in which nothing goes unnoticed.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

export { assert };
export const facts = JSON.parse(process.env.FACTS);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const root = process.getuid?.() === 0;
const browser = await chromium.launch({ executablePath: facts.browser, args: root ? ['--no-sandbox'] : [] });
let passed = 0;
let failed = 0;

// The two looks in which every page is seen.
export const looks = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 390, height: 844 } },
];

// story runs body in a browser of its own, and in others that it opens. It fails if a page writes to the console, meets
// the policy, fails to load something, or asks anybody but the server, or the app that options name, for something.
export async function story(name, options, body) {
  const said = [];
  const contexts = [];
  const ours = [facts.server, options.app].filter(Boolean).map((address) => new URL(address).origin);
  const open = async () => {
    const context = await browser.newContext({ viewport: looks[0].viewport, locale: 'en-GB', timezoneId: 'UTC', ...options });
    contexts.push(context);
    context.setDefaultTimeout(60_000);
    context.on('console', (message) => {
      // A story that types before the page has put the focus into its first field is no mistake of the page.
      if (!message.text().startsWith('Autofocus processing was blocked')) said.push(`console: ${message.text()}`);
    });
    context.on('weberror', (error) => said.push(`error: ${error.error()}`));
    context.on('dialog', (dialog) => {
      said.push(`dialog: ${dialog.message()}`);
      dialog.dismiss().catch(() => {});
    });
    context.on('request', (request) => {
      const url = new URL(request.url());
      if (!['data:', 'blob:', 'about:'].includes(url.protocol) && !ours.includes(url.origin)) said.push(`outside: ${url}`);
    });
    return context.newPage();
  };
  const page = await open();
  try {
    await body(page, page.context(), open);
    assert.deepEqual(said, options.expect ?? []);
    passed++;
  } catch (error) {
    failed++;
    console.error(`${name}: ${error.stack}\nat ${page.url()}\n${said.join('\n')}`);
    if (facts.pictures) await page.screenshot({ path: `${facts.pictures}/failed-${name.replaceAll(/\W+/g, '-')}.png`, fullPage: true }).catch(() => {});
  } finally {
    for (const context of contexts) await context.close();
  }
}

// signIn opens a page as somebody: by the password where the stories are told one, else as a stand-in lets anybody in.
export async function signIn(page, email, path = '/') {
  if (facts.password) {
    await page.goto(`${facts.server}/login?again`);
    await enter(page, email, facts.password);
    await page.waitForURL((url) => url.pathname !== '/login');
  } else {
    await page.goto(`${facts.server}/login?search=${encodeURIComponent(email)}`);
    await page.getByRole('button', { name: email }).click();
  }
  await page.goto(facts.server + path);
}

// enter fills in the form that people sign in by.
export async function enter(page, email, password) {
  await page.getByLabel('E-mail address', { exact: true }).fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

// accessible fails on what axe-core finds wrong with a page.
export async function accessible(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html).join(' ').slice(0, 500)}`), [], `axe on ${page.url()}`);
}

// fits fails if a page is wider than the screen or, on the smallest there is, breaks a text into a letter or two a line.
async function fits(page, path) {
  const { width, height } = page.viewportSize();
  for (const narrow of width < 400 ? [320, width] : [width]) {
    await page.setViewportSize({ width: narrow, height });
    const { wide, tight } = await page.evaluate(() => {
      const squeezed = (part) => part.offsetParent && !part.closest('.unseen') && part.innerText.trim().length > 7 && part.clientWidth < 72 && part.clientHeight > 60;
      const texts = [...document.querySelectorAll('main :is(dd, p, td, th, li)')];
      return { wide: document.documentElement.scrollWidth, tight: texts.filter(squeezed).map((part) => part.innerText) };
    });
    assert.ok(wide <= narrow, `${path} is ${wide} wide on a screen of ${narrow}`);
    assert.deepEqual(tight, [], `${path} squeezes texts on a screen of ${narrow}`);
  }
}

// seen looks at pages in both looks, without and with scripts: each must be accessible, and fit its width. Pictures are
// kept where a folder for them is named.
export async function seen(email, ...paths) {
  for (const look of looks) {
    for (const path of paths) {
      await story(`${path} looks right, ${look.name}`, { colorScheme: look.colorScheme, viewport: look.viewport }, async (page) => {
        await signIn(page, email, path);
        await accessible(page);
        await fits(page, path);
        if (facts.pictures) await page.screenshot({ path: `${facts.pictures}/${path.replaceAll(/\W+/g, '-')}-${look.name}.png`, fullPage: true });
      });
    }
  }
}

// end says how it went. Every story ends with it.
export async function end() {
  await browser.close();
  if (failed > 0 || passed === 0) process.exit(1);
  console.log(`${passed} passed, 0 failed`);
}
