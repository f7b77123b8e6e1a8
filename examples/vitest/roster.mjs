// Gives each Vitest test a Confluence site of its own, of the stand-in that global.mjs starts: tests import { test } from
// here and take `site`.
import { inject, test as base } from "vitest";

async function control(method, path) {
  const answer = await fetch(inject("roster") + "/_roster/sites" + path, { method });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.status === 204 ? undefined : answer.json();
}

// A test takes `site`: { url, gatewayUrl, cloudId, name, adminEmail, adminToken, apps } of a fresh site, with
// call(path, init), which is fetch as its administrator, and reset(), which undoes everything.
export const test = base.extend({
  // eslint-disable-next-line no-empty-pattern
  site: async ({}, use) => {
    const site = await control("POST", "");
    const who = "Basic " + Buffer.from(`${site.adminEmail}:${site.adminToken}`).toString("base64");
    const call = (path, init = {}) =>
      fetch(site.url + "/wiki/rest/api" + path, {
        ...init,
        headers: { Authorization: who, "Content-Type": "application/json", ...init.headers },
      });
    await use({ ...site, call, reset: () => control("POST", `/${site.cloudId}/reset`) });
    await control("DELETE", `/${site.cloudId}`);
  },
});
