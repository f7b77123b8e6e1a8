// Every write of the user API, as confluence.js does it, read back as confluence.js reads it.
//
// Methods of the client: watches and lists of watchers, user properties, groups and members, invitations, admin
// keys, creating and deleting a space, adding and removing labels. It has none in v1 for creating, reading and
// deleting content, the labels of content, reading a space, and none at all for the mail of the stand-in: those go
// through the client's generic request, with its schemas.
import assert from 'node:assert/strict';
import { isNotFoundError } from 'confluence.js';
import { ContentSchema, LabelArraySchema, SpaceSchema } from 'confluence.js/v1';
import { all, basic, check, clients, facts, ids, nobody, nullable, refused } from './confluencejs_site.mjs';

const noGroup = '00000000-0000-4000-8000-000000000000';
const { colleague } = facts;

// Does every write by one way, and leaves the site as it was. The name is one that nothing there has.
export async function writes(way, me, name) {
  const other = clients(way.host, basic(colleague.email, colleague.token));
  await check('a space, a page and a label are made, watched and deleted', async () => {
    const place = await makePlace(way, name.toUpperCase(), name);
    await watches(way, other, me, place);
    await watchers(way, me, place);
    await adminKey(way, me, place);
    await deletePlace(way, place);
  });
  await properties(way, other, me, name);
  await groups(way, other, name);
  await invitations(way, name);
  await noWrites(way, name);
}

async function makePlace({ v1, request }, key, label) {
  const space = await v1.space.createSpace({ key, name: `Space ${key}`, description: { plain: { value: 'Notes', representation: 'plain' } } });
  assert.deepEqual([space.key, space.name, space.type, space.status], [key, `Space ${key}`, 'global', 'current']);
  await refused(400, v1.space.createSpace({ key, name: 'Again' }));
  const found = await request({ url: `/wiki/rest/api/space/${key}`, searchParams: { expand: 'description.plain' }, schema: SpaceSchema });
  assert.deepEqual([found.id, found.description.plain.value], [space.id, 'Notes']);

  const body = { type: 'page', title: 'Engine', space: { key }, body: { storage: { value: '<p>Mill</p>', representation: 'storage' } } };
  const { id } = await nullable(request({ url: '/wiki/rest/api/content', method: 'POST', body, schema: ContentSchema }));
  const page = await request({ url: `/wiki/rest/api/content/${id}`, searchParams: { expand: 'body.storage,space' }, schema: ContentSchema });
  assert.deepEqual([page.title, page.space.key, page.body.storage.value], ['Engine', key, '<p>Mill</p>']);

  const labels = await v1.contentLabels.addLabelsToContent({ id, body: [{ prefix: 'global', name: label }, { prefix: 'global', name: `${label}-gone` }] });
  assert.deepEqual(labels.results.map((each) => each.name), [label, `${label}-gone`]);
  await v1.contentLabels.removeLabelFromContent({ id, label: `${label}-gone` });
  const left = await request({ url: `/wiki/rest/api/content/${id}/label`, schema: LabelArraySchema });
  assert.deepEqual(left.results.map((each) => each.label), [label]);
  return { key, id, label };
}

async function deletePlace({ v1, request }, { key, id, label }) {
  await v1.contentLabels.removeLabelFromContentUsingQueryParameter({ id, name: label });
  const left = await request({ url: `/wiki/rest/api/content/${id}/label`, schema: LabelArraySchema });
  assert.deepEqual(left.results, []);
  await request({ url: `/wiki/rest/api/content/${id}`, method: 'DELETE' });
  await refused(404, request({ url: `/wiki/rest/api/content/${id}` }));
  await request({ url: `/wiki/rest/api/content/${id}`, method: 'DELETE', searchParams: { status: 'trashed' } });
  const task = await v1.space.deleteSpace({ spaceKey: key });
  assert.ok(task.id);
  await refused(404, request({ url: `/wiki/rest/api/space/${key}` }));
}

// What can be watched, each with the client's methods for it.
function watchable({ v1: { contentWatches: w } }, { key, id, label }) {
  return [
    ['content', { contentId: id }, w.getContentWatchStatus, w.addContentWatcher, w.removeContentWatcher],
    ['a label', { labelName: label }, w.isWatchingLabel, w.addLabelWatcher, w.removeLabelWatcher],
    ['a space', { spaceKey: key }, w.isWatchingSpace, w.addSpaceWatcher, w.removeSpaceWatch],
  ].map(([what, target, status, add, remove]) => ({
    what,
    watching: async (whose) => (await status({ ...target, ...whose })).watching,
    add: (whose) => add({ ...target, ...whose }),
    remove: (whose) => remove({ ...target, ...whose }),
  }));
}

