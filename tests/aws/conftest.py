"""Fixtures of the AWS tests; what they are made of is in `aws_servers`, under a name of its own."""

from __future__ import annotations

from aws_servers import account, connect, moto_url, scripted

__all__ = ["account", "connect", "moto_url", "scripted"]
