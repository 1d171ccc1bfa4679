"""A local OpenID Connect provider that checks its requests as strictly as a real one."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT_ID = "safe-score"
CLIENT_SECRET = "recognisable-oidc-secret"
COOKIE_SECRET = "recognisable-cookie-secret-0123456789"

ADA_CLAIMS = {"sub": "1", "email": "Ada@contoso.com", "email_verified": True, "name": "Ada"}


class Provider:
    """The provider's server, and the person at the browser.

    `claims` are what the person's identity token will contain, and `token_age_seconds` is how long ago it will appear
    to have been issued. `sign_out_count` counts the visits to its logout page.
    """

    def __init__(self) -> None:
        """Listen on a free port. Use the provider as a context manager to serve."""
        self.claims: dict[str, Any] = dict(ADA_CLAIMS)
        self.token_age_seconds = 0.0
        self.sign_out_count = 0
        self._key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self._codes: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                status, headers, body = provider.get(parts.path, _parameters(parts.query))
                self._reply(status, headers, body)

            def do_POST(self) -> None:
                form = _parameters(self.rfile.read(int(self.headers["Content-Length"])).decode())
                status, answer = provider.token(form, self.headers.get("Authorization", ""))
                self._reply(status, {"Content-Type": "application/json"}, json.dumps(answer))

            def _reply(self, status: int, headers: dict[str, str], body: str) -> None:
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        """Start to serve."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def auth_table(self, name: str = "") -> str:
        """Return `[auth]` for the secrets of a dashboard that uses this provider, with `name` as a named provider."""
        table = f"[auth.{name}]\n" if name else ""
        return (
            f'[auth]\nredirect_uri = "http://127.0.0.1:{{port}}/oauth2callback"\ncookie_secret = "{COOKIE_SECRET}"\n'
            f'{table}client_id = "{CLIENT_ID}"\nclient_secret = "{CLIENT_SECRET}"\n'
            f'server_metadata_url = "{self.issuer}/.well-known/openid-configuration"\n'
        )

    def get(self, path: str, query: dict[str, str]) -> tuple[int, dict[str, str], str]:
        """Return the status, headers and body of the answer to a GET request."""
        as_json = {"Content-Type": "application/json"}
        if path == "/.well-known/openid-configuration":
            return 200, as_json, json.dumps(self._metadata())
        if path == "/jwks":
            return 200, as_json, json.dumps({"keys": [self._key.as_dict(private=False)]})
        if path == "/authorize":
            return self._authorize(query)
        if path == "/logout":
            self.sign_out_count += 1
            return 302, {"Location": query["post_logout_redirect_uri"]}, ""
        return 404, {}, ""

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Return the status and the JSON object of the answer to a token request.

        A code is valid once, for the client, the redirect URI and the verifier with which it was requested.
        """
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        posted = (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, CLIENT_SECRET)
        if authorization != f"Basic {basic}" and not posted:
            return 401, {"error": "invalid_client"}
        code = self._codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            code is None
            or code["redirect_uri"] != form.get("redirect_uri")
            or code["code_challenge"] != challenge.decode().rstrip("=")
        ):
            return 400, {"error": "invalid_grant"}
        issued = int(time.time() - self.token_age_seconds)
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": issued, "exp": int(time.time()) + 3600}
        claims |= {"nonce": code["nonce"], **self.claims}
        signed = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self._key)
        return 200, {"access_token": secrets.token_hex(), "token_type": "Bearer", "id_token": signed}

    def _metadata(self) -> dict[str, Any]:
        endpoints = {"authorization": "authorize", "token": "token", "end_session": "logout"}
        return {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/jwks",
            **{f"{name}_endpoint": f"{self.issuer}/{path}" for name, path in endpoints.items()},
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def _authorize(self, query: dict[str, str]) -> tuple[int, dict[str, str], str]:
        """Return the page on which a person would enter a password. It has a link to continue and one to refuse."""
        required = {"client_id": CLIENT_ID, "response_type": "code", "code_challenge_method": "S256"}
        if any(query.get(name) != value for name, value in required.items()) or "openid" not in query.get("scope", ""):
            return 400, {}, "wrong"
        code = secrets.token_hex()
        self._codes[code] = {name: query[name] for name in ("redirect_uri", "nonce", "code_challenge")}
        accepted_url = f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"
        refused_url = f"{query['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': query['state']})}"
        links = {"Continue": accepted_url, "Refuse": refused_url}
        page = "<h1>Provider</h1>" + " ".join(f'<a href="{html.escape(url)}">{text}</a>' for text, url in links.items())
        return 200, {"Content-Type": "text/html"}, page


def _parameters(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}
