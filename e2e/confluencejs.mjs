// The user API, as confluence.js sees it: every read here, every write in confluencejs_writes.mjs. The client is the
// one from the registry, unchanged, with its audit on: a member or a value that its schemas don't know is then
// recorded, and fails the run.
import assert from 'node:assert/strict';
import { isAuthError, isNotFoundError } from 'confluence.js';
import { all, basic, check, clients, facts, ids, nobody, nullable, refused, tally } from './confluencejs_site.mjs';
import { writes } from './confluencejs_writes.mjs';

const sorted = (list) => [...list].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
const words = (name) => name.split(/\s+/).filter((word) => /^[\p{L}\p{N}]+$/u.test(word));

// An account that can't be used is told by its name.
function assertPerson(user, { accountId, accountStatus, displayName, email }) {
  const names = { active: [displayName, `${displayName} (Unlicensed)`], inactive: [`${displayName} (Deactivated)`], closed: ['Former user'] };
  assert.equal(user.accountId, accountId);
  assert.equal(user.accountStatus, accountStatus);
  assert.equal(user.email, accountStatus === 'closed' ? '' : email);
  assert.ok(names[accountStatus].includes(user.displayName), `${user.displayName} is ${accountStatus}`);
}

function assertUser(user, person) {
  assertPerson(user, person);
  assert.equal(user.type, 'known');
  assert.equal(new URL(user._links.self).searchParams.get('accountId'), person.accountId);
}

async function users({ v1, v2 }) {
  const me = await v1.users.getCurrentUser({ expand: ['operations'] });
  const people = facts.people;

  await check('the current user is the administrator, with operations', () => {
    assert.equal(me.email, facts.email);
    assert.ok(me.operations.some((o) => o.operation === 'use' && o.targetType === 'application'));
    assert.equal(me._expandable.operations, undefined);
    assert.equal(me._expandable.personalSpace, '');
  });
  await check('every person reads back by account ID', async () => {
    for (const person of people) assertUser(await nullable(v1.users.getUser({ accountId: person.accountId })), person);
  });
  await check('every person reads back in bulk, in the order asked for, once, without the unknown', async () => {
    const some = people.slice(0, 90).reverse();
    const page = await nullable(v1.users.getBulkUserLookup({ accountId: [nobody, ...ids(some), some[0].accountId] }));
    assert.deepEqual(ids(page.results), ids(some));
    page.results.forEach((user, i) => assertUser(user, some[i]));
    assert.equal(page.size, some.length);
  });
  await check('every person reads back from v2, in the order asked for, once, without the unknown', async () => {
    const some = people.slice(0, 240).reverse();
    const body = { accountIds: [nobody, ...ids(some), some[0].accountId] };
    const page = await v2.user.createBulkUserLookup({ body });
    assert.deepEqual(ids(page.results), ids(some));
    page.results.forEach((user, i) => assertPerson(user, some[i]));
    assert.equal(page._links.base, `${facts.site}/wiki`);
  });
  await check('a personal space is expanded where v2 knows of one', async () => {
    const page = await v2.user.createBulkUserLookup({ body: { accountIds: ids(people.slice(0, 100)) } });
    for (const user of page.results) {
      const expanded = await nullable(v1.users.getUser({ accountId: user.accountId, expand: ['personalSpace'] }));
      assert.equal(expanded._expandable.personalSpace, undefined);
      assert.equal(expanded.personalSpace?.id?.toString(), user.personalSpaceId ?? undefined);
    }
  });
  await check('the anonymous user has a name and a picture', async () => {
    const anonymous = await v1.users.getAnonymousUser({ expand: ['operations'] });
    assert.equal(anonymous.type, 'anonymous');
    assert.equal(anonymous.displayName, 'Anonymous');
    assert.ok(anonymous.profilePicture.path.startsWith('/wiki/'));
    assert.ok(Array.isArray(anonymous.operations));
  });
  await check('an unknown account is 404, none is 400', async () => {
    await assert.rejects(v1.users.getUser({ accountId: nobody }), isNotFoundError);
    await refused(400, v1.users.getUser({}));
  });
  await check('a person is refused addresses, whoever asks', async () => {
    await refused(400, v1.users.getPrivacyUnsafeUserEmail({ accountId: me.accountId }));
    await refused(400, v1.users.getPrivacyUnsafeUserEmailBulk({ accountId: [me.accountId] }));
  });
  return me;
}

