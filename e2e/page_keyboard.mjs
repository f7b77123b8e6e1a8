// The pages without a mouse: what has the focus is always to be seen, and nothing holds on to it.
import { accessible, assert, end, facts, looks, signIn, story } from './browser.mjs';

// focused says what has the focus, whether that is to be seen, and whether it is on the screen and not covered; of a page
// that is gone through as a whole, how many stops are left.
const focused = (page) => page.evaluate(() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  globalThis.left?.delete(element);
  for (const other of globalThis.left ?? []) if (!other.isConnected) globalThis.left.delete(other); // some lists are renewed
  const [x, y] = [(Math.max(box.left, 0) + Math.min(box.right, innerWidth)) / 2, (Math.max(box.top, 0) + Math.min(box.bottom, innerHeight)) / 2];
  const top = document.elementFromPoint(x, y);
  return {
    name: (element.labels?.[0]?.textContent || element.getAttribute('aria-label') || element.textContent || element.name).trim().replaceAll(/\s+/g, ' ').slice(0, 80),
    html: element.outerHTML.slice(0, 200),
    left: globalThis.left?.size,
    outlined: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    there: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth && !!top && (element.contains(top) || top.contains(element)),
  };
});

// tab goes on, or back, by one stop, and returns it; null where the page ends.
async function tab(page, key = 'Tab') {
  await page.keyboard.press(key);
  const at = await focused(page);
  if (at) assert.ok(at.outlined && at.there, `the focus cannot be seen: ${JSON.stringify(at)}`);
  return at;
}

// reach goes on until what has the focus is called so.
async function reach(page, name, key) {
  const passed = [];
  for (let stops = 0; stops < 300; stops++) {
    const at = await tab(page, key);
    if (at && (name.test ? name.test(at.name) : at.name === name)) return;
    passed.push(at?.name);
  }
  assert.fail(`${name} is not reached: ${passed.join(' | ')}`);
}

// whole goes through a page from its beginning: it must come to all that can have the focus.
async function whole(page) {
  const expected = await page.evaluate(() => {
    document.activeElement.blur();
    const can = document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, iframe, [tabindex="0"]');
    globalThis.left = new Set([...can].filter((e) => !e.disabled && e.checkVisibility({ visibilityProperty: true })));
    for (const radio of document.querySelectorAll('input[type=radio]:checked')) { // they are one stop together
      for (const other of document.getElementsByName(radio.name)) if (other !== radio) globalThis.left.delete(other);
    }
    return globalThis.left.size;
  });
  assert.ok(expected > 0);
  for (let stops = 0; stops < 2 * expected + 20; stops++) { // a date is several
    const at = await tab(page);
    if (at?.left === 0) return;
  }
  assert.fail(`not reached: ${await page.evaluate(() => [...globalThis.left].map((e) => e.outerHTML.slice(0, 120)).join('\n'))}`);
}

for (const look of looks) {
  await story(`a visit by the keyboard alone, ${look.name}`, { colorScheme: look.colorScheme, viewport: look.viewport }, async (page) => {
    const narrow = look.viewport.width < 500;
    // Signing in begins in the first field.
    await page.goto(`${facts.server}/login`);
    await page.locator('#email:focus').waitFor();
    await reach(page, 'Search by name or e-mail address');
    await page.keyboard.type(facts.email);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/login?*search=*');
    await page.locator('#email:focus').waitFor();
    await reach(page, new RegExp(`${facts.email}$`));
    await page.keyboard.press('Space');
    await page.waitForURL('**/people');

    // The first stop skips the navigation; the second but one leads through it.
    assert.equal((await tab(page)).name, 'Skip to the content');
    await page.keyboard.press('Enter');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
    assert.equal((await tab(page)).name, 'Add a person');
    await reach(page, 'Name or e-mail address');
    await page.keyboard.type('rosalind');
    await page.waitForURL('**/people?*q=rosalind*');
    await page.getByText('1 shown.').waitFor({ state: 'attached' });
    await reach(page, 'Kind');
    await page.keyboard.press('ArrowDown');
    await page.waitForURL('**/people?*kind=person*');
    await page.getByText('1 shown.').waitFor({ state: 'attached' });
    await reach(page, 'Tick Rosalind Franklin');
    await page.keyboard.press('Space');
    assert.equal(await page.getByLabel('Tick Rosalind Franklin').isChecked(), true);
    await reach(page, 'Rosalind Franklin');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Rosalind Franklin' }).waitFor();
    await accessible(page);

    // Who may see one's own address.
    if (narrow) {
      await reach(page, 'Menu');
      await page.keyboard.press('Enter');
    }
    await reach(page, 'Profile');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/profile');
    await reach(page, 'Edit');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/profile/edit');
    await reach(page, 'Who may see it: E-mail address');
    const before = await page.locator('#see-email').inputValue();
    await page.keyboard.press(before === 'me' ? 'Home' : 'End');
    const after = await page.locator('#see-email').inputValue();
    assert.notEqual(after, before);
    await reach(page, 'Save');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/profile?done=saved');
    await page.getByRole('status').filter({ hasText: 'saved' }).waitFor();

    await reach(page, 'Sign out');
    await page.keyboard.press('Enter');
    await page.getByText('You are signed out.').waitFor();
  });
}

// Half of the pages are gone through in each look.
for (const [look, paths] of [
  [looks[0], ['/people/new', '/groups', '/apps/new?kind=oauth', '/tokens', '/audit', '/traffic', '/settings', '/sites', '/requests', '/profile']],
  [looks[1], ['/people', '/spaces/SCI', '/invitations', '/workflows/get-user-and-mail', '/webhooks/new', '/inbox', '/profile/edit', '/profile/picture', '/profile/tokens/new']],
]) {
  await story(`the keyboard comes everywhere on a page, ${look.name}`, { colorScheme: look.colorScheme, viewport: look.viewport }, async (page) => {
    await page.goto(`${facts.server}/login`);
    await page.locator('#email:focus').waitFor();
    await whole(page);
    await signIn(page, facts.email);
    for (const path of paths) {
      await page.goto(facts.server + path);
      await whole(page);
    }
  });
}

await end();
