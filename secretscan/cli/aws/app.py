"""The Typer group `secretscan aws`. Its modules are thin; what talks to AWS is imported when a command runs."""

from __future__ import annotations

from typing import Final

from secretscan.cli.aws.activity import activity
from secretscan.cli.aws.checkup import checkup
from secretscan.cli.aws.deactivate import deactivate
from secretscan.cli.aws.group import AwsCommand, AwsGroup
from secretscan.cli.aws.identify import identify
from secretscan.cli.aws.keys import keys
from secretscan.cli.aws.log import log_app
from secretscan.cli.aws.policy import policy
from secretscan.cli.aws.publish import publish
from secretscan.cli.aws.reactivate import reactivate
from secretscan.cli.aws.respond import respond
from secretscan.cli.aws.verify import verify
from secretscan.cli.options import command_app

aws_app = command_app(
    "Answer a leaked AWS key: whose it is, what it did, how to end it, and the record of it."
)
aws_app.info.cls = AwsGroup
aws_app.info.no_args_is_help = True

_COMMANDS: Final = (
    identify,
    verify,
    deactivate,
    reactivate,
    activity,
    keys,
    publish,
    respond,
    checkup,
    policy,
)
"""Every sub-command, in the order of an incident."""

for _command in _COMMANDS:
    aws_app.command(cls=AwsCommand)(_command)
aws_app.add_typer(log_app, name="log")

app = aws_app