async function search({ v1 }, me) {
  await check('everybody who is active is found by type, page by page', async () => {
    const found = [];
    for (let start = 0, size = -1; size !== 0; start += size) {
      const ask = { cql: 'type=user', start, limit: 10, sitePermissionTypeFilter: 'all' };
      const page = await nullable(v1.search.searchUser(ask));
      assert.equal(page.cqlQuery, 'type=user');
      assert.ok(page.totalSize >= page.size);
      found.push(...page.results);
      size = page.size;
    }
    const active = facts.people.filter((person) => person.accountStatus === 'active');
    assert.deepEqual(sorted(found.map((result) => result.user.accountId)), sorted(ids(active)));
    for (const result of found) assert.equal(result.entityType, 'user');
  });
  await check('a person is found by account ID, by one ID of a list, and by the words of the name', async () => {
    const [first] = words(me.displayName);
    for (const cql of [
      `user.accountid="${me.accountId}"`,
      `user = "${me.accountId}"`,
      `user in ("${nobody}", "${me.accountId}")`,
      `user.fullname~"${first}"`,
      `user.fullname ~ "${first.slice(0, 2).toLowerCase()}*"`,
      `type=user AND user.fullname~"${first}"`,
    ]) {
      const page = await nullable(v1.search.searchUser({ cql, limit: 100, sitePermissionTypeFilter: 'all' }));
      const hit = page.results.find((result) => result.user.accountId === me.accountId);
      assert.ok(hit, cql);
      assert.equal(hit.title, me.displayName, cql);
    }
  });
  await check('nobody is found by an account ID that nobody has', async () => {
    const page = await v1.search.searchUser({ cql: `user="${nobody}"` });
    assert.deepEqual(page.results, []);
  });
  await check('a query that cannot be parsed is 400', () => refused(400, v1.search.searchUser({ cql: 'user.fullname ~' })));
}

async function groups({ v1 }) {
  const groups = await all(200, (page) => v1.group.getGroups(page));

  await check('groups come in the order of their names, by pages of any size', async () => {
    assert.ok(groups.length > 0);
    const names = groups.map((group) => group.name.toLowerCase());
    assert.deepEqual(names, sorted(names));
    assert.deepEqual(await all(1, (page) => v1.group.getGroups(page)), groups);
  });
  await check('groups are chosen by what they give access to', async () => {
    const user = (await v1.group.getGroups({ accessType: 'user' })).results;
    const admin = (await v1.group.getGroups({ accessType: 'admin' })).results;
    assert.ok(user.length + admin.length > 0);
    const names = groups.map((group) => group.name);
    for (const group of [...user, ...admin]) assert.ok(names.includes(group.name));
  });
  await check('a group reads back by ID and by a part of its name', async () => {
    for (const group of groups) {
      assert.deepEqual(await v1.group.getGroupByGroupId({ id: group.id }), group);
      const picked = await v1.group.searchGroups({ query: group.name, shouldReturnTotalSize: true });
      assert.ok(picked.results.some((found) => found.id === group.id), group.name);
      assert.ok(picked.totalSize >= picked.size);
    }
  });
  const memberships = new Map();
  await check('members come by pages of any size, and are counted', async () => {
    for (const { id } of groups) {
      const members = await all(200, (page) => nullable(v1.group.getGroupMembersByGroupId({ groupId: id, ...page })));
      const few = await all(7, (page) => nullable(v1.group.getGroupMembersByGroupId({ groupId: id, ...page })));
      assert.deepEqual(ids(few), ids(members));
      const counted = await nullable(v1.group.getGroupMembersByGroupId({ groupId: id, limit: 1, shouldReturnTotalSize: true, expand: ['operations'] }));
      assert.equal(counted.totalSize, members.length);
      for (const member of counted.results) assert.ok(Array.isArray(member.operations));
      for (const { accountId } of members) memberships.set(accountId, [...(memberships.get(accountId) ?? []), id]);
    }
  });
  await check('what the groups say of their members, the members say of their groups', async () => {
    assert.ok(memberships.size > 0);
    for (const [accountId, of] of memberships) {
      const mine = await all(200, (page) => v1.users.getGroupMembershipsForUser({ accountId, ...page }));
      assert.deepEqual(sorted(mine.map((group) => group.id)), sorted(of));
      const few = await all(1, (page) => v1.users.getGroupMembershipsForUser({ accountId, ...page }));
      assert.deepEqual(few, mine);
    }
  });
  await check('more than 200 members a page is 400, an unknown group 404', async () => {
    await refused(400, v1.group.getGroupMembersByGroupId({ groupId: groups[0].id, limit: 201 }));
    const groupId = '00000000-0000-4000-8000-000000000000';
    await refused(404, v1.group.getGroupMembersByGroupId({ groupId }));
    await refused(404, v1.group.getGroupByGroupId({ id: groupId }));
  });
}

