"""The user API, as atlassian-python-api sees it: every read here, every write in client_writes.py.

The client is the one from the registry, unchanged. Where it has a method of its own, that is called. It has none
for users by account ID on Cloud, the groups of a user, users in bulk by v1, addresses, the user search and the
group picker: those are asked for by the client's generic get.
"""

import sys
import warnings
from collections import defaultdict

from client_site import FACTS, NO_GROUP, NOBODY, Tally, Way, ids, refused
from client_writes import writes


def assert_person(user, person):
    name, status = person["displayName"], person["accountStatus"]
    names = {
        "active": [name, f"{name} (Unlicensed)"],
        "inactive": [f"{name} (Deactivated)"],
        "closed": ["Former user"],
    }
    assert user["accountId"] == person["accountId"]
    assert user["accountStatus"] == status, user
    assert user["email"] == ("" if status == "closed" else person["email"]), user
    assert user["displayName"] in names[status], user


def users(tally, way):
    people = FACTS["people"]
    me = way.v1.get_current_user(expand="operations,personalSpace")

    def current():
        assert me["email"] == FACTS["email"]
        assert {"operation": "use", "targetType": "application"} in me["operations"]
        assert "operations" not in me["_expandable"]

    def one():
        for person in people:
            user = way.server.get_user_details_by_accountid(person["accountId"], expand="operations")
            assert_person(user, person)
            assert isinstance(user["operations"], list)
        user = way.v1.get_users(accountId=me["accountId"])
        assert user["accountId"] == me["accountId"] and user["type"] == "known"

    def bulk():
        some = people[:90][::-1]
        for asked in (
            {"accountId": [NOBODY, *ids(some), some[0]["accountId"]]},
            {"accountId": ",".join(ids(some))},
        ):
            page = way.get("user/bulk", **asked)
            assert ids(page["results"]) == ids(some)
            for user, person in zip(page["results"], some):
                assert_person(user, person)

    def bulk_v2():
        some = people[:240][::-1]
        page = way.v2.bulk_get_users({"accountIds": [NOBODY, *ids(some), some[0]["accountId"]]})
        assert ids(page["results"]) == ids(some)
        for user, person in zip(page["results"], some):
            assert_person(user, person)
        assert page["_links"]["base"] == FACTS["site"] + "/wiki"
        refused(400, lambda: way.v2.bulk_get_users({"accountIds": []}))

    def anonymous():
        user = way.server.anonymous()
        assert (user["type"], user["displayName"]) == ("anonymous", "Anonymous")

    def unknown():
        refused(404, lambda: way.get("user", accountId=NOBODY))
        refused(400, lambda: way.get("user"))

    def addresses():
        refused(400, lambda: way.get("user/email", accountId=me["accountId"]))
        refused(400, lambda: way.get("user/email/bulk", accountId=me["accountId"]))

    tally.check("the current user is the administrator, with operations", current)
    tally.check("every person reads back by account ID", one)
    tally.check("every person reads back in bulk, in the order asked for, without the unknown", bulk)
    tally.check("every person reads back from v2, in the order asked for, without the unknown", bulk_v2)
    tally.check("the anonymous user has a name", anonymous)
    tally.check("an unknown account is 404, none is 400", unknown)
    tally.check("a person is refused addresses, whoever asks", addresses)
    return me


def search(tally, way, me):
    def found(cql, **params):
        return way.get("search/user", cql=cql, **params)

    def everybody():
        hits = []
        while True:
            page = found("type=user", start=len(hits), limit=10, sitePermissionTypeFilter="all")
            hits.extend(page["results"])
            if not page["results"]:
                break
        active = [person for person in FACTS["people"] if person["accountStatus"] == "active"]
        assert sorted(hit["user"]["accountId"] for hit in hits) == sorted(ids(active))

    def one():
        for cql in (
            f'user.accountid="{me["accountId"]}"',
            f'user.fullname~"{me["displayName"].split()[0]}"',
            f'type=user and user in ("{me["accountId"]}")',
        ):
            hits = {hit["user"]["accountId"]: hit["title"] for hit in found(cql, limit=100)["results"]}
            assert hits.get(me["accountId"]) == me["displayName"], cql
        assert found(f'user="{NOBODY}"')["results"] == []

    tally.check("everybody who is active is found by type, page by page", everybody)
    tally.check("a person is found by account ID and by name, nobody by an unknown ID", one)
    tally.check("a query that cannot be parsed is 400", lambda: refused(400, lambda: found("user.fullname ~")))


