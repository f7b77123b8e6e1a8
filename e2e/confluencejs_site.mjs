// The site under test: what is true of it, the ways to it, and the counting of what is checked.
//
// What is true of the site stands in the environment variable FACTS, as JSON (see facts in clients_test.go).
import assert from 'node:assert/strict';
import { createV1Client, createV2Client, isApiError, isSchemaMismatchError } from 'confluence.js';
import { createClient } from 'confluence.js/core';

export const facts = JSON.parse(process.env.FACTS);
export const nobody = '557058:00000000-0000-4000-8000-000000000000';
export const tally = { passed: 0, failed: 0 };

export async function check(name, claim) {
  try {
    await claim();
    tally.passed++;
  } catch (error) {
    tally.failed++;
    console.log(`FAIL ${name}: ${error.stack}${error.cause ? `\n  ${error.cause.message}` : ''}`);
  }
}

export async function refused(status, call) {
  await assert.rejects(call, (error) => isApiError(error) && error.status === status);
}

// The official schema lets a picture and a personal space be null, the one of confluence.js doesn't. Such an
// answer is taken as it came; any other mismatch is thrown on.
export async function nullable(call) {
  try {
    return await call;
  } catch (error) {
    if (!isSchemaMismatchError(error)) throw error;
    const body = JSON.parse(error.body);
    for (const issue of error.cause.issues) {
      const value = issue.path.reduce((at, key) => at?.[key], body);
      const known = ['profilePicture', 'personalSpace'].includes(issue.path.at(-1));
      if (value !== null || !known) throw error;
    }
    return body;
  }
}

// Goes through a list as the client's documentation says: by start and limit, until a page is not full.
export async function all(limit, fetch) {
  const results = [];
  for (let page; page === undefined || page.results.length === limit; ) {
    page = await fetch({ start: results.length, limit });
    assert.equal(page.start, results.length);
    assert.equal(page.limit, limit);
    assert.equal(page.size, page.results.length);
    const more = page._links.next;
    assert.ok(more === undefined || more.startsWith('/rest/api/'), more);
    assert.ok(more === undefined || page.size === limit, 'a page with a next one is full');
    results.push(...page.results);
  }
  return results;
}

export const ids = (users) => users.map((user) => user.accountId);

// A way to the site: an address and a credential. request is the client's generic request.
export function clients(host, auth) {
  const { sendRequest: request } = createClient({ host, auth });
  return { host, v1: createV1Client({ host, auth }), v2: createV2Client({ host, auth }), request };
}

export const basic = (email, apiToken) => ({ type: 'basic', email, apiToken });
