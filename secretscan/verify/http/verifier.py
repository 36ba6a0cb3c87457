"""Verification of many credentials over HTTP: a bounded number at once, each host at its own pace."""

from __future__ import annotations

import http.client
import random
import ssl
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from secretscan.model.finding import Status, Verification
from secretscan.rules.model import Rule, VerifyHttp
from secretscan.verify.credential import Credential
from secretscan.verify.http.address import AddressRefusedError
from secretscan.verify.http.template import Request, RequestRefusedError, build
from secretscan.verify.http.transport import Answer, Transport
from secretscan.verify.http.verdict import verdict
from secretscan.verify.options import VerifyOptions
from secretscan.verify.pace import Pace

_TRY_LATER: Final = frozenset({429, 500, 502, 503, 504})
_LONGEST_WAIT_S: Final = 10.0
"""A provider that asks for more patience than this gets no further attempt."""
_FIRST_WAIT_S: Final = 0.5


class HttpVerifier:
    """Sends what the rules declare."""

    def __init__(
        self, rules: Mapping[str, Rule], options: VerifyOptions, transport: Transport | None = None
    ) -> None:
        """Take the rules by id; `transport` replaces the real one in tests of name resolution."""
        self._rules = rules
        self._options = options
        self._transport = transport or Transport(
            timeout_s=options.timeout_s, private_hosts=options.private_hosts, ca_file=options.ca_file
        )
        self._paces: dict[str, Pace] = {}
        self._mutex = threading.Lock()

    def verify(self, credentials: Sequence[Credential]) -> Iterator[tuple[Credential, Verification]]:
        """Yield what is known of each credential, in the order given. Their rules declare a request."""
        with ThreadPoolExecutor(self._options.concurrency, "verify") as pool:
            yield from zip(credentials, pool.map(self._verify_one, credentials), strict=True)

    def _verify_one(self, credential: Credential) -> Verification:
        declared = self._rules[credential.rule_id].verify
        if declared is None:
            return Verification()
        try:
            request = build(declared, credential)
            return self._ask(declared, request, _plaintexts(credential))
        except (RequestRefusedError, AddressRefusedError) as error:
            return Verification(Status.UNKNOWN, f"not tried: {error}")
        except ssl.SSLError:
            return Verification(Status.UNKNOWN, "the TLS certificate was not accepted")
        except TimeoutError:
            return Verification(Status.UNKNOWN, "the time ran out")
        except (OSError, http.client.HTTPException):
            return Verification(Status.UNKNOWN, "no answer")  # the exception's text may quote the request

    def _ask(self, declared: VerifyHttp, request: Request, plaintexts: tuple[str, ...]) -> Verification:
        """Return the verdict, after more attempts where the provider asked for patience."""
        for attempt in range(self._options.attempts):
            self._pace(request.host).wait()
            answer = self._transport.send(request)
            wait_s = _wait_s(answer, attempt)
            if answer.status not in _TRY_LATER or wait_s > _LONGEST_WAIT_S:
                break
            if attempt + 1 < self._options.attempts:
                time.sleep(wait_s)
        return verdict(declared, answer, plaintexts)

    def _pace(self, host: str) -> Pace:
        with self._mutex:
            if host not in self._paces:
                self._paces[host] = Pace(self._options.rate, burst=max(1.0, self._options.rate))
            return self._paces[host]


def _wait_s(answer: Answer, attempt: int) -> float:
    """Return the seconds to wait: what the provider says, or doubling steps with jitter."""
    if answer.retry_after.isdigit():
        return float(answer.retry_after)
    return _FIRST_WAIT_S * float(2**attempt) * (1 + random.random())  # noqa: S311 - jitter


def _plaintexts(credential: Credential) -> tuple[str, ...]:
    secrets = [credential.secret, *(part for _, part in credential.parts)]
    return tuple(secret.reveal().decode("utf-8", "replace") for secret in secrets)
