"""atlassian-python-api, unmodified, with a scoped token and with an app's access token, through the gateway.

FACTS tells the gateway, the tokens, the app, and who says yes. Reads and writes, by the methods that the client has.
"""

import json
import os
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from atlassian import Confluence, ConfluenceV2
from requests import HTTPError

facts = json.loads(os.environ["FACTS"])
base = facts["gateway"]
passed = 0


def status(call):
    """The status with which a call is refused."""
    try:
        answer = call()
    except HTTPError as error:
        return error.response.status_code
    raise AssertionError(f"not refused: {answer}")


def reads_and_writes(name, **credential):
    v1 = Confluence(base + "/wiki/rest/api", cloud=True, **credential)
    server = Confluence(base + "/wiki", cloud=False, **credential)
    v2 = ConfluenceV2(base + "/wiki", **credential)

    me = v1.get_current_user()
    assert me["email"] == facts["email"], me
    account = me["accountId"]
    assert server.get_user_details_by_accountid(account)["accountId"] == account
    assert v2.bulk_get_users({"accountIds": [account]})["results"][0]["accountId"] == account

    path = f"rest/api/user/{account}/property/{name}"
    v2.post(path, data={"value": {"by": "atlassian-python-api"}})
    assert v2.get(path)["value"] == {"by": "atlassian-python-api"}
    v2.put(path, data={"value": {"n": 2**53 + 1}})
    assert v2.get(path)["value"] == {"n": 2**53 + 1}
    v2.delete(path)
    assert status(lambda: v2.get(path)) == 404

    group = v2.post("rest/api/group", data={"name": name})["id"]
    v2.post("rest/api/group/userByGroupId", params={"groupId": group}, data={"accountId": account})
    members = v2.get(f"rest/api/group/{group}/membersByGroupId")["results"]
    assert [each["accountId"] for each in members] == [account], members
    v2.delete("rest/api/group/userByGroupId", params={"groupId": group, "accountId": account})
    v2.delete("rest/api/group/by-id", params={"id": group})


reads_and_writes("by-token", token=facts["token"])
reads_and_writes("by-basic", username=facts["email"], password=facts["token"])
passed += 2

narrow = ConfluenceV2(base + "/wiki", token=facts["narrow"])
refused = narrow.post("rest/api/group", data={"name": "never"}, advanced_mode=True)
assert (refused.status_code, refused.json()) == (401, {"code": 401, "message": "Unauthorized; scope does not match"}), refused.text
assert refused.headers["X-Failure-Category"] == "FAILURE_CLIENT_SCOPE_CHECK"
passed += 1

# The flow, in JSON as Atlassian's own examples have it.
to = facts["server"] + "/authorize?" + urlencode({
    "audience": "api.atlassian.com", "client_id": facts["app"]["clientId"], "scope": " ".join(facts["scopes"]),
    "redirect_uri": facts["callback"], "state": "ö &=", "response_type": "code", "prompt": "consent",
})
back = parse_qs(urlsplit(requests.get(facts["browser"], params={"to": to}, timeout=60).text).query)
assert back["state"] == ["ö &="], back
app = {"client_id": facts["app"]["clientId"], "client_secret": facts["app"]["clientSecret"]}
endpoint = facts["server"] + "/oauth/token"
code = {"grant_type": "authorization_code", **app, "code": back["code"][0], "redirect_uri": facts["callback"]}
tokens = requests.post(endpoint, json=code, timeout=60).json()
reads_and_writes("by-app", token=tokens["access_token"])
refresh = {"grant_type": "refresh_token", **app, "refresh_token": tokens["refresh_token"]}
reads_and_writes("by-refresh", token=requests.post(endpoint, json=refresh, timeout=60).json()["access_token"])
again = requests.post(endpoint, json=code, timeout=60)
assert (again.status_code, again.json()["error"]) == (403, "invalid_grant"), again.text
assert status(lambda: ConfluenceV2(base + "/wiki", token=tokens["access_token"]).get("rest/api/user/current")) in (401, 403)
passed += 2

print(f"{passed} passed, 0 failed")
