"""Every write of the user API, as atlassian-python-api does it, read back as atlassian-python-api reads it.

Methods of the client: creating, reading and deleting spaces and pages, their labels, invitations, access by address,
admin keys, and reading groups and their members. Its methods for writing groups and members call paths by group name
that the contract does not have any more, and for watches, lists of watchers and user properties it has none: these
go through its generic get, post, put and delete, the watches with its own no_check_headers. So does the mail of the
stand-in.
"""

from collections import namedtuple
from datetime import datetime, timedelta, timezone
from functools import partial

from atlassian.errors import ApiError

from client_site import FACTS, NO_GROUP, NOBODY, Way, ids, refused

COLLEAGUE = FACTS["colleague"]["accountId"]
BIG = 2**53 + 1  # no float has this value

Place = namedtuple("Place", "key page label")


def writes(tally, way, me, name):
    """Does every write by one way, and leaves the site as it was. The name is one that nothing there has."""
    other = Way(way.base, username=FACTS["colleague"]["email"], password=FACTS["colleague"]["token"])

    def places():
        place = make_place(way, name.upper(), name)
        watches(tally, way, other, me, place)
        watchers(tally, way, me, place)
        admin_key(tally, way, me, place)
        delete_place(way, place)

    tally.check("a space, a page and a label are made, watched and deleted", places)
    properties(tally, way, other, me, name)
    groups(tally, way, other, name)
    invitations(tally, way, name)
    no_writes(tally, way, name)


def done(status, call, *path, **request):
    """Makes a generic request, which is answered with a status and nothing else."""
    answer = call(*path, advanced_mode=True, **request)
    assert (answer.status_code, answer.content) == (status, b""), (answer.status_code, answer.content)


def make_place(way, key, label):
    space = way.server.create_space(key, f"Space {key}")
    assert (space["key"], space["name"], space["type"]) == (key, f"Space {key}", "global"), space
    refused(400, lambda: way.server.create_space(key, "Again"))
    assert way.server.get_space(key)["id"] == space["id"]
    assert key in [each["key"] for each in way.server.get_all_spaces()["results"]]

    page = way.server.create_page(key, "Engine", "<p>Mill</p>")["id"]
    found = way.server.get_page_by_id(page, expand="body.storage,space")
    assert (found["title"], found["space"]["key"], found["body"]["storage"]["value"]) == ("Engine", key, "<p>Mill</p>")

    way.server.set_page_label(page, label)
    way.server.add_content_labels(page, [{"prefix": "global", "name": f"{label}-gone"}])
    assert [each["name"] for each in way.server.get_page_labels(page)["results"]] == [label, f"{label}-gone"]
    way.server.remove_content_label(page, f"{label}-gone")
    assert [each["label"] for each in way.server.get_content_labels(page)["results"]] == [label]
    return Place(key, page, label)


def delete_place(way, place):
    way.server.remove_page_label(place.page, place.label)
    assert way.server.get_page_labels(place.page)["results"] == []
    assert way.server.remove_page(place.page) == 204
    refused(404, lambda: way.get(f"content/{place.page}"))
    assert way.server.remove_page_from_trash(place.page) == 204
    assert way.server.delete_space(place.key)["id"]
    refused(404, lambda: way.get(f"space/{place.key}"))
    try:
        way.server.delete_space(place.key)
    except ApiError:
        return
    raise AssertionError("a space is deleted twice")


class Watch:
    """A thing to watch, as one caller sees it."""

    def __init__(self, way, path):
        self.path = f"rest/api/user/watch/{path}"
        self.get, self.post, self.delete = way.v2.get, way.v2.post, way.v2.delete
        self.headers = way.v2.no_check_headers

    def watching(self, **whose):
        return self.get(self.path, params=whose)["watching"]

    def add(self, **whose):
        done(204, self.post, self.path, params=whose, headers=self.headers)

    def remove(self, **whose):
        done(204, self.delete, self.path, params=whose, headers=self.headers)

    def refused(self, status, **whose):
        refused(status, lambda: self.watching(**whose))
        refused(status, lambda: self.post(self.path, params=whose, headers=self.headers))
        refused(status, lambda: self.delete(self.path, params=whose, headers=self.headers))


