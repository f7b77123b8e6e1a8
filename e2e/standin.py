"""atlassian-python-api, unmodified, where it insists on Atlassian's host names: site and gateway are those of FACTS.

The proxy and the certificate come from the environment, as requests takes them.
"""

import json
import os

import requests
from atlassian import Confluence, ConfluenceV2

facts = json.loads(os.environ["FACTS"])
assert facts["site"] == "https://example.atlassian.net", facts["site"]
assert facts["gateway"].startswith("https://api.atlassian.com/ex/confluence/"), facts["gateway"]
passed = 0

for base in (facts["site"], facts["gateway"]):
    credential = {"username": facts["email"], "password": facts["token"]}
    # By the names the package finds out for itself that this is Cloud, and which of it is the gateway.
    if base == facts["site"]:
        me = Confluence(base + "/wiki/rest/api", **credential).get_current_user()
    else:
        me = Confluence(base + "/wiki", **credential).get("rest/api/user/current")
    assert me["email"] == facts["email"], me
    assert me["_links"]["base"] == "https://example.atlassian.net/wiki", me["_links"]
    passed += 1
    page = ConfluenceV2(base + "/wiki", **credential).bulk_get_users({"accountIds": [me["accountId"]]})
    assert page["results"][0]["accountId"] == me["accountId"], page
    passed += 1

try:
    requests.get("https://not-atlassian.example/", timeout=30)
    raise AssertionError("the proxy passes on what is not its own")
except requests.exceptions.ProxyError as error:
    assert "403" in str(error), error
    passed += 1

print(f"{passed} passed, 0 failed")
