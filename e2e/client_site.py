"""The site under test: what is true of it, the ways to it, and the counting of what is checked.

What is true of the site stands in the environment variable FACTS, as JSON (see facts in clients_test.go).
"""

import json
import os
import traceback

from atlassian import Confluence, ConfluenceV2
from requests import HTTPError

FACTS = json.loads(os.environ["FACTS"])
NOBODY = "557058:00000000-0000-4000-8000-000000000000"
NO_GROUP = "00000000-0000-4000-8000-000000000000"


class Tally:
    """Counts checks, and prints what failed."""

    def __init__(self):
        self.passed = self.failed = 0

    def check(self, name, claim):
        try:
            claim()
            self.passed += 1
        except Exception:
            self.failed += 1
            print(f"FAIL {name}: {traceback.format_exc()}")


class Way:
    """One way to the site: an address and a credential."""

    def __init__(self, base, **credential):
        self.base = base
        # The package tells Cloud from Data Center by the host name, and so has to be told here.
        self.cloud = Confluence(base, cloud=True, **credential)
        self.server = Confluence(base + "/wiki", cloud=False, **credential)
        self.v1 = Confluence(base + "/wiki/rest/api", cloud=True, **credential)
        self.v2 = ConfluenceV2(base + "/wiki", **credential)

    def get(self, path, **params):
        return self.v2.get(f"rest/api/{path}", params=params)

    def pages(self, limit, fetch):
        """Goes through a list until a page is not full."""
        results = []
        while True:
            page = fetch(len(results), limit)
            assert (page["start"], page["limit"], page["size"]) == (len(results), limit, len(page["results"])), page
            results.extend(page["results"])
            if len(page["results"]) < limit:
                assert "next" not in page["_links"], page["_links"]
                return results

    def linked(self, path, **params):
        """Goes through a list by its links to the next page, as the package does."""
        return list(self.v2._get_paged(f"rest/api/{path}", params=params))


def refused(status, call):
    try:
        answer = call()
    except HTTPError as error:
        assert error.response.status_code == status, f"{error.response.status_code}: {error}"
        assert error.response.headers["Content-Type"] == "application/json"
        return
    raise AssertionError(f"not refused: {answer}")


def ids(users):
    return [user["accountId"] for user in users]
