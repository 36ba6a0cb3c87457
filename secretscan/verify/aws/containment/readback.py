"""Whether a change has arrived: reading back until it has, or the time is up. IAM is eventually consistent."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from secretscan.verify.aws.connection import Connection
from secretscan.verify.aws.containment.plan import SetKeyStatus
from secretscan.verify.aws.errors import AwsError, Kind
from secretscan.verify.aws.principal import User

WAIT_S: Final = 20.0
"""How long a change may take to show. IAM needs a few seconds as a rule."""
_FIRST_PAUSE_S: Final = 0.1
_LONGEST_PAUSE_S: Final = 2.0


def wait_until(holds: Callable[[], bool], wait_s: float = WAIT_S) -> bool:
    """Return whether `holds` came true within `wait_s` seconds; asked at growing intervals, at least once."""
    deadline = time.monotonic() + wait_s
    pause = _FIRST_PAUSE_S
    while not holds():
        if time.monotonic() + pause > deadline:
            return False
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE_S)
    return True


def key_has_status(connection: Connection, step: SetKeyStatus) -> bool:
    """Return whether IAM lists the key with the status set.

    A key that signs for itself proves its end by being refused. Where it may not list keys, STS is asked.
    """
    own = connection.leaked is not None and connection.leaked.key_id == step.key_id
    user = {"UserName": step.owner.name} if isinstance(step.owner, User) else {}
    try:
        keys = list(connection.pages("iam:ListAccessKeys", "AccessKeyMetadata", **user))
    except AwsError as error:
        if own and error.kind is Kind.BAD_CREDENTIALS:
            return step.status == "Inactive"
        if own and error.kind is Kind.DENIED:
            return _sts_agrees(connection, step)
        raise
    return any(key["AccessKeyId"] == step.key_id and key["Status"] == step.status for key in keys)


def _sts_agrees(connection: Connection, step: SetKeyStatus) -> bool:
    try:
        connection.call("sts:GetCallerIdentity")
    except AwsError as error:
        if error.kind is Kind.BAD_CREDENTIALS:
            return step.status == "Inactive"
        raise
    return step.status == "Active"
