"""How long a run of token bytes every match of a pattern holds: told before a pattern is tried."""

from __future__ import annotations

from secretscan.rules.tree import Bytes, Choice, Look, Repeat, Seq, parse

TOKEN_BYTES = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=_.-")
"""What tokens are made of, whatever their alphabet."""


def token_run(pattern: str) -> int:
    """Return how many `TOKEN_BYTES` in a row every match of `pattern` holds at least."""
    return _token_run(parse(pattern))


def _token_run(seq: Seq) -> int:
    found = run = 0
    for item in seq.items:
        match item:
            case Look():
                continue
            case Bytes(members) if members <= TOKEN_BYTES:
                run += 1
            case Repeat(Seq((Bytes(members),)), least, _) if members <= TOKEN_BYTES:
                run += least
            case Choice(options):
                found, run = max(found, min(map(_token_run, options), default=0)), 0
            case Repeat(body, least, _) if least:
                found, run = max(found, _token_run(body)), 0
            case _:
                run = 0
        found = max(found, run)
    return found
