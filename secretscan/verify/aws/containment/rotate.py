"""A replacement key, from IAM into Secrets Manager: its secret passes through memory and nowhere else."""

from __future__ import annotations

import json

from secretscan.model.secret import Secret
from secretscan.verify.aws.connection import Connection
from secretscan.verify.aws.containment.plan import RotateKey
from secretscan.verify.aws.containment.planner import REPLACES_TAG
from secretscan.verify.aws.errors import AwsError


def rotate(connection: Connection, step: RotateKey) -> str:
    """Return the id of the new key, once Secrets Manager has it.

    When it cannot be stored, the new key is deleted again and the error says so.
    """
    made = connection.call("iam:CreateAccessKey", UserName=step.user.name)["AccessKey"]
    key_id, secret = str(made["AccessKeyId"]), Secret(str(made["SecretAccessKey"]).encode())
    try:
        _store(connection, step, key_id, secret)
    except AwsError as error:
        raise _withdrawn(connection, step, key_id, error) from None
    return key_id


def _store(connection: Connection, step: RotateKey, key_id: str, secret: Secret) -> None:
    value = json.dumps({"AccessKeyId": key_id, "SecretAccessKey": secret.reveal().decode()})
    tags = [{"Key": REPLACES_TAG, "Value": step.replaces}]
    if step.exists:
        connection.call("secretsmanager:PutSecretValue", SecretId=step.secret_name, SecretString=value)
        connection.call("secretsmanager:TagResource", SecretId=step.secret_name, Tags=tags)
    else:
        connection.call(
            "secretsmanager:CreateSecret",
            Name=step.secret_name,
            Description=f"Access key of IAM user {step.user.name}",
            SecretString=value,
            Tags=tags,
        )


def _withdrawn(connection: Connection, step: RotateKey, key_id: str, error: AwsError) -> AwsError:
    try:
        connection.call("iam:DeleteAccessKey", UserName=step.user.name, AccessKeyId=key_id)
        ending = f"the new key {key_id} was deleted again"
    except AwsError:
        ending = f"the new key {key_id} could not be deleted and nobody has its secret: delete it"
    return AwsError(
        f"{error.problem}; {ending}", help=error.help, kind=error.kind, code=error.code, action=error.action
    )
