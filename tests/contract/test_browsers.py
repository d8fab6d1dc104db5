"""No change on behalf of another site, whatever verb and route."""

from __future__ import annotations

from refusals import assert_problem
from routing import CHANGES, GONE, READS, each

FOREIGN = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "nonsense"},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:8081"},
    {"Origin": "http://evil@localhost.example"},
    {"Origin": "null"},
    {"Origin": ""},
)
OWN = (
    {},
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
    {"Origin": "http://localhost"},
    {"Origin": "http://LOCALHOST"},
)


@each(CHANGES)
def test_a_change_that_another_site_sends_is_refused(shop, call):
    for headers in FOREIGN:
        answer = call.send(shop, headers=headers)

        assert_problem(answer, 403, "cross-site")


@each(CHANGES)
def test_what_the_services_own_pages_send_is_heard(shop, call):
    for headers in OWN:
        answer = call.send(shop, path=f"{call.path(shop)}?nothing=1", headers=headers)

        assert_problem(answer, 404 if str(call) in GONE else 400)


@each(READS)
def test_another_site_may_ask_but_its_scripts_read_nothing(shop, call):
    for headers in FOREIGN:
        answer = call.send(shop, headers=headers)

        assert answer.status_code == 200
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