def watches(tally, way, other, me, place):
    myself, them = {"accountId": me["accountId"]}, {"accountId": COLLEAGUE}

    def oneself(mine):
        for whose, same in (({}, myself), (myself, {})):
            mine.remove(**whose)
            assert mine.watching(**same) is False
            for _ in range(2):
                mine.add(**whose)
                assert mine.watching(**same) is True
            assert mine.watching(**them) is False
            for _ in range(2):
                mine.remove(**whose)
                assert mine.watching(**same) is False

    def another(mine, theirs):
        mine.add(**them)
        assert (mine.watching(**them), theirs.watching(), mine.watching()) == (True, True, False)
        theirs.remove()
        assert mine.watching(**them) is False
        theirs.add()
        assert mine.watching(**them) is True
        mine.remove(**them)
        assert theirs.watching() is False

    def refusals(mine, theirs, nowhere):
        theirs.refused(403, **myself)
        nowhere.refused(403)
        mine.refused(404, accountId=NOBODY)
        mine.refused(400, username="ada")
        assert mine.watching() is False

    def forged(mine):
        refused(403, lambda: way.v2.post(mine.path))
        assert mine.watching() is False
        mine.add()
        refused(403, lambda: way.v2.delete(mine.path))
        assert mine.watching() is True
        mine.remove()

    for what, path, nowhere in (
        ("content", f"content/{place.page}", "content/1"),
        ("a label", f"label/{place.label}", "label/nowhere"),
        ("a space", f"space/{place.key}", "space/NOWHERE"),
    ):
        mine, theirs, nothing = Watch(way, path), Watch(other, path), Watch(way, nowhere)
        tally.check(f"the caller watches {what} and stops, twice, whether named or not", partial(oneself, mine))
        tally.check(f"an administrator makes another watch {what}, who then sees it", partial(another, mine, theirs))
        tally.check(f"who may not watch {what} for another is refused", partial(refusals, mine, theirs, nothing))
        tally.check(f"{what} is not watched without the header against forgery", partial(forged, mine))


def watchers(tally, way, me, place):
    both = sorted([me["accountId"], COLLEAGUE])

    def listed(watch, lists, right):
        for account in both:
            watch.add(accountId=account)
        for path in lists:
            found = way.pages(200, lambda start, limit: way.get(path, start=start, limit=limit))
            assert sorted(ids(each["watcher"] for each in found)) == both, found
            assert way.linked(path, limit=1) == found
            assert all(right.items() <= each.items() for each in found), found
        for account in both:
            watch.remove(accountId=account)
        for path in lists:
            assert way.get(path)["results"] == []

    content, space = Watch(way, f"content/{place.page}"), Watch(way, f"space/{place.key}")
    above = f"content/{place.page}/notification"
    right = {"type": "page", "contentId": int(place.page)}
    tally.check("the watchers of content are listed", partial(listed, content, [f"{above}/child-created"], right))
    right = {"type": "space", "spaceKey": place.key}
    lists = [f"{above}/created", f"space/{place.key}/watch"]
    tally.check("the watchers of a space are listed", partial(listed, space, lists, right))


