"""`KeyFacts` in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secretscan.cli.aws.layout import block, fields

if TYPE_CHECKING:
    from secretscan.verify.aws.facts import AttachedPolicy, KeyFacts, KeyState, LastUse


def facts_text(facts: KeyFacts) -> list[str]:
    """Return what is known about a key, one fact a line; what is not known does not appear."""
    from secretscan.verify.aws.principal import Unknown, described

    owner = "" if isinstance(facts.owner, Unknown) else described(facts.owner)
    return [
        f"{facts.key_id}",
        *fields(
            [
                ("kind", f"{facts.kind} key"),
                ("account", facts.account or "not in this id"),
                ("owner", f"{owner}  {facts.arn}".strip()),
                ("user since", facts.user_created),
                ("status", facts.status),
                ("created", facts.created),
                ("last used", use_text(facts.last_use) if facts.status or facts.last_use else ""),
                ("groups", ", ".join(facts.groups)),
                ("policies", ", ".join(_policy(policy) for policy in facts.policies)),
                (
                    "quarantine",
                    f"{facts.quarantine} is attached: AWS has seen this leak" if facts.quarantine else "",
                ),
                ("sessions", "older sessions are denied" if facts.sessions_blocked else ""),
            ]
        ),
        *block("  other keys of this user", [_other(key) for key in facts.other_keys]),
        *block("  not read", list(facts.unread)),
    ]


def use_text(use: LastUse | None) -> str:
    """Return when and for what a key was last used."""
    return f"{use.date}  {use.service} in {use.region}" if use else "never"


def _policy(policy: AttachedPolicy) -> str:
    inline = "" if policy.arn else " (inline)"
    through = "" if policy.through == "user" else f" (through {policy.through})"
    return f"{policy.name}{inline}{through}"


def _other(key: KeyState) -> str:
    return f"  {key.key_id}  {key.status}  created {key.created}  last used {use_text(key.last_use)}"
