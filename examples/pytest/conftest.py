"""Gives each test a Confluence site of its own: copy this file beside your tests, and take `site` in them.

ROSTER names the roster binary; it is looked for on the PATH unless given.
"""

import base64
import json
import os
import subprocess
import time
import urllib.request

import pytest


@pytest.fixture(scope="session")
def roster(tmp_path_factory):
    """One stand-in for the whole session: where it listens."""
    file = tmp_path_factory.mktemp("roster") / "ready.json"
    server = subprocess.Popen(
        [os.environ.get("ROSTER", "roster"), "dev", "--listen", "127.0.0.1:0", "--ready-file", str(file)],
        stdout=subprocess.DEVNULL,
    )
    try:
        while not file.exists():
            assert server.poll() is None, "roster dev ended before it was ready"
            time.sleep(0.02)
        yield json.loads(file.read_text())["url"]
    finally:
        server.terminate()
        server.wait()


@pytest.fixture
def site(roster):
    """A fresh site, which is deleted after the test."""
    made = Site(roster, _send("POST", roster + "/_roster/sites"))
    yield made
    _send("DELETE", f"{roster}/_roster/sites/{made.cloud_id}")


class Site:
    """A Confluence site with the people, groups and spaces of the seed."""

    def __init__(self, roster, entry):
        self._control = f"{roster}/_roster/sites/{entry['cloudId']}"
        self.cloud_id = entry["cloudId"]
        self.url = entry["url"]  # without /wiki
        self.gateway_url = entry["gatewayUrl"]
        self.admin_email = entry["adminEmail"]
        self.admin_token = entry["adminToken"]
        self.apps = entry["apps"]

    def call(self, method, path, body=None):
        """Calls the site as its administrator and returns the JSON that it answers."""
        who = base64.b64encode(f"{self.admin_email}:{self.admin_token}".encode()).decode()
        return _send(method, self.url + "/wiki/rest/api" + path, body, {"Authorization": "Basic " + who})

    def reset(self):
        """Undoes all that was done to the site."""
        _send("POST", self._control + "/reset")


def _send(method, url, body=None, headers=None):
    request = urllib.request.Request(url, method=method, headers=headers or {})
    if body is not None:
        request.data = json.dumps(body).encode()
        request.add_header("Content-Type", "application/json")
    # The stand-in is on this machine, whatever proxy there is.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request) as answer:
        text = answer.read()
    return json.loads(text) if text else None