def groups(tally, way):
    every = way.pages(200, lambda start, limit: way.cloud.get_groups(start=start, limit=limit))

    def listed():
        names = [group["name"].lower() for group in every]
        assert names and names == sorted(names)
        assert way.linked("group", limit=1) == every
        assert way.cloud.get_all_groups(limit=200) == every[:200]
        assert way.server.get_all_groups(limit=200) == every[:200]

    def found():
        for group in every:
            assert way.cloud.get_group(group["id"]) == group
            picked = way.get("group/picker", query=group["name"], shouldReturnTotalSize="true")
            assert group["id"] in [g["id"] for g in picked["results"]]
            assert picked["totalSize"] >= picked["size"]

    memberships = defaultdict(list)

    def members():
        for group in every:
            fetch = lambda start, limit: way.cloud.get_group_members(group["id"], start, limit, expand="operations")
            people = way.pages(200, fetch)
            path = f"group/{group['id']}/membersByGroupId"
            assert ids(way.linked(path, limit=7)) == ids(people)
            assert way.get(path, limit=1, shouldReturnTotalSize="true")["totalSize"] == len(people)
            for person in people:
                assert isinstance(person["operations"], list)
                memberships[person["accountId"]].append(group["id"])

    def member_of():
        assert memberships
        for account, of in memberships.items():
            mine = way.pages(200, lambda start, limit: way.get("user/memberof", accountId=account, start=start, limit=limit))
            assert sorted(group["id"] for group in mine) == sorted(of)
            assert way.linked("user/memberof", accountId=account, limit=1) == mine

    def refusals():
        # So get_all_members, which asks for 1,000 a page, is refused too, rather than cut short.
        refused(400, lambda: way.cloud.get_group_members(every[0]["id"], limit=201))
        refused(400, lambda: way.cloud.get_all_members(every[0]["id"]))
        refused(404, lambda: way.cloud.get_group_members(NO_GROUP))
        refused(404, lambda: way.cloud.get_group(NO_GROUP))

    tally.check("groups come in the order of their names, by pages of any size", listed)
    tally.check("a group reads back by ID and by a part of its name", found)
    tally.check("members come by pages of 200, by links, and are counted", members)
    tally.check("what the groups say of their members, the members say of their groups", member_of)
    tally.check("more than 200 members a page is 400, an unknown group 404", refusals)


def access(tally, way, me):
    def told():
        asked = ["stranger@example.org", me["email"], "no address", "stranger@example.org"]
        answer = way.v2.check_user_access_by_email({"emails": asked})
        assert answer["emailsWithoutAccess"] == ["stranger@example.org"], answer
        assert answer["invalidEmails"] == ["no address"], answer

    tally.check("addresses without access are told from those with it, and from none", told)


def app(tally, way):
    reachable = [person for person in FACTS["people"] if person["email"]][:90]
    records = [{"accountId": person["accountId"], "email": person["email"]} for person in reachable]

    def addresses():
        for record in records:
            assert way.get("user/email", accountId=record["accountId"]) == record
        assert way.get("user/email/bulk", accountId=",".join([NOBODY, *ids(records)])) == records
        assert way.get("user/email/bulk", accountId=ids(records)) == records
        refused(404, lambda: way.get("user/email", accountId=NOBODY))

    tally.check("an approved app reads addresses, one and many", addresses)


def strangers(tally, base):
    def kept_out():
        for credential in ({"username": FACTS["email"], "password": FACTS["token"] + "x"}, {"token": "x"}, {}):
            refused(401, lambda: Way(base, **credential).get("user", accountId=NOBODY))

    tally.check("a wrong or a missing credential is 401", kept_out)


def main():
    warnings.simplefilter("ignore", DeprecationWarning)
    basic = {"username": FACTS["email"], "password": FACTS["token"]}
    ways = {
        "site, Basic": (FACTS["site"], basic),
        "gateway, Basic": (FACTS["gateway"], basic),
        "gateway, Bearer": (FACTS["gateway"], {"token": FACTS["token"]}),
    }
    failed = 0
    for number, (name, (base, credential)) in enumerate(ways.items(), start=1):
        tally = Tally()

        def everything():
            way = Way(base, **credential)
            me = users(tally, way)
            search(tally, way, me)
            groups(tally, way)
            access(tally, way, me)
            strangers(tally, base)
            if FACTS.get("appToken"):
                app(tally, Way(base, token=FACTS["appToken"]))
            writes(tally, way, me, f"py{number}")

        tally.check(name, everything)
        print(f"{name}: {tally.passed} passed, {tally.failed} failed")
        failed += tally.failed
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
