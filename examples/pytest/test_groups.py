def groups(site):
    """What would be tested: the names of all groups."""
    return [group["name"] for group in site.call("GET", "/group?limit=200")["results"]]


def test_a_new_group_is_listed(site):
    site.call("POST", "/group", {"name": "astronomers"})
    assert "astronomers" in groups(site)
    site.reset()
    assert "astronomers" not in groups(site)


def test_what_another_test_did_is_not_seen(site):
    site.call("POST", "/group", {"name": "botanists"})
    assert "botanists" in groups(site)
    assert "astronomers" not in groups(site)