async function watches(way, other, me, place) {
  const theirs = watchable(other, place);
  const nowhere = watchable(way, { key: 'NOWHERE', id: '1', label: 'nowhere' });
  const self = { accountId: me.accountId };
  const them = { accountId: colleague.accountId };
  for (const [i, mine] of watchable(way, place).entries()) {
    const { what } = mine;
    await check(`the caller watches ${what} and stops, twice, whether named or not`, async () => {
      for (const [whose, same] of [[{}, self], [self, {}]]) {
        await mine.remove(whose);
        assert.equal(await mine.watching(same), false);
        for (let n = 0; n < 2; n++) {
          assert.equal(await mine.add(whose), undefined);
          assert.equal(await mine.watching(same), true);
        }
        assert.equal(await mine.watching(them), false);
        for (let n = 0; n < 2; n++) {
          assert.equal(await mine.remove(whose), undefined);
          assert.equal(await mine.watching(same), false);
        }
      }
    });
    await check(`an administrator makes another watch ${what}, who then sees it and can stop it`, async () => {
      await mine.add(them);
      assert.equal(await mine.watching(them), true);
      assert.equal(await theirs[i].watching(), true);
      assert.equal(await mine.watching(), false);
      await theirs[i].remove();
      assert.equal(await mine.watching(them), false);
      await theirs[i].add();
      assert.equal(await mine.watching(them), true);
      await mine.remove(them);
      assert.equal(await theirs[i].watching(), false);
    });
    await check(`who is no administrator watches ${what} for nobody else`, async () => {
      for (const call of [theirs[i].watching, theirs[i].add, theirs[i].remove]) await refused(403, call(self));
      assert.equal(await mine.watching(), false);
    });
    await check(`${what} that is not there is 403, an account that is not there 404`, async () => {
      for (const call of [nowhere[i].watching, nowhere[i].add, nowhere[i].remove]) await refused(403, call());
      for (const call of [mine.watching, mine.add, mine.remove]) await refused(404, call({ accountId: nobody }));
    });
  }
}

async function watchers({ v1: { contentWatches: w }, request }, me, { key, id }) {
  const both = [me.accountId, colleague.accountId].sort();
  const lists = [
    ['content', { contentId: id }, w.addContentWatcher, w.removeContentWatcher, [(page) => w.getWatchesForPage({ id, ...page })],
      (watch) => assert.deepEqual([watch.type, String(watch.contentId)], ['page', id])],
    ['a space', { spaceKey: key }, w.addSpaceWatcher, w.removeSpaceWatch,
      [(page) => w.getWatchesForSpace({ id, ...page }), (page) => w.getWatchersForSpace({ spaceKey: key, ...page })],
      (watch) => assert.deepEqual([watch.type, watch.spaceKey], ['space', key])],
  ];
  for (const [what, target, add, remove, fetches, right] of lists) {
    await check(`the watchers of ${what} are listed, by pages of any size`, async () => {
      for (const accountId of both) await add({ ...target, accountId });
      for (const fetch of fetches) {
        const found = await all(200, (page) => nullable(fetch(page)));
        assert.deepEqual(ids(found.map((watch) => watch.watcher)).sort(), both);
        assert.deepEqual(await all(1, (page) => nullable(fetch(page))), found);
        found.forEach(right);
      }
      for (const accountId of both) await remove({ ...target, accountId });
      for (const fetch of fetches) assert.deepEqual((await fetch({})).results, []);
    });
  }
  await check('a watch without the header against forgery is 403, and none is written', async () => {
    await refused(403, request({ url: `/wiki/rest/api/user/watch/space/${key}`, method: 'POST' }));
    assert.equal((await w.isWatchingSpace({ spaceKey: key })).watching, false);
  });
}

