"""Whether AWS key pairs work: one GetCallerIdentity for each pair and partition; it needs no permission."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import botocore.session
from botocore.client import BaseClient
from botocore.credentials import CredentialProvider, CredentialResolver, Credentials, ReadOnlyCredentials

from secretscan.model.aws_account import KeyKind, account_of_key, key_kind
from secretscan.model.finding import Status, Verification
from secretscan.verify.aws.audit.log import AuditLog
from secretscan.verify.aws.audit.result import call_result
from secretscan.verify.aws.connection import Settings
from secretscan.verify.aws.errors import FAILURES, AwsError, Kind, translated
from secretscan.verify.aws.partition import home_region
from secretscan.verify.canary import canary_of_key
from secretscan.verify.credential import GUESSED_TOKEN, SESSION_TOKEN, Credential
from secretscan.verify.options import VerifyOptions
from secretscan.verify.pace import Pace

_ACTION: Final = "sts:GetCallerIdentity"


class _ThreadCredentials(Credentials):
    """Credentials that are whatever the current thread put there last: one client signs for every pair."""

    def __init__(self) -> None:
        super().__init__("unset", "unset")
        self._local = threading.local()

    def use(self, pair: ReadOnlyCredentials) -> None:
        """Sign with `pair` in this thread from now on."""
        self._local.pair = pair

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        """Return the thread's pair."""
        pair: ReadOnlyCredentials = self._local.pair
        return pair


class _Provider(CredentialProvider):
    METHOD = "secretscan-found-pair"

    def __init__(self, credentials: _ThreadCredentials) -> None:
        super().__init__()
        self._credentials = credentials

    def load(self) -> Credentials:
        """Return the credentials that look up the thread's pair."""
        return self._credentials


