"""Canary tokens: AWS keys put there to be found, told by their account before anything is called."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from secretscan.model.aws_account import account_of_key


@cache
def canary_issuers() -> Mapping[str, str]:
    """Return the accounts of `canaries.toml`, each with the name of its issuer."""
    text = files("secretscan.verify").joinpath("canaries.toml").read_text("utf-8")
    return {
        account: issuer["name"] for issuer in tomllib.loads(text)["issuers"] for account in issuer["accounts"]
    }


def canary_of_key(key_id: str, own_accounts: frozenset[str] = frozenset()) -> str:
    """Return who issued the canary token, or an empty string for a key that is none as far as one can see."""
    account = account_of_key(key_id)
    if account in own_accounts:
        return "a honeytoken account of yours"
    return canary_issuers().get(account, "")
