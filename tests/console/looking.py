"""What several tests look for on a page."""

from playwright.sync_api import expect


def line(page, name):
    return page.get_by_role("listitem").filter(has=page.get_by_role("group", name=f"Quantity of {name}"))


def quantity(page, name):
    return line(page, name).get_by_label("Quantity", exact=True)


def posted(page):
    return page.get_by_role("region", name="Posted")


def keys_of(page, path):
    """Collect the Idempotency-Key and the body of everything that is posted there."""
    sent = []
    page.on(
        "request",
        lambda request: (
            request.method == "POST"
            and request.url.endswith(path)
            and sent.append((request.headers["idempotency-key"], request.post_data))
        ),
    )
    return sent


def rows(page):
    return page.locator("tbody tr[data-key]")


def names(page):
    return page.locator("tbody .row-link")


def items(page, shop):
    page.goto("/app/items")
    expect(page.locator("tbody tr[data-key]")).to_have_count(50)
