"""One HTTPS request: to a checked address, with TLS verified, no redirect followed, little read back."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from secretscan import __version__
from secretscan.verify.http.address import Resolver, checked_addresses, resolve
from secretscan.verify.http.template import Request

USER_AGENT: Final = f"secretscan/{__version__} (leaked-credential check)"
_BODY_LIMIT: Final = 256 * 1024
"""Bytes of an answer that are read. Proof stands early; nobody needs a megabyte of HTML."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. The body may name people and is not kept."""

    status: int
    body: bytes = field(repr=False)
    retry_after: str = ""


class _PinnedConnection(http.client.HTTPSConnection):
    """Connects to addresses that were checked, and verifies the certificate of the name."""

    def __init__(
        self, request: Request, addresses: tuple[str, ...], context: ssl.SSLContext, timeout_s: float
    ) -> None:
        super().__init__(request.host, request.port, timeout=timeout_s, context=context)
        self._addresses = addresses
        self._tls = context

    def connect(self) -> None:
        """Open the socket and the TLS session."""
        plain = self._open()
        try:
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
        except OSError:
            plain.close()
            raise

    def _open(self) -> socket.socket:
        failure: OSError = OSError("no address")
        for address in self._addresses:
            try:
                return socket.create_connection((address, self.port), self.timeout)
            except OSError as error:
                failure = error
        raise failure


class Transport:
    """Sends requests. Holds the TLS settings and how names are resolved; keeps no connection."""

    def __init__(
        self,
        *,
        timeout_s: float,
        private_hosts: frozenset[str] = frozenset(),
        ca_file: Path | None = None,
        resolver: Resolver = resolve,
    ) -> None:
        """Load the system's authorities, and those of `ca_file` besides."""
        self._timeout_s = timeout_s
        self._private_hosts = private_hosts
        self._resolver = resolver
        self._context = ssl.create_default_context()
        if ca_file is not None:
            self._context.load_verify_locations(cafile=ca_file)

    def send(self, request: Request) -> Answer:
        """Return the answer, whatever its status.

        Raises `AddressRefusedError`, `OSError` (network, time, TLS) or `http.client.HTTPException`.
        """
        addresses = checked_addresses(request.host, request.port, self._resolver, self._private_hosts)
        connection = _PinnedConnection(request, addresses, self._context, self._timeout_s)
        headers = {"User-Agent": USER_AGENT, "Accept": "application/json", **request.headers}
        try:
            connection.request(request.method, request.target, request.body or None, headers)
            response = connection.getresponse()
            return Answer(response.status, self._body(response), response.getheader("Retry-After") or "")
        finally:
            connection.close()

    def _body(self, response: http.client.HTTPResponse) -> bytes:
        """Return the start of the body; a server that drips it out byte by byte runs out of time."""
        deadline = time.monotonic() + self._timeout_s
        parts: list[bytes] = []
        room = _BODY_LIMIT
        while room and (part := response.read1(room)):
            parts.append(part)
            room -= len(part)
            if time.monotonic() > deadline:
                raise TimeoutError
        return b"".join(parts)
