"""Who a key acts as: the account's root, a user, or a role. A closed union."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Root:
    """The account itself. Its key can be switched off by root alone."""

    name: str = "root"


@dataclass(frozen=True, slots=True)
class User:
    """An IAM user."""

    name: str


@dataclass(frozen=True, slots=True)
class Role:
    """A role, whose sessions carry temporary keys."""

    name: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """AWS did not say, and nothing here reveals it."""

    name: str = ""


Principal = Root | User | Role | Unknown

UNKNOWN: Final = Unknown()
"""Stands where nothing is known."""


def principal_of_arn(arn: str) -> Principal:
    """Return who an ARN of IAM or STS names. Paths and session names are left out."""
    resource = arn.split(":", 5)[-1]
    kind, _, name = resource.partition("/")
    match kind:
        case "root":
            return Root()
        case "user":
            return User(name.rsplit("/", 1)[-1])
        case "assumed-role":
            return Role(name.partition("/")[0])
        case "role":
            return Role(name.rsplit("/", 1)[-1])
        case _:
            return Unknown()


def described(principal: Principal) -> str:
    """Return the principal in words, like `user ci`."""
    match principal:
        case Root():
            return "the root user"
        case User(name):
            return f"user {name}"
        case Role(name):
            return f"role {name}"
        case Unknown():
            return "an unknown principal"
