"""What every request passes."""

from __future__ import annotations

import json
import logging

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient

from duban.app.logs import JsonLines
from duban.obligations.words import Role
from duban.portal import site
from support.desk import Desk


def test_a_route_that_names_no_act_keeps_the_site_from_starting() -> None:
    router = APIRouter()
    router.add_api_route("/oops", lambda: "ok", methods=["GET"])
    bare = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    bare.include_router(router)
    with pytest.raises(RuntimeError, match="GET /oops"):
        site.refuse_unguarded(bare)


def test_every_route_names_one_act_or_is_listed_as_public(desk: Desk) -> None:
    made = site.create(desk.counter)
    assert len(list(site.acts_of(made))) > 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "none"}, 403),
        ({"sec-fetch-site": "same-origin"}, 405),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://testserver"}, 405),
        ({}, 405),
    ],
)
def test_a_form_of_another_site_is_refused(desk: Desk, headers: dict[str, str], status: int) -> None:
    assert desk.stranger().post("/health", headers=headers).status_code == status


def test_a_cookie_without_any_proof_of_origin_writes_nothing(desk: Desk) -> None:
    browser = desk.signed_in(Role.OFFICE)
    del browser.headers["origin"]
    assert browser.post("/health").status_code == 403


def test_pages_carry_the_security_headers(desk: Desk) -> None:
    headers = desk.stranger().get("/health").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cache-control"] == "no-store"


def test_a_page_that_is_not_there_says_so_kindly(desk: Desk) -> None:
    answer = desk.stranger().get("/nowhere")
    assert answer.status_code == 404
    assert "没有这一页" in answer.text


def test_a_page_that_breaks_is_dressed_like_every_other_and_says_nothing_of_the_cause(desk: Desk) -> None:
    made = site.create(desk.counter)

    def oops() -> None:
        raise ValueError("a secret")

    made.add_api_route("/oops", oops)
    with TestClient(made, raise_server_exceptions=False) as browser:
        answer = browser.get("/oops")
    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "程序出了差错" in answer.text
    assert "a secret" not in answer.text


def test_whoever_is_sent_to_sign_in_stays_on_the_host_that_they_came_to(desk: Desk) -> None:
    answer = desk.stranger().get("/today", headers={"host": "evil.example"})
    assert answer.headers["location"] == "/sign-in?next=%2Ftoday"


def test_a_token_in_an_address_or_a_referer_never_gets_into_a_line_of_the_log(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    token, unknown = desk.link("cun1"), "no-such-token-of-anybody-at-all"
    caplog.handler.setFormatter(JsonLines())
    with caplog.at_level(logging.DEBUG):
        for path, status in ((f"/l/{token}", 200), (f"/l/{unknown}", 410), (f"/l/{token}/99999", 404)):
            referer = {"referer": f"http://testserver/l/{token}?from={unknown}"}
            assert desk.stranger().get(path, headers=referer).status_code == status
    ours = caplog.handler.stream.getvalue().splitlines()  # pyright: ignore[reportAttributeAccessIssue]
    requests = [one for one in map(json.loads, ours) if one["event"] == "request"]
    assert [(one["route"], one["status"]) for one in requests] == [
        ("/l/{token}", 200),
        ("/l/{token}", 410),
        ("/l/{token}/{obligation_id:int}", 404),
    ]
    assert {one["level"] for one in requests} == {"info"}
    for secret in (token, unknown):
        assert not [one for one in ours if secret in one]
