"""The network of a company: its own certificate authority, its proxy, and free ports."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from pathlib import Path
from typing import Self

NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
"""Arguments of `openssl req` for a new key. An RSA key takes a hundred times as long."""


def free_port() -> int:
    """Return a port of this computer on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Authority:
    """A certificate authority that no program trusts by default. `file` is its certificate."""

    def __init__(self, folder: Path, name: str = "Contoso inspection") -> None:
        """Create the authority's key and certificate in a folder, which is created if necessary."""
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.file = folder / "authority.pem"
        _openssl(
            "req", "-x509", *NEW_KEY, "-days", "2", "-subj", f"/CN={name}",
            "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign",
            "-keyout", str(folder / "authority.key"), "-out", str(self.file),
        )  # fmt: skip

    def certificate(
        self, names: str = "IP:127.0.0.1,DNS:mimecast.invalid", *, is_expired: bool = False
    ) -> ssl.SSLContext:
        """Issue a certificate for these names, and return a server's TLS context that uses it.

        The certificate and its key are `server.pem` and `server.key` in the authority's folder.
        """
        request, key, certificate = (self.folder / f"server.{suffix}" for suffix in ("csr", "key", "pem"))
        (self.folder / "index.txt").write_text("")
        (self.folder / "extension").write_text(f"subjectAltName={names}\nauthorityKeyIdentifier=keyid\n")
        config = self.folder / "ca.cnf"
        config.write_text(
            f"[ca]\ndefault_ca=d\n[d]\nnew_certs_dir={self.folder}\ndatabase={self.folder}/index.txt\n"
            "default_md=sha256\npolicy=p\nrand_serial=yes\n[p]\ncommonName=supplied\n"
        )
        _openssl("req", *NEW_KEY, "-subj", "/CN=x", "-keyout", str(key), "-out", str(request))
        _openssl(
            "ca", "-batch", "-notext", "-config", str(config), "-in", str(request), "-cert", str(self.file),
            "-keyfile", str(self.folder / "authority.key"), "-extfile", str(self.folder / "extension"),
            "-startdate", "20200101000000Z", "-enddate", "20200102000000Z" if is_expired else "20490101000000Z",
            "-out", str(certificate),
        )  # fmt: skip
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        return context


def _openssl(*arguments: str) -> None:
    subprocess.run(["openssl", *arguments], check=True, capture_output=True)


class Proxy:
    """An HTTP proxy that connects every client to one server, or refuses every client with a status.

    `request_lines` are the first lines of the requests that it received. `url` contains a user name and a password.
    """

    def __init__(self, target: tuple[str, int], refusal: str = "") -> None:
        """Listen on a free port. `refusal` is a status such as `407 Proxy Authentication Required`."""
        self.request_lines: list[str] = []
        self._target, self._refusal = target, refusal
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://user:recognisable@127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        """Start to accept clients."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            with client:
                self._connect(client)

    def _connect(self, client: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(65536)
        self.request_lines.append(head.split(b"\r\n")[0].decode())
        if self._refusal:
            client.sendall(f"HTTP/1.1 {self._refusal}\r\nContent-Length: 0\r\n\r\n".encode())
            return
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with socket.create_connection(self._target) as server:
            response_thread = threading.Thread(target=_forward, args=(server, client), daemon=True)
            response_thread.start()
            _forward(client, server)
            response_thread.join()


def _forward(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return
