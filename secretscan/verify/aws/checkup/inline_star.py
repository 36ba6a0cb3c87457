"""Inline policies that allow everything."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from secretscan.model.finding import Severity
from secretscan.verify.aws.checkup.model import Check, Scope, Verdict, verdict
from secretscan.verify.aws.connection import Connection

_KINDS: Final = (("User", "Users"), ("Group", "Groups"), ("Role", "Roles"))
_EVERYTHING: Final = frozenset({"*", "*:*"})


def _run(scope: Scope) -> Verdict:
    failing = [name for name, document in _inline_policies(scope.connection) if allows_everything(document)]
    return verdict(
        failing,
        fine="no inline policy allows every action on every resource",
        one="1 inline policy allows every action on every resource",
        bad="{count} inline policies allow every action on every resource",
    )


def _inline_policies(connection: Connection) -> Iterator[tuple[str, object]]:
    for kind, listing in _KINDS:
        for owner in connection.pages(f"iam:List{listing}", listing):
            name = str(owner[f"{kind}Name"])
            parameters = {f"{kind}Name": name}
            for policy in connection.pages(f"iam:List{kind}Policies", "PolicyNames", **parameters):
                answer = connection.call(f"iam:Get{kind}Policy", PolicyName=str(policy), **parameters)
                yield f"{kind.lower()} {name}: {policy}", answer.get("PolicyDocument")


def allows_everything(document: object) -> bool:
    """Whether a policy document has an unconditional Allow of `*` on `*`."""
    if isinstance(document, str):
        try:
            document = json.loads(unquote(document))
        except ValueError:
            return False
    statements = document.get("Statement", []) if isinstance(document, dict) else []
    for statement in statements if isinstance(statements, list) else [statements]:
        if (
            not isinstance(statement, dict)
            or statement.get("Effect") != "Allow"
            or statement.get("Condition")
        ):
            continue
        actions, resources = _many(statement.get("Action")), _many(statement.get("Resource"))
        if _EVERYTHING & actions and "*" in resources:
            return True
    return False


def _many(value: object) -> set[str]:
    return {str(item) for item in value} if isinstance(value, list) else {str(value)}


CHECK = Check(
    id="inline-star",
    title="No inline policy allows everything",
    why="Inline policies escape review, and a leaked key inherits all of it.",
    fix="Replace each by a managed policy with the actions in use (IAM Access Analyzer generates one).",
    severity=Severity.HIGH,
    regional=False,
    run=_run,
)