def admin_key(tally, way, me, place):
    path = f"rest/api/content/{place.page}"
    read = partial(way.v2.get, path, headers={**way.v2.default_headers, "Atl-Confluence-With-Admin-Key": "true"})

    def used():
        refused(404, way.v2.get_admin_key)
        refused(403, read)
        for enable, minutes in (
            (way.v2.enable_admin_key, 10),
            (partial(way.v2.post, "api/v2/admin-key", data={"durationInMinutes": 25}), 25),
        ):
            key = enable()
            assert key["accountId"] == me["accountId"]
            left = datetime.fromisoformat(key["expirationTime"].replace("Z", "+00:00")) - datetime.now(timezone.utc)
            assert timedelta(minutes=minutes - 1) < left <= timedelta(minutes=minutes), left
            assert way.v2.get_admin_key() == key
        refused(400, lambda: way.v2.post("api/v2/admin-key", data={"durationInMinutes": 61}))
        assert read()["id"] == place.page
        assert way.v2.disable_admin_key() is None
        refused(404, way.v2.get_admin_key)
        refused(403, read)

    tally.check("an admin key is enabled, read back, used and disabled", used)


def properties(tally, way, other, me, key):
    first = {"n": BIG, "deep": [{"n": -BIG}, 10**40, 0.1, None, True], "text": "Größe 🧮", "none": {}}

    def kept(owner):
        path = f"user/{owner}/property/{key}"
        full, read = f"rest/api/{path}", partial(way.get, path)
        refused(404, read)
        refused(404, lambda: way.v2.put(full, data={"value": first}))
        done(201, way.v2.post, full, data={"value": first})
        made = read()
        assert (made["key"], made["value"]) == (key, first), made
        refused(409, lambda: way.v2.post(full, data={"value": {}}))
        for changed in ({}, {"n": BIG + 2}):
            done(204, way.v2.put, full, data={"value": changed})
            now = read()
            assert (now["id"], now["value"], now["createdDate"]) == (made["id"], changed, made["createdDate"]), now
            assert now["lastModifiedDate"] >= made["lastModifiedDate"]
        done(204, way.v2.delete, full)
        refused(404, read)
        refused(404, lambda: way.v2.delete(full))

    def listed():
        mine = f"user/{me['accountId']}/property"
        keys = [f"{key}-a", f"{key}_B", f"{key}-c"]
        for each in keys:
            done(201, way.v2.post, f"rest/api/{mine}/{each}", data={"value": {"key": each}})
        found = way.pages(25, lambda start, limit: way.get(mine, start=start, limit=limit))
        assert sorted(each["key"] for each in found) == sorted(keys)
        assert way.linked(mine, limit=1) == found
        assert other.get(f"user/{COLLEAGUE}/property")["results"] == []
        for each in keys:
            done(204, way.v2.delete, f"rest/api/{mine}/{each}")
        assert way.get(mine)["results"] == []

    def refusals():
        def create(owner, key, **data):
            return partial(way.v2.post, f"rest/api/user/{owner}/property/{key}", data=data)

        for value in ("text", [1], None, BIG):
            refused(400, create(COLLEAGUE, key, value=value))
        refused(400, create(COLLEAGUE, key, value={}, more=1))
        refused(400, create(COLLEAGUE, "a.b", value={}))
        refused(400, create(COLLEAGUE, "k" * 256, value={}))
        refused(404, create(NOBODY, key, value={}))
        refused(404, lambda: way.get(f"user/{NOBODY}/property"))

    tally.check("a property of the caller is created, read, changed and deleted", partial(kept, me["accountId"]))
    tally.check("a property of another is created, read, changed and deleted", partial(kept, COLLEAGUE))
    tally.check("the keys of properties are listed, and each account has its own", listed)
    tally.check("a property is refused that has no object as value, an impossible key, or nobody as owner", refusals)


