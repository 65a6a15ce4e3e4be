"""Coming in by an identity provider: a local one, that signs what it says."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from streams.embedded import free_port
from tests.servers import Kafka, Redis
from tests.web.served import Served

pytestmark = [pytest.mark.kafka, pytest.mark.redis]


class Provider:
    """An identity provider. `claims`: what the next token says beside what every token does; `key`: signs it."""

    def __init__(self) -> None:
        self.own = RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
        self.key = self.own
        self.claims: dict[str, Any] = {}
        self.asked: list[dict[str, list[str]]] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                keys = KeySet([provider.own]).as_dict(private=False)
                self._answer(keys if self.path == "/keys" else provider.configuration())

            def do_POST(self) -> None:
                provider.asked.append(parse_qs(self.rfile.read(int(self.headers["content-length"])).decode()))
                self._answer({"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": provider.token()})

            def _answer(self, value: Any) -> None:
                body = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def configuration(self) -> dict[str, Any]:
        at = {f"{name}_endpoint": f"{self.issuer}/{name}" for name in ("authorization", "token")}
        return {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys", **at, "id_token_signing_alg_values_supported": ["RS256"]}

    def token(self) -> str:
        now = int(time.time())
        said = {"iss": self.issuer, "aud": "leadlock", "sub": "1", "iat": now, "exp": now + 60, **self.claims}
        return jwt.encode({"alg": "RS256", "kid": "one"}, said, self.key)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    made = Provider()
    yield made
    made.close()


@pytest.fixture(scope="module")
def served(kafka: Kafka, redis_server: Redis, tmp_path_factory: pytest.TempPathFactory, provider: Provider) -> Iterator[Served]:
    port, name = free_port(), f"w{uuid.uuid4().hex[:8]}"
    oidc = {"oidc_issuer": provider.issuer, "oidc_client_id": "leadlock", "oidc_client_secret": "a-client-secret"}
    made = Served(
        kafka.bootstrap,
        redis_server.url,
        name,
        tmp_path_factory.mktemp("oidc"),
        login="oidc",
        port=port,
        url=f"http://127.0.0.1:{port}",
        **oidc,
    )
    try:
        made.start()
        made.people()
        yield made
    finally:
        made.stop()


def begin(client: httpx.Client, after: str = "/live") -> dict[str, str]:
    """Off to the provider; what it is asked."""
    response = client.get("/login/oidc", params={"next": after})
    assert response.status_code == 302, response.text
    return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["location"]).query).items()}


def come_back(client: httpx.Client, state: str) -> httpx.Response:
    return client.get("/login/oidc/back", params={"code": "c", "state": state})


@pytest.fixture
def client(served: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served.url, timeout=20) as made:
        yield made


def test_whoever_the_provider_names_is_the_rep_with_that_address(served: Served, provider: Provider, client: httpx.Client) -> None:
    asked = begin(client)
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"{served.url}/login/oidc/back"
    provider.key, provider.claims = provider.own, {"nonce": asked["nonce"], "email": "Sam@ours.example", "email_verified": True}
    response = come_back(client, asked["state"])
    assert (response.status_code, response.headers["location"]) == (303, "/live")
    assert provider.asked[-1]["code_verifier"]
    assert "Sam" in client.get("/live").text
    assert client.post("/login", data={"rep": "rita"}, headers={"origin": served.url}).status_code == 404


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"email": "stranger@ours.example", "email_verified": True}, 403),
        ({"email": "sam@ours.example", "email_verified": False}, 401),
        ({"email": "old", "email_verified": True}, 403),
        ({}, 403),
        ({"email": "sam@ours.example", "nonce": "another"}, 401),
        ({"email": "sam@ours.example", "aud": "another"}, 401),
        ({"email": "sam@ours.example", "iss": "https://another.example"}, 401),
        ({"email": "sam@ours.example", "exp": 1}, 401),
    ],
    ids=str,
)
def test_a_token_that_is_not_for_us_lets_nobody_in(provider: Provider, client: httpx.Client, claims: dict[str, Any], status: int) -> None:
    asked = begin(client)
    provider.key, provider.claims = provider.own, {"nonce": asked["nonce"], **claims}
    response = come_back(client, asked["state"])
    assert response.status_code == status, response.text
    assert client.get("/live").status_code == 303


def test_another_key_or_another_state_lets_nobody_in(provider: Provider, client: httpx.Client) -> None:
    asked = begin(client)
    provider.claims = {"nonce": asked["nonce"], "email": "sam@ours.example", "email_verified": True}
    provider.key = RSAKey.generate_key(2048, {"kid": "one"})
    assert come_back(client, asked["state"]).status_code == 401
    provider.key = provider.own
    begin(client)
    assert come_back(client, "made-up").status_code == 401
    with httpx.Client(base_url=client.base_url) as other:  # somebody else's browser, into which the address was slipped
        assert come_back(other, asked["state"]).status_code == 401
    assert client.get("/live").status_code == 303
