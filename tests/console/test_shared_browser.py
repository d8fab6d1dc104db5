"""One browser and two people: what the first one read is not shown to the second one."""

import pytest
from running import INSECURE_NAME, PASSWORD

READ = """async ([username, password, path]) => {
  const headers = { "Content-Type": "application/json" };
  await fetch("/api/v1/session", { method: "POST", headers, body: JSON.stringify({ username, password }) });
  return await (await fetch(path)).json();
}"""


@pytest.mark.parametrize("name", ["127.0.0.1", INSECURE_NAME])
def test_who_signs_in_next_is_not_shown_the_costs_that_the_last_one_saw(open_page, service, shop, name):
    item = shop.items[9]
    page = open_page(service.url.replace("127.0.0.1", name))
    page.goto(service.url.replace("127.0.0.1", name))
    path = f"/api/v1/items/{item['id']}"

    first, second, third = (page.evaluate(READ, [who, PASSWORD, path]) for who in ("mara", "cleo", "mara"))

    assert (first["cost"], third["cost"]) == (item["cost"], item["cost"])
    assert (second["name"], second.get("cost")) == (item["name"], None)
