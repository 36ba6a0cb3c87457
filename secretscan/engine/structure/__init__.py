"""Offline structure checks: what can be told of a credential from its own bytes, without asking anyone.

A rule names a check; the check drops the match, or says how sure it is and what it read in it. Modules are
imported at first use, since most scans meet few of the formats.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final, cast

from secretscan.engine.structure.verdict import Verdict

__all__ = ["STRUCTURES", "Structure", "Verdict"]

Structure = Callable[[bytes, Mapping[str, bytes]], Verdict | None]
"""Takes the secret and the named groups of the match; `None` drops the match."""

_HOMES: Final[Mapping[str, str]] = {
    "github-crc32": "crc:base62_tail",
    "github-token": "crc:github_token",
    "npm-crc32": "crc:base62_tail",
    "gitlab-token": "crc:gitlab_token",
    "grafana-account": "crc:grafana_account",
    "atlassian-token": "crc:atlassian_token",
    "pypi-macaroon": "macaroon:pypi_macaroon",
    "sentry-org": "embedded:sentry_org",
    "grafana-cloud": "embedded:grafana_cloud",
    "grafana-legacy": "embedded:grafana_legacy",
    "google-service-account": "embedded:google_service_account",
    "docker-config": "embedded:docker_config",
    "json-web-key": "embedded:json_web_key",
    "jwt": "jwt:jwt",
    "aws-key-id": "aws:aws_key_id",
    "aws-secret": "aws:aws_secret",
    "age-key": "bech32:age_key",
    "private-key": "keys:private_key",
    "bare-private-key": "keys:bare_private_key",
    "discord-bot": "ids:discord_bot",
    "telegram-bot": "ids:telegram_bot",
    "jfrog-reference": "ids:jfrog_reference",
    "jfrog-api-key": "ids:jfrog_api_key",
    "bitbucket-server": "ids:bitbucket_server",
    "base64-64-bytes": "ids:base64_64_bytes",
    "base64-32-bytes": "ids:base64_32_bytes",
    "mixed": "ids:mixed",
    "no-words": "ids:no_words",
    "not-card": "card:not_card",
    "basic-auth": "login:basic_auth",
    "connection-url": "login:connection_url",
    "nkey-seed": "nkey:nkey_seed",
}


def _lazily(home: str) -> Structure:
    module, name = home.split(":")

    def check(secret: bytes, groups: Mapping[str, bytes]) -> Verdict | None:
        found = getattr(import_module(f"{__name__}.{module}"), name)
        return cast(Structure, found)(secret, groups)

    return check


STRUCTURES: Final[Mapping[str, Structure]] = MappingProxyType(
    {name: _lazily(home) for name, home in _HOMES.items()}
)
"""Every check by the name that rules use."""