async function adminKey({ v2, request }, me, { id }) {
  const read = () => request({ url: `/wiki/rest/api/content/${id}`, headers: { 'Atl-Confluence-With-Admin-Key': 'true' } });
  await check('an admin key is enabled, read back, used and disabled', async () => {
    await refused(404, v2.adminKey.getAdminKey());
    await refused(403, read());
    for (const [ask, minutes] of [[{}, 10], [{ body: { durationInMinutes: 0 } }, 10], [{ body: { durationInMinutes: 25 } }, 25]]) {
      const key = await v2.adminKey.enableAdminKey(ask);
      assert.equal(key.accountId, me.accountId);
      const left = (key.expirationTime - Date.now()) / 60_000;
      assert.ok(left > minutes - 1 && left <= minutes, `${left} of ${minutes} minutes are left`);
      assert.deepEqual(await v2.adminKey.getAdminKey(), key);
    }
    await refused(400, v2.adminKey.enableAdminKey({ body: { durationInMinutes: 61 } }));
    assert.equal((await read()).id, id);
    assert.equal(await v2.adminKey.disableAdminKey(), undefined);
    await refused(404, v2.adminKey.getAdminKey());
    await refused(403, read());
  });
}

async function properties({ v1 }, other, me, key) {
  const p = v1.userProperties;
  // JavaScript has no integers above this one; client_writes.py shows that they are kept.
  const [first, second] = [{ n: Number.MAX_SAFE_INTEGER, text: 'Größe', list: [null, true, 0.1], none: {} }, {}];
  for (const userId of [me.accountId, colleague.accountId]) {
    await check(`a property of ${userId === me.accountId ? 'the caller' : 'another'} is created, read, changed and deleted`, async () => {
      await assert.rejects(p.getUserProperty({ userId, key }), isNotFoundError);
      await refused(404, p.updateUserProperty({ userId, key, value: first }));
      assert.equal(await p.createUserProperty({ userId, key, value: first }), undefined);
      const made = await p.getUserProperty({ userId, key });
      assert.deepEqual([made.key, made.value], [key, first]);
      await refused(409, p.createUserProperty({ userId, key, value: second }));
      assert.equal(await p.updateUserProperty({ userId, key, value: second }), undefined);
      const changed = await p.getUserProperty({ userId, key });
      assert.deepEqual([changed.id, changed.value, changed.createdDate], [made.id, second, made.createdDate]);
      assert.ok(changed.lastModifiedDate >= made.lastModifiedDate);
      assert.equal(await p.deleteUserProperty({ userId, key }), undefined);
      await assert.rejects(p.getUserProperty({ userId, key }), isNotFoundError);
      await refused(404, p.deleteUserProperty({ userId, key }));
    });
  }
  await check('the keys of properties are listed, by pages of any size, and each account has its own', async () => {
    const userId = me.accountId;
    const keys = [`${key}-a`, `${key}_B`, `${key}-c`];
    for (const each of keys) await p.createUserProperty({ userId, key: each, value: { each } });
    const found = await all(25, (page) => p.getUserProperties({ userId, ...page }));
    assert.deepEqual(found.map((property) => property.key).sort(), [...keys].sort());
    assert.deepEqual(await all(1, (page) => p.getUserProperties({ userId, ...page })), found);
    assert.deepEqual((await other.v1.userProperties.getUserProperties({ userId: colleague.accountId })).results, []);
    for (const each of keys) await p.deleteUserProperty({ userId, key: each });
    assert.deepEqual((await p.getUserProperties({ userId })).results, []);
  });
  await check('a property is refused that has no object as value, an impossible key, or nobody as owner', async () => {
    const userId = me.accountId;
    for (const value of ['text', [1], null]) await refused(400, p.createUserProperty({ userId, key, value }));
    await refused(400, p.createUserProperty({ userId, key: 'a.b', value: {} }));
    await refused(400, p.createUserProperty({ userId, key: 'k'.repeat(256), value: {} }));
    await refused(404, p.createUserProperty({ userId: nobody, key, value: {} }));
    await refused(404, p.getUserProperties({ userId: nobody }));
  });
}

