"""`Connection`: the one way to AWS. Bounded in time, retried with jitter, and each call in the audit log."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import botocore.session
from botocore import xform_name
from botocore.client import BaseClient
from botocore.config import Config
from botocore.exceptions import BotoCoreError

from secretscan import __version__
from secretscan.model.secret import Secret
from secretscan.verify.aws.audit.log import AuditLog
from secretscan.verify.aws.audit.redact import parameters_for_log
from secretscan.verify.aws.audit.result import call_result
from secretscan.verify.aws.errors import DEFAULT_CREDENTIALS, FAILURES, translated
from secretscan.verify.aws.partition import home_region, partition_of_region

Json = dict[str, Any]
"""A decoded answer. Callers turn it into values at once; it travels no further."""

_BOTO_NAMES: Final = {"access-analyzer": "accessanalyzer", "elasticloadbalancing": "elbv2"}
"""Services whose IAM prefix is not the name of their client."""
_READS: Final = ("Get", "List", "Describe", "Lookup", "Generate", "Assume", "BatchGet")
"""First words of operations that change nothing."""


@dataclass(frozen=True, slots=True)
class LeakedKey:
    """A credential found in a repository, used to act as its owner."""

    key_id: str
    secret: Secret
    token: Secret | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Whose credentials sign, and how long a call may take."""

    profile: str = ""
    """Name in the AWS configuration; empty for the default chain."""
    region: str = ""
    """Empty: the profile's region, then the partition's own."""
    partition: str = "aws"
    """Used only where neither the option nor the profile gives a region."""
    timeout_s: float = 10.0
    """Limit of one attempt, for connecting and for reading each."""
    attempts: int = 3
    """Attempts of one call, the first included."""

    def config(self, connections: int = 10) -> Config:
        """Return botocore's configuration: timeouts, retries with jitter, and who we say we are."""
        return Config(
            connect_timeout=self.timeout_s,
            read_timeout=self.timeout_s,
            retries={"mode": "standard", "total_max_attempts": self.attempts},
            max_pool_connections=connections,
            user_agent=USER_AGENT,
        )


USER_AGENT: Final = f"secretscan/{__version__} (leaked-credential response)"
"""Replaces botocore's, so that whoever reads CloudTrail sees at once what made the call."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who AWS says we are."""

    account: str
    arn: str
    partition: str

    @property
    def is_root(self) -> bool:
        """Whether this is the account's root user."""
        return self.arn.endswith(":root")


class Connection:
    """A signed-in session. Safe for threads."""

    def __init__(self, settings: Settings, log: AuditLog, *, leaked: LeakedKey | None = None) -> None:
        """Prepare; nothing is sent and no credentials are looked up yet."""
        self.settings = settings
        self.log = log
        self.leaked = leaked
        self._session = botocore.session.Session(profile=settings.profile or None)
        if leaked is not None:
            token = leaked.token.reveal().decode() if leaked.token else None
            self._session.set_credentials(leaked.key_id, leaked.secret.reveal().decode(), token)
        self._clients: dict[tuple[str, str], BaseClient] = {}
        self._mutex = threading.Lock()
        self._caller: Caller | None = None

    def assume(self, credentials: Json) -> Connection:
        """Return a connection with the `Credentials` of an AssumeRole, on the same log."""
        secret = Secret(str(credentials["SecretAccessKey"]).encode())
        token = Secret(str(credentials["SessionToken"]).encode())
        return Connection(
            self.settings, self.log, leaked=LeakedKey(str(credentials["AccessKeyId"]), secret, token)
        )

    @property
    def region(self) -> str:
        """The region calls go to unless they name another."""
        try:
            configured = str(self._session.get_config_variable("region") or "")
        except BotoCoreError as error:
            raise translated(error, action="reading the AWS configuration", who=self._label()) from error
        return self.settings.region or configured or home_region(self.settings.partition)

    @property
    def partition(self) -> str:
        """The partition calls go to."""
        return partition_of_region(self.region)

    def caller(self) -> Caller:
        """Return who we are signed in as; asks AWS once."""
        if self._caller is None:
            answer = self.call("sts:GetCallerIdentity")
            arn = str(answer["Arn"])
            self._caller = Caller(str(answer["Account"]), arn, arn.split(":")[1])
        return self._caller

    def call(self, action: str, *, region: str = "", **parameters: object) -> Json:
        """Return AWS's answer to `action`, written like `iam:GetUser`; raises `AwsError`."""
        service, _, operation = action.partition(":")
        where = region or self.region
        try:
            client = self._client(_BOTO_NAMES.get(service, service), where)
        except BotoCoreError as error:
            raise translated(error, action=action, who=self._label()) from error
        shape = client.meta.service_model.operation_model(operation).input_shape
        changes = not operation.startswith(_READS)
        number = self.log.begin(
            action,
            identity=self._label(),
            region=where,
            parameters=parameters_for_log(shape, parameters),
            changes=changes,
        )
        started = time.monotonic()
        try:
            answer: Json = getattr(client, xform_name(operation))(**parameters)
        except FAILURES as error:
            problem = translated(error, action=action, who=self._label())
            self._finish(number, action, started, getattr(error, "response", {}), problem.code, changes)
            raise problem from None  # botocore's message may quote parameters
        self._finish(number, action, started, answer, "", changes)
        return answer

    def pages(self, action: str, key: str, *, region: str = "", **parameters: object) -> Iterator[Json]:
        """Yield the elements under `key` of every page of a listing."""
        service, _, operation = action.partition(":")
        while True:
            answer = self.call(action, region=region, **parameters)
            client = self._client(_BOTO_NAMES.get(service, service), region or self.region)
            tokens = _page_tokens(client, operation)
            yield from answer.get(key, ())
            following = {name: answer[source] for name, source in tokens if answer.get(source)}
            if not following or answer.get("IsTruncated") is False or answer.get("Truncated") is False:
                return
            parameters |= following

    def regions(self, service: str = "ec2") -> tuple[str, ...]:
        """Return the regions of the partition that the installed botocore knows for `service`, sorted."""
        return tuple(sorted(self._session.get_available_regions(service, self.partition)))

    def _client(self, service: str, region: str) -> BaseClient:
        with self._mutex:  # creating clients is the one thing botocore does not allow in parallel
            if (service, region) not in self._clients:
                self._clients[service, region] = self._session.create_client(
                    service, region_name=region, config=self.settings.config()
                )
            return self._clients[service, region]

    def _label(self) -> str:
        if self._caller is not None:
            return self._caller.arn
        if self.leaked is not None:
            return f"key {self.leaked.key_id}"
        return f'profile "{self.settings.profile}"' if self.settings.profile else DEFAULT_CREDENTIALS

    def _finish(
        self,
        number: int,
        action: str,
        started: float,
        answer: Mapping[str, Any] | None,
        code: str,
        changes: bool,
    ) -> None:
        result = call_result(answer, code, started)
        self.log.finish(number, action, result=result, durable=changes)


def _page_tokens(client: BaseClient, operation: str) -> tuple[tuple[str, str], ...]:
    """Return (parameter, answer member) pairs that carry a listing on."""
    model = client.meta.service_model.operation_model(operation)
    inputs = model.input_shape.members if model.input_shape else {}
    outputs = model.output_shape.members if model.output_shape else {}
    pairs = (
        ("NextToken", "NextToken"),
        ("nextToken", "nextToken"),
        ("Marker", "NextMarker"),
        ("Marker", "Marker"),
    )
    found = [(name, source) for name, source in pairs if name in inputs and source in outputs]
    return tuple(found[:1])