class StsVerifier:
    """Asks STS about found pairs, in bounded time and at a bounded rate."""

    def __init__(self, options: VerifyOptions, log: AuditLog | None) -> None:
        """Make one client for each partition; nothing is sent yet."""
        self._options = options
        self._log = log
        self._pace = Pace(options.rate, burst=max(1.0, options.rate))
        self._credentials = _ThreadCredentials()
        session = botocore.session.Session()
        session.register_component("credential_provider", CredentialResolver([_Provider(self._credentials)]))
        settings = Settings(timeout_s=options.timeout_s, attempts=options.attempts)
        self._clients: Mapping[str, BaseClient] = {
            partition: session.create_client(
                "sts", region_name=home_region(partition), config=settings.config(options.concurrency)
            )
            for partition in options.partitions
        }

    def verify(self, credentials: Sequence[Credential]) -> Iterator[tuple[Credential, Verification]]:
        """Yield what is known of each credential: rule `aws-access-key`, its id in the attribute `key_id`.

        Secrets tried with one key id follow each other with a pause; different key ids run in parallel.
        """
        by_id: dict[str, list[Credential]] = defaultdict(list)
        for credential in credentials:
            by_id[credential.attribute("key_id")].append(credential)
        with ThreadPoolExecutor(self._options.concurrency, "sts") as pool:
            for group in pool.map(self._verify_group, by_id.items()):
                yield from group

    def _verify_group(self, group: tuple[str, list[Credential]]) -> list[tuple[Credential, Verification]]:
        key_id, credentials = group
        offline = self._offline(key_id)
        if offline is not None:
            return [(credential, offline) for credential in credentials]
        results: list[tuple[Credential, Verification]] = []
        for credential in credentials:
            if any(result.status is Status.ACTIVE for _, result in results):
                result = Verification(
                    Status.UNKNOWN, "not tried: its key id works with another secret found here"
                )
            else:
                if results:
                    time.sleep(self._options.same_key_pause_s)
                result = self._verify_pair(key_id, credential)
            results.append((credential, result))
        return results

    def _offline(self, key_id: str) -> Verification | None:
        """Return what needs no call: a canary, or a finding without a usable key id."""
        kind = key_kind(key_id)
        if kind not in (KeyKind.LONG_TERM, KeyKind.TEMPORARY):
            return Verification(Status.UNKNOWN, "not tried: no AWS access key ID was found with it")
        issuer = canary_of_key(key_id, self._options.canary_accounts)
        if issuer and not self._options.verify_canaries:
            account = account_of_key(key_id)
            return Verification(Status.CANARY, f"account {account} belongs to {issuer}; not called")
        return None

    def _verify_pair(self, key_id: str, credential: Credential) -> Verification:
        own = credential.part(SESSION_TOKEN)
        token = own or credential.part(GUESSED_TOKEN)
        if key_kind(key_id) is KeyKind.TEMPORARY and token is None:
            return Verification(
                Status.UNKNOWN, "not tried: a temporary key needs its session token, not found here"
            )
        try:
            pair = ReadOnlyCredentials(
                key_id,
                credential.secret.reveal().decode("ascii"),
                token.reveal().decode("ascii") if token else None,
            )
        except UnicodeDecodeError:
            return Verification(Status.UNKNOWN, "not tried: the secret holds characters no AWS secret has")
        answers: list[Verification] = []
        for partition in self._clients:
            answers.append(self._ask(pair, partition))
            if answers[-1].status is Status.ACTIVE:
                return answers[-1]
        unknown = [answer for answer in answers if answer.status is Status.UNKNOWN]
        if unknown:
            return unknown[0]
        if token is not own and all("ExpiredToken" not in answer.detail for answer in answers):
            return Verification(Status.UNKNOWN, "refused with a session token from elsewhere in the scan")
        return Verification(Status.INACTIVE, "; ".join(answer.detail for answer in answers))

    def _ask(self, pair: ReadOnlyCredentials, partition: str) -> Verification:
        self._pace.wait()
        self._credentials.use(pair)
        started = time.monotonic()
        call = self._begin(str(pair.access_key), partition)
        try:
            answer = self._clients[partition].get_caller_identity()  # type: ignore[attr-defined]
        except FAILURES as error:
            problem = translated(error, action=_ACTION, who=f"key {pair.access_key}")
            self._finish(call, problem.code, getattr(error, "response", {}), started)
            return refusal(problem, partition)
        self._finish(call, "", answer, started)
        if not answer.get("Arn") or not answer.get("Account"):
            return Verification(Status.UNKNOWN, f"{partition}: the answer names nobody")
        return Verification(Status.ACTIVE, f"works as {answer['Arn']}")

    def _begin(self, key_id: str, partition: str) -> int:
        if self._log is None:
            return 0
        return self._log.begin(
            _ACTION, identity=f"key {key_id}", region=home_region(partition), parameters={}, changes=False
        )

    def _finish(self, call: int, code: str, answer: Mapping[str, object] | None, started: float) -> None:
        if self._log is None:
            return
        result = call_result(answer, code, started)
        self._log.finish(call, _ACTION, result=result, durable=False)


def refusal(problem: AwsError, partition: str) -> Verification:
    """Return what a failed GetCallerIdentity proves: inactive only where AWS itself disowns the key."""
    match problem.kind, problem.code:
        case Kind.BAD_CREDENTIALS, "InvalidClientTokenId":
            return Verification(
                Status.INACTIVE, f"{partition}: unknown, deactivated or deleted ({problem.code})"
            )
        case Kind.EXPIRED, _:
            return Verification(Status.INACTIVE, f"{partition}: the session has expired ({problem.code})")
        case Kind.WRONG_SECRET, _:
            detail = f"{partition}: AWS knows the key id, but not with this secret ({problem.code})"
            return Verification(Status.UNKNOWN, detail)
        case Kind.CLOCK, _:
            return Verification(
                Status.UNKNOWN, f"{partition}: this machine's clock is wrong ({problem.code})"
            )
        case _:
            return Verification(Status.UNKNOWN, f"{partition}: {problem.problem}")
