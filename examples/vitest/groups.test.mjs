import { expect } from "vitest";
import { test } from "./roster.mjs";

// groups is what would be tested: the names of all groups.
async function groups(site) {
  const answer = await site.call("/group?limit=200");
  return (await answer.json()).results.map((group) => group.name);
}

test.concurrent("a new group is listed", async ({ site }) => {
  const made = await site.call("/group", { method: "POST", body: JSON.stringify({ name: "astronomers" }) });
  expect(made.status).toBe(201);
  expect(await groups(site)).toContain("astronomers");
  await site.reset();
  expect(await groups(site)).not.toContain("astronomers");
});

test.concurrent("what another test does is not seen", async ({ site }) => {
  const made = await site.call("/group", { method: "POST", body: JSON.stringify({ name: "botanists" }) });
  expect(made.status).toBe(201);
  const names = await groups(site);
  expect(names).toContain("botanists");
  expect(names).not.toContain("astronomers");
});