async function access({ v2 }, me) {
  await check('addresses without access are told from those with it, and from none', async () => {
    const body = { emails: ['stranger@example.org', me.email, 'no address', 'stranger@example.org'] };
    const answer = await v2.user.checkAccessByEmail({ body });
    assert.deepEqual(answer.emailsWithoutAccess, ['stranger@example.org']);
    assert.deepEqual(answer.invalidEmails, ['no address']);
  });
}

async function app(host) {
  const { v1 } = clients(host, { type: 'bearer', token: facts.appToken });
  await check('an approved app reads addresses, one and many', async () => {
    const reachable = facts.people.filter((person) => person.email !== '').slice(0, 90);
    const records = reachable.map(({ accountId, email }) => ({ accountId, email }));
    for (const record of records) {
      assert.deepEqual(await v1.users.getPrivacyUnsafeUserEmail({ accountId: record.accountId }), record);
    }
    const answer = await v1.users.getPrivacyUnsafeUserEmailBulk({ accountId: [nobody, ...ids(records)] });
    assert.deepEqual(answer, records);
    await refused(404, v1.users.getPrivacyUnsafeUserEmail({ accountId: nobody }));
  });
}

async function strangers(host) {
  const { email, token } = facts;
  const account = { accountId: nobody };
  await check('a wrong or a missing credential is 401', async () => {
    for (const auth of [{ type: 'basic', email, apiToken: `${token}x` }, { type: 'bearer', token: 'x' }, undefined]) {
      await assert.rejects(clients(host, auth).v1.users.getUser(account), isAuthError);
    }
  });
}

const administrator = basic(facts.email, facts.token);
const ways = [
  ['site, Basic', facts.site, administrator],
  ['gateway, Basic', facts.gateway, administrator],
  ['gateway, Bearer', facts.gateway, { type: 'bearer', token: facts.token }],
];
for (const [i, [name, host, auth]] of ways.entries()) {
  const before = { ...tally };
  const both = clients(host, auth);
  await check(name, async () => {
    const me = await users(both);
    await search(both, me);
    await groups(both);
    await access(both, me);
    await strangers(host);
    if (facts.appToken) await app(host);
    await writes(both, me, `js${i + 1}`);
  });
  console.log(`${name}: ${tally.passed - before.passed} passed, ${tally.failed - before.failed} failed`);
}

// confluence.js keeps what its audit finds under this name.
await check('nothing that confluence.js does not know was answered', () => {
  assert.equal(process.env.AUDIT_SCHEMAS, 'true');
  assert.deepEqual(globalThis[Symbol.for('apis-code-gen.schemaAudit')] ?? [], []);
});
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = tally.failed === 0 ? 0 : 1;