async function groups({ v1 }, other, name) {
  const { accountId } = colleague;
  const listed = async () => all(200, (page) => v1.group.getGroups(page));
  const members = async (groupId) => ids(await all(200, (page) => nullable(v1.group.getGroupMembersByGroupId({ groupId, ...page }))));
  const memberOf = async () => (await all(200, (page) => v1.users.getGroupMembershipsForUser({ accountId, ...page }))).map((group) => group.id);
  const before = await listed();
  let group;

  await check('a group is created and reads back by every way of finding it', async () => {
    group = await v1.group.createGroup({ name });
    assert.deepEqual([group.type, group.name], ['group', name]);
    assert.deepEqual(await v1.group.getGroupByGroupId({ id: group.id }), group);
    assert.ok(groupIds(await listed()).includes(group.id));
    assert.deepEqual(groupIds((await v1.group.searchGroups({ query: name })).results), [group.id]);
    assert.deepEqual(await members(group.id), []);
    for (const bad of [name, '', '   ']) await refused(400, v1.group.createGroup({ name: bad }));
  });
  await check('a member is added and taken out, once and again', async () => {
    const groupId = group.id;
    const had = await memberOf();
    for (let n = 0; n < 2; n++) {
      assert.equal(await v1.group.addUserToGroupByGroupId({ groupId, accountId }), undefined);
      assert.deepEqual(await members(groupId), [accountId]);
    }
    assert.deepEqual((await memberOf()).sort(), [...had, groupId].sort());
    for (let n = 0; n < 2; n++) {
      assert.equal(await v1.group.removeMemberFromGroupByGroupId({ groupId, accountId }), undefined);
      assert.deepEqual(await members(groupId), []);
    }
    assert.deepEqual(await memberOf(), had);
    await refused(404, v1.group.addUserToGroupByGroupId({ groupId: noGroup, accountId }));
    await refused(404, v1.group.removeMemberFromGroupByGroupId({ groupId: noGroup, accountId }));
    await refused(404, v1.group.removeMemberFromGroupByGroupId({ groupId, accountId: nobody }));
  });
  await check('who is no site administrator writes no groups and has no admin key', async () => {
    const { v1: theirs, v2 } = other;
    await refused(403, theirs.group.createGroup({ name: `${name}-2` }));
    await refused(403, theirs.group.addUserToGroupByGroupId({ groupId: group.id, accountId }));
    await refused(403, theirs.group.removeMemberFromGroupByGroupId({ groupId: group.id, accountId }));
    await refused(403, theirs.group.removeGroupById({ id: group.id }));
    for (const call of [v2.adminKey.getAdminKey, v2.adminKey.enableAdminKey, v2.adminKey.disableAdminKey]) await refused(404, call({}));
  });
  await check('a group is deleted with its members, and was the only change', async () => {
    await v1.group.addUserToGroupByGroupId({ groupId: group.id, accountId });
    assert.equal(await v1.group.removeGroupById({ id: group.id }), undefined);
    await refused(404, v1.group.removeGroupById({ id: group.id }));
    await assert.rejects(v1.group.getGroupByGroupId({ id: group.id }), isNotFoundError);
    assert.ok(!(await memberOf()).includes(group.id));
    assert.deepEqual(await listed(), before);
  });
}

const groupIds = (groups) => groups.map((group) => group.id);

async function invitations({ v2 }, name) {
  const stranger = `${name}@example.org`;
  const inbox = clients(facts.site).request;
  const mails = async () => (await inbox({ url: '/_roster/mail' })).messages.filter((mail) => mail.to.some((to) => to.address === stranger));

  await check('a stranger gets one mail, with a link to the site, and is a stranger until it is followed', async () => {
    const body = { emails: [stranger, 'no address', stranger.toUpperCase(), facts.email] };
    assert.deepEqual(await mails(), []);
    for (let n = 0; n < 2; n++) {
      assert.equal(await v2.user.inviteByEmail({ body }), undefined);
      const [mail, ...more] = await mails();
      assert.deepEqual(more, []);
      assert.deepEqual(mail.to.map((to) => to.address), [stranger]);
      assert.ok(mail.text.includes(`${facts.site}/`), mail.text);
    }
    const answer = await v2.user.checkAccessByEmail({ body });
    assert.deepEqual(answer, { emailsWithoutAccess: [stranger], invalidEmails: ['no address'] });
  });
  await check('an invitation of nobody is 400', () => refused(400, v2.user.inviteByEmail({ body: { emails: [] } })));
}

async function noWrites({ host, v1 }, name) {
  await check('who is not known writes nothing', async () => {
    for (const auth of [basic(facts.email, `${facts.token}x`), { type: 'bearer', token: 'x' }, undefined]) {
      const stranger = clients(host, auth);
      await refused(401, stranger.v1.group.createGroup({ name }));
      await refused(401, stranger.v1.userProperties.createUserProperty({ userId: colleague.accountId, key: name, value: {} }));
      await refused(403, stranger.v1.contentWatches.addSpaceWatcher({ spaceKey: 'X' }));
      await refused(401, stranger.v2.user.inviteByEmail({ body: { emails: [`${name}-2@example.org`] } }));
      await refused(401, stranger.v2.adminKey.enableAdminKey({}));
    }
    assert.deepEqual((await v1.group.searchGroups({ query: name })).results, []);
    assert.deepEqual((await v1.userProperties.getUserProperties({ userId: colleague.accountId })).results, []);
  });
}
