"""Who may what: every role and scope against every address, and whatever pretends to be somebody."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from schemas.decisions import KINDS
from streams.directory.directory import Directory, Rep
from streams.errors import BadSettings
from streams.settings.settings import Settings
from streams.settings.web import WebSettings
from streams.web import keys
from streams.web.access import Caller, by_claim, concerns, people_in, person
from streams.web.api.addresses import ADDRESSES
from streams.web.console import PAGES
from streams.web.limits import Limit
from streams.web.pages.login import local
from tests.servers import Kafka, Redis
from tests.web.served import KEYS, OPS, REPS, Served

EVERY = (*ADDRESSES, *PAGES)
PEOPLE = {"sam": "rep", "mia": "lead", "rita": "revops", "ada": "admin"}

# Address -> who may, as a person reads it in docs/http.md. What is not here nobody may.
MAY = {
    "POST /v1/send-checks": {"check", "admin key", "rep", "lead", "revops", "admin"},
    "POST /v1/claims": {"command", "admin key", "rep", "lead", "revops", "admin"},
    "POST /v1/commands": {"command", "admin key", "rep", "lead", "revops", "admin"},
    "POST /v1/events": {"publish", "admin key", "revops", "admin"},
    "GET /v1/locks/{target}": {"check", "command", "admin key", "rep", "lead", "revops", "admin"},
    "GET /v1/leads/{lead_id}": {"command", "admin key", "rep", "lead", "revops", "admin"},
    "GET /v1/reviews": {"command", "admin key", "rep", "lead", "revops", "admin"},
    "GET /v1/duplicates": {"command", "admin key", "rep", "lead", "revops", "admin"},
    "GET /v1/decisions": {"command", "admin key", "rep", "lead", "revops", "admin"},
    **{f"{each.method} {each.path.replace(':path}', '}')}": {"rep", "lead", "revops", "admin"} for each in PAGES},
    "GET /audit": {"revops", "admin"},
    "POST /audit": {"revops", "admin"},
}


def path_of(path: str) -> str:
    return re.sub(r"\{(\w+):path\}", r"{\1}", path)


def ask(client: httpx.Client, method: str, path: str) -> httpx.Response:
    """The address, with a body that has nothing in it: who may is judged first."""
    filled = path_of(path).replace("{target}", OPS).replace("{lead_id}", "L-9")
    if path == "/v1/decisions":
        with client.stream(method, filled) as response:
            return response
    if method == "GET":
        return client.get(filled)
    if path.startswith("/v1/"):
        return client.request(method, filled, json={})
    return client.request(method, filled, data={})


def logged_in(served: Served, rep: str) -> httpx.Client:
    client = httpx.Client(base_url=served.url, headers={"origin": served.url, "sec-fetch-site": "same-origin"}, timeout=20)
    response = client.post("/login", data={"rep": rep})
    assert response.status_code == 303, response.text
    return client


@pytest.fixture(scope="module")
def clients(served: Served) -> Iterator[dict[str, httpx.Client]]:
    found = {("admin key" if scope == "admin" else scope): served.machine(scope) for scope in KEYS}
    found |= {role: logged_in(served, rep) for rep, role in PEOPLE.items()}
    yield found
    for client in found.values():
        client.close()


def test_the_matrix_names_every_address() -> None:
    assert MAY.keys() == {f"{each.method} {path_of(each.path)}" for each in EVERY}


@pytest.mark.kafka
@pytest.mark.redis
@pytest.mark.parametrize("address", EVERY, ids=lambda each: f"{each.method} {each.path}")
def test_every_role_and_scope_against_every_address(clients: dict[str, httpx.Client], served: Served, address: Any) -> None:
    may = MAY[f"{address.method} {path_of(address.path)}"]
    for who, client in clients.items():
        status = ask(client, address.method, address.path).status_code
        assert (status not in (401, 403)) == (who in may), (who, status)
    with httpx.Client(base_url=served.url) as nobody:
        response = ask(nobody, address.method, address.path)
        if address.told is None:
            assert (response.status_code, response.headers["location"].partition("?")[0]) == (303, "/login")
        else:
            assert response.status_code == 401
        forged = httpx.Client(base_url=served.url, headers={"authorization": "Bearer ll_guessed"})
        assert ask(forged, address.method, address.path).status_code in (401, 429)


CROSS = [
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
    {"origin": "https://elsewhere.example"},
    {"origin": "null"},
    {"sec-fetch-site": "same-origin", "origin": "https://elsewhere.example"},
    {},
    {"sec-fetch-site": "same-origin", "host": "elsewhere.example"},
]


@pytest.mark.kafka
@pytest.mark.redis
@pytest.mark.parametrize("headers", CROSS, ids=str)
@pytest.mark.parametrize("path", ["/commands", "/import", "/v1/commands", "/login", "/logout"])
def test_what_another_site_posts_is_refused(served: Served, clients: dict[str, httpx.Client], headers: dict[str, str], path: str) -> None:
    with httpx.Client(base_url=served.url, cookies=clients["rep"].cookies) as client:
        body: dict[str, Any] = {"json": {}} if path.startswith("/v1") else {"data": {"rep": "sam"}}
        response = client.post(path, headers=headers, **body)
    assert response.status_code == 403, response.text
    assert "session" not in response.headers.get("set-cookie", "")


@pytest.mark.kafka
@pytest.mark.redis
def test_a_person_speaks_for_nobody_else(clients: dict[str, httpx.Client]) -> None:
    for path, body in (
        ("/v1/send-checks", {"contact": OPS, "stage": "import", "rep": "priya"}),
        ("/v1/claims", {"contact": "z@fabrikam.com", "by": "priya"}),
        ("/v1/commands", {"command": "claim", "contact": "z@fabrikam.com", "by": "priya"}),
    ):
        response = clients["admin"].post(path, json=body)
        assert (response.status_code, response.json()["type"]) == (403, "urn:leadlock:problem:not-allowed")
    own = clients["rep"].post("/v1/claims", json={"contact": "y@fabrikam.com"})
    assert own.json()["decisions"][0]["owner"]["rep"] == "sam"


@pytest.mark.kafka
@pytest.mark.redis
def test_bodies_that_are_too_large_or_no_bodies_are_refused(served: Served, clients: dict[str, httpx.Client]) -> None:
    most = served.settings.web.max_body
    machine, rep = clients["check"], clients["rep"]
    large = b'"' + b"x" * most + b'"'
    kind = {"content-type": "application/json"}
    assert machine.post("/v1/send-checks", content=large, headers=kind).status_code == 413
    assert machine.post("/v1/send-checks", content=iter([large]), headers=kind).status_code == 413  # and without a length
    assert machine.post("/v1/send-checks", content=b"{", headers=kind).status_code == 400
    assert machine.post("/v1/send-checks", content=b"\xff", headers=kind).status_code == 400
    assert machine.post("/v1/send-checks", content=b"a=b").status_code == 415
    assert rep.post("/import", files={"file": ("a.csv", large)}).status_code == 413
    assert rep.post("/import", files={"file": ("a.csv", b"\xff\xfe")}).status_code == 422
    assert rep.post("/import", content=b"--x\r\nbroken", headers={"content-type": "multipart/form-data; boundary=x"}).status_code == 422
    assert rep.post("/import", content=b"{}", headers=kind).status_code == 415
    assert rep.post("/import", data={"list": ""}).status_code == 422


@pytest.mark.kafka
@pytest.mark.redis
def test_every_answer_has_the_headers_that_keep_a_page_to_itself(served: Served, clients: dict[str, httpx.Client]) -> None:
    for path in ("/", "/login", "/v1/reviews", "/static/console.js", "/nowhere"):
        headers = clients["rep"].get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers
    page = clients["rep"].get("/").text
    assert "<script>" not in page
    assert not re.search(r"\son\w+=|style=", page)


@pytest.mark.kafka
@pytest.mark.redis
def test_a_session_ends_by_logging_out(served: Served) -> None:
    client = logged_in(served, "priya")
    cookie = client.cookies["leadlock"]
    again = httpx.Client(base_url=served.url, cookies={"leadlock": cookie}, headers=dict(client.headers))
    assert again.get("/live").status_code == 200
    assert client.post("/logout").status_code == 303
    assert again.get("/live").status_code == 303, "the copy of the cookie is dead too"
    made_up = httpx.Client(base_url=served.url, cookies={"leadlock": "made-up"})
    assert made_up.get("/live").status_code == 303


@pytest.mark.kafka
@pytest.mark.redis
def test_a_session_is_over_when_its_time_is_and_the_inactive_get_none(kafka: Kafka, redis_server: Redis, tmp_path: Path) -> None:
    made = Served(kafka.bootstrap, redis_server.url, f"w{uuid.uuid4().hex[:8]}", tmp_path, session="2s")
    try:
        made.start()
        made.people()
        # At a server of its own: failed logins are counted, and the others fail many.
        refused = httpx.post(f"{made.url}/login", data={"rep": "old"}, headers={"origin": made.url})
        assert refused.status_code == 401, "who is no longer active cannot come in"
        client = logged_in(made, "sam")
        assert client.get("/live").status_code == 200
        cookie = client.cookies["leadlock"]
        import time

        time.sleep(2.1)
        late = httpx.Client(base_url=made.url, cookies={"leadlock": cookie})
        assert late.get("/live").status_code == 303
    finally:
        made.stop()


@pytest.mark.kafka
@pytest.mark.redis
def test_a_proxy_is_believed_by_its_secret_alone(kafka: Kafka, redis_server: Redis, tmp_path: Path) -> None:
    secret = "a-secret-of-some-length"
    made = Served(kafka.bootstrap, redis_server.url, f"w{uuid.uuid4().hex[:8]}", tmp_path, login="proxy", proxy_secret=secret)
    try:
        made.start()
        made.people()
        with httpx.Client(base_url=made.url) as client:
            right = {"x-forwarded-user": "sam@ours.example", "x-leadlock-proxy-secret": secret}
            assert "Sam" in client.get("/", headers=right).text
            assert client.get("/v1/reviews", headers=right).status_code == 200
            for wrong in (
                {"x-forwarded-user": "sam"},
                {"x-forwarded-user": "sam", "x-leadlock-proxy-secret": "guess"},
                {"x-forwarded-user": "nobody", "x-leadlock-proxy-secret": secret},
                {"x-forwarded-user": "old", "x-leadlock-proxy-secret": secret},
                {"x-leadlock-proxy-secret": secret},
                {},
            ):
                assert client.get("/v1/reviews", headers=wrong).status_code == 401, wrong
                assert client.get("/", headers=wrong).status_code == 401, wrong
            assert client.post("/login", data={"rep": "sam"}, headers={"origin": made.url}).status_code == 404
            assert client.get("/login/oidc").status_code == 404
            assert client.post("/commands", data={}, headers=right).status_code == 403, "and from where is asked as well"
    finally:
        made.stop()


def test_the_development_login_refuses_to_leave_the_machine() -> None:
    for wrong in ({"host": "0.0.0.0"}, {"host": "192.0.2.1"}, {"url": "https://leadlock.example"}):
        with pytest.raises(BadSettings, match="login is development"):
            Settings.given(web={"login": "development", **wrong})
    for right in ({"host": "localhost"}, {"host": "::1"}, {"host": "127.8.8.8"}):
        Settings.given(web={"login": "development", **right})


@pytest.mark.kafka
@pytest.mark.redis
def test_the_development_login_refuses_whoever_is_not_here(served: Served) -> None:
    for header in ("x-forwarded-for", "forwarded"):
        response = httpx.post(f"{served.url}/login", data={"rep": "sam"}, headers={"origin": served.url, header: "192.0.2.7"})
        assert response.status_code == 403


@pytest.mark.parametrize(
    ("web", "wrong"),
    [
        ({"login": "proxy"}, "proxy_secret"),
        ({"login": "proxy", "proxy_secret": "short"}, "16 characters"),
        ({"login": "oidc", "oidc_issuer": "https://id.example"}, "oidc_client_id"),
        ({"login": "oidc", "oidc_issuer": "https://id.example", "oidc_client_id": "x", "url": "https://l.example"}, "oidc_client_secret"),
        ({"url": "http://leadlock.example"}, "not encrypted"),
        ({"url": "leadlock.example"}, "is not an address"),
    ],
)
def test_logins_that_lack_something_stop_the_start(web: dict[str, Any], wrong: str) -> None:
    with pytest.raises(BadSettings, match=wrong):
        Settings.given(web=web)


def test_a_file_of_keys_is_read_again_and_its_faults_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "LOOK_S", -1)
    file, key = tmp_path / "keys.toml", keys.new_key()
    entry = '[[keys]]\nname = "{}"\nhash = "{}"\nscopes = ["check"]\n'
    file.write_text(entry.format("one", keys.hashed(key)))
    made = keys.Keys(file)
    caller = made.caller(key)
    assert caller is not None and caller.scopes == {"check"}
    assert key not in file.read_text()
    file.write_text(entry.format("one", "no hash"))
    assert made.caller(key) is not None, "a file that became invalid leaves the keys as they were"
    file.write_text("")
    assert made.caller(key) is None
    for text, wrong in (
        (entry.format("one", "no hash"), "keys.0.hash"),
        (entry.format("a b", keys.hashed(key)), "keys.0.name"),
        (entry.format("one", keys.hashed(key)) * 2, "two keys are named"),
        (entry.format("one", keys.hashed(key)).replace("check", "chek"), "keys.0.scopes"),
        ("= no", "cannot be read"),
    ):
        file.write_text(text)
        with pytest.raises(BadSettings, match=re.escape(wrong)):
            keys.Keys(file)


def known() -> Directory:
    directory = Directory()
    for rep, facts in REPS.items():
        directory.put_rep(Rep(rep, **facts))
    return directory


@pytest.mark.parametrize(
    ("rep", "admins", "role"),
    [
        ("sam", [], "rep"),
        ("mia", [], "lead"),
        ("rita", [], "admin"),
        ("rita", ["ada"], "revops"),
        ("ada", ["ada"], "admin"),
        ("sam", ["sam"], "admin"),
    ],
)
def test_roles_come_from_the_directory(rep: str, admins: list[str], role: str) -> None:
    found = person(known(), rep, admins)
    assert found is not None
    assert found.role == role


def test_nobody_comes_in_who_is_not_known_or_has_left() -> None:
    assert person(known(), "old", []) is None
    assert person(known(), "stranger", ["stranger"]) is None


def test_an_address_that_several_share_names_nobody() -> None:
    directory = known()
    assert by_claim(directory, "Sam@Ours.example") == "sam"
    directory.put_rep(Rep("sam2", email="sam@ours.example"))
    assert by_claim(directory, "sam@ours.example") == ""
    assert by_claim(directory, "sam") == "sam"
    assert by_claim(directory, "") == ""


def test_a_rep_sees_their_own_a_lead_the_teams_and_revops_all() -> None:
    directory = known()
    sams = {"kind": "claim_granted", "owner": {"rep": "sam", "team": "inbound"}, "notify": []}
    sees = {who: concerns(caller, sams, directory) for who in REPS if (caller := person(directory, who, ["ada"]))}
    assert sees == {"sam": True, "priya": False, "mia": True, "noor": False, "rita": True, "ada": True}
    told = {"kind": "review_opened", "owner": None, "notify": [{"rep": "priya", "why": "x"}], "active_sender": "sam", "paused": ["priya"]}
    priya = person(directory, "priya", [])
    assert priya is not None and concerns(priya, told, directory)
    assert concerns(Caller("key", frozenset({"check"})), sams, directory)


def test_whoever_a_decision_names_is_found_in_it() -> None:
    assert people_in({"pause": [{"rep": "a", "sequence_id": "s"}], "owner": {"rep": None, "team": "t"}, "to": "b"}) == ({"a", "b"}, {"t"})
    fields = {name for model in KINDS.values() for name in model.model_fields}
    assert {"owner", "previous_owner", "held_by", "pause", "resume", "active_sender", "paused", "collaborators", "to", "copied"} <= fields


@pytest.mark.parametrize(
    ("given", "safe"),
    [("/who?q=a", "/who?q=a"), *((one, "/") for one in ("//evil.example", "https://evil.example", "/\\evil.example", "", "who", "/a\nb"))],
)
def test_nobody_is_sent_elsewhere_after_logging_in(given: str, safe: str) -> None:
    assert local(given) == safe


def test_a_limit_refills_and_is_each_callers_own() -> None:
    now = 0.0
    limit = Limit(2, 3, lambda: now)
    assert [limit.wait_s("a") for _ in range(3)] == [0, 0, 0]
    assert limit.wait_s("a") == 0.5
    assert limit.wait_s("b") == 0
    now = 0.5
    assert limit.wait_s("a") == 0
    assert limit.wait_s("a") > 0


@pytest.mark.kafka
@pytest.mark.redis
def test_who_asks_too_often_is_told_when_to_come_back(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served.service.gate, "_machines", Limit(0.5, 1))
    with served.machine("check") as client:
        assert client.get(f"/v1/locks/{OPS}").status_code == 200
        response = client.get(f"/v1/locks/{OPS}")
    assert (response.status_code, response.headers["retry-after"]) == (429, "2")


def test_secrets_are_not_shown() -> None:
    settings = WebSettings(login="proxy", proxy_secret="0123456789abcdef0123")  # type: ignore[arg-type]
    assert "0123456789abcdef" not in repr(settings)