def groups(tally, way, other, name):
    path, by_id, membership = "rest/api/group", "rest/api/group/by-id", "rest/api/group/userByGroupId"
    before = way.cloud.get_all_groups(limit=200)
    made = {}

    def add(way, group):
        return partial(way.v2.post, membership, params={"groupId": group}, data={"accountId": COLLEAGUE})

    def take_out(way, group, account):
        return partial(way.v2.delete, membership, params={"groupId": group, "accountId": account})

    def members():
        return ids(way.cloud.get_group_members(made["id"])["results"])

    def member_of():
        return [group["id"] for group in way.get("user/memberof", accountId=COLLEAGUE)["results"]]

    def created():
        made.update(way.v2.post(path, data={"name": name}))
        assert (made["type"], made["name"]) == ("group", name)
        assert way.cloud.get_group(made["id"]) == made
        assert made in way.cloud.get_all_groups(limit=200)
        assert way.get("group/picker", query=name)["results"] == [made]
        assert members() == []
        for bad in (name, "", "   "):
            refused(400, lambda: way.v2.post(path, data={"name": bad}))

    def joined():
        group, had = made["id"], member_of()
        for _ in range(2):
            done(201, add(way, group))
            assert members() == [COLLEAGUE]
        assert sorted(member_of()) == sorted([*had, group])
        for _ in range(2):
            done(204, take_out(way, group, COLLEAGUE))
            assert members() == []
        assert member_of() == had
        refused(404, add(way, NO_GROUP))
        refused(404, take_out(way, NO_GROUP, COLLEAGUE))
        refused(404, take_out(way, group, NOBODY))

    def kept_out():
        refused(403, lambda: other.v2.post(path, data={"name": f"{name}-2"}))
        refused(403, add(other, made["id"]))
        refused(403, take_out(other, made["id"], COLLEAGUE))
        refused(403, lambda: other.v2.delete(by_id, params={"id": made["id"]}))
        for call in (other.v2.get_admin_key, other.v2.enable_admin_key, other.v2.disable_admin_key):
            refused(404, call)

    def deleted():
        delete = partial(way.v2.delete, by_id, params={"id": made["id"]})
        done(201, add(way, made["id"]))
        done(204, delete)
        refused(404, delete)
        refused(404, lambda: way.cloud.get_group(made["id"]))
        assert made["id"] not in member_of()
        assert way.cloud.get_all_groups(limit=200) == before

    tally.check("a group is created and reads back by every way of finding it", created)
    tally.check("a member is added and taken out, once and again", joined)
    tally.check("who is no site administrator writes no groups and has no admin key", kept_out)
    tally.check("a group is deleted with its members, and was the only change", deleted)


def invitations(tally, way, name):
    stranger = f"{name}@example.org"

    def mails():
        messages = way.v2.get(FACTS["site"] + "/_roster/mail", absolute=True)["messages"]
        return [mail for mail in messages if stranger in [to["address"] for to in mail["to"]]]

    def invited():
        asked = {"emails": [stranger, "no address", stranger.upper(), FACTS["email"]]}
        assert mails() == []
        for _ in range(2):
            assert way.v2.invite_user_by_email(asked) is None
            (mail,) = mails()
            assert [to["address"] for to in mail["to"]] == [stranger]
            assert FACTS["site"] + "/" in mail["text"], mail
        answer = way.v2.check_user_access_by_email(asked)
        assert (answer["emailsWithoutAccess"], answer["invalidEmails"]) == ([stranger], ["no address"]), answer

    tally.check("a stranger gets one mail, with a link to the site, and is a stranger until it is followed", invited)
    tally.check("an invitation of nobody is 400", lambda: refused(400, lambda: way.v2.invite_user_by_email({"emails": []})))


def no_writes(tally, way, name):
    def kept_out():
        for credential in ({"username": FACTS["email"], "password": FACTS["token"] + "x"}, {"token": "x"}, {}):
            stranger = Way(way.base, **credential)
            refused(401, lambda: stranger.v2.post("rest/api/group", data={"name": name}))
            refused(401, lambda: stranger.v2.post(f"rest/api/user/{COLLEAGUE}/property/{name}", data={"value": {}}))
            refused(401, lambda: stranger.v2.invite_user_by_email({"emails": [f"{name}-2@example.org"]}))
            refused(401, stranger.v2.enable_admin_key)
            Watch(stranger, "space/X").refused(403)
        assert way.get("group/picker", query=name)["results"] == []
        assert way.get(f"user/{COLLEAGUE}/property")["results"] == []

    tally.check("who is not known writes nothing", kept_out)
