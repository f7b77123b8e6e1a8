// Measures how soon a browser paints something of each page, and prints a table: with nothing kept, and with the files of
// the pages kept from before. Unlike the stories this is no test.
//
//   node paint.mjs http://127.0.0.1:8080 admin@example.org password-file /people /profile
//
// Without a password file (-) the server has to be a stand-in, which asks for none.
import { readFileSync } from 'node:fs';
import { chromium } from 'playwright-core';

const [server, email, passwordFile, ...paths] = process.argv.slice(2);
const rounds = 5;
const root = process.getuid?.() === 0;
const browser = await chromium.launch({ executablePath: process.env.BROWSER ?? '/usr/bin/chromium', args: root ? ['--no-sandbox'] : [] });

async function signIn(context) {
  const stranger = passwordFile === '-';
  const form = stranger ? { account: email } : { email, password: readFileSync(passwordFile, 'utf8').split('\n')[0] };
  const answer = await context.request.post(`${server}/login${stranger ? '/as' : ''}`, { form, maxRedirects: 0 });
  if (answer.status() !== 303) throw new Error(`sign in: answered ${answer.status()}`);
  return context.storageState();
}

// painted opens a page and returns when something of it was painted, in ms, and how many bytes were transferred for it.
async function painted(page, session, path) {
  let bytes = 0;
  const count = (event) => { bytes += event.encodedDataLength; };
  session.on('Network.loadingFinished', count);
  await page.goto(server + path, { waitUntil: 'networkidle' });
  session.off('Network.loadingFinished', count);
  const paint = await page.waitForFunction(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);
  return { time: await paint.jsonValue(), bytes };
}

const middle = (all) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)];
const show = (all) => `${middle(all.map((one) => one.time)).toFixed(0)} (${Math.min(...all.map((one) => one.time)).toFixed(0)}…${Math.max(...all.map((one) => one.time)).toFixed(0)})`;

const first = await browser.newContext();
const storageState = await signIn(first);
console.log('| page | first ms | bytes | again ms | bytes |\n| --- | --- | --- | --- | --- |');
for (const path of paths) {
  const cold = [];
  const warm = [];
  for (let i = 0; i < rounds; i++) {
    const context = await browser.newContext({ storageState, viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    cold.push(await painted(page, session, path));
    await page.goto('about:blank');
    warm.push(await painted(page, session, path));
    await context.close();
  }
  console.log(`| \`${path}\` | ${show(cold)} | ${middle(cold.map((one) => one.bytes))} | ${show(warm)} | ${middle(warm.map((one) => one.bytes))} |`);
}
await browser.close();
