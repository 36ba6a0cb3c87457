"""Matching: the `regex` module on bytes, inside the windows of the prefilter, under a time limit."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, cast

from secretscan.engine.prefilter import merge
from secretscan.errors import RuleError
from secretscan.model.span import Span
from secretscan.rules.model import Rule

if TYPE_CHECKING:
    import regex

SECONDS_PER_RULE: Final = 2.0
"""Time one rule may spend on one blob before it is stopped and the blob reported as not fully read."""

BUILT_IN_GENERIC: Final = "generic.toml"
"""The rule file whose patterns may run under `re`."""

_trusted_patterns: dict[str, re.Pattern[bytes]] = {}
_compiled: dict[str, regex.Pattern[bytes]] = {}
"""Patterns by text. A cache of pure values: the same text always gives the same matcher."""


class MatchTimeout(Exception):
    """A rule took longer than `SECONDS_PER_RULE` on one blob."""


def compile_pattern(rule: Rule) -> regex.Pattern[bytes]:
    """Return the matcher of `rule`. Raises RuleError when the `regex` module refuses the pattern."""
    try:
        return compile_bytes(rule.pattern)
    except ValueError as error:
        raise RuleError(
            f'rule "{rule.id}" in {rule.source}: field pattern: {error}',
            help="patterns are regular expressions on bytes; try it with `secretscan rules check`",
        ) from error


def compile_bytes(pattern: str) -> regex.Pattern[bytes]:
    """Return the matcher of a pattern text. Raises ValueError with the cause when it is refused."""
    compiled = _compiled.get(pattern)
    if compiled is None:
        import regex

        try:
            compiled = regex.compile(pattern.encode(), regex.V0)
        except (regex.error, RecursionError, OverflowError) as error:
            raise ValueError(str(error)) from error
        _compiled[pattern] = compiled
    return compiled


def matches(
    rule: Rule,
    data: bytes,
    windows: Iterable[tuple[int, int]],
    tries: Sequence[tuple[int, int]] | None = None,
) -> Iterator[regex.Match[bytes]]:
    """Yield the matches of `rule` inside `windows`. Raises MatchTimeout.

    `tries`, ascending, are the offsets at which alone a match can begin (`heads`), each with how far one can
    reach; None: anywhere in the windows. The result is the same.
    """
    if tries is not None:
        yield from _anchored(rule, _trusted(rule), data, tries)
        return
    pattern = compile_pattern(rule)
    left = SECONDS_PER_RULE
    for low, high in merge(sorted(windows)):
        began = time.monotonic()
        try:
            # a list: the clock must not run while the caller judges
            found = list(pattern.finditer(data, low, high, timeout=left))
        except TimeoutError as error:
            raise MatchTimeout(rule.id) from error
        yield from found
        left -= time.monotonic() - began
        if left <= 0:
            raise MatchTimeout(rule.id)


def _trusted(rule: Rule) -> re.Pattern[bytes] | None:
    """Return the same pattern for `re`, which is three times as fast as `regex`; None where that is not safe.

    `re` knows no time limit. So this is for the patterns that ship with secretscan, whose repeats are bounded and
    which `secretscan rules check` times on hostile texts; a configuration's rules always run under the limit.
    """
    if rule.source != BUILT_IN_GENERIC:
        return None
    compiled = _trusted_patterns.get(rule.pattern)
    if compiled is None:
        compiled = _trusted_patterns[rule.pattern] = re.compile(rule.pattern.encode())
    return compiled


def trusted_pattern(rule: Rule) -> re.Pattern[bytes]:
    """Return the matcher of `rule` for `re` where that is safe, for `regex` otherwise."""
    return _trusted(rule) or cast("re.Pattern[bytes]", compile_pattern(rule))


def _anchored(
    rule: Rule,
    trusted: re.Pattern[bytes] | None,
    data: bytes,
    tries: Iterable[tuple[int, int]],
) -> Iterator[regex.Match[bytes]]:
    """Yield what `finditer` would: the leftmost match, then the leftmost behind it, and so on."""
    deadline = time.monotonic() + SECONDS_PER_RULE
    covered = 0
    for start, high in tries:
        if start < covered:
            continue
        try:
            match = (
                cast("regex.Match[bytes] | None", trusted.match(data, start, high))
                if trusted is not None
                else compile_pattern(rule).match(data, start, high, timeout=SECONDS_PER_RULE)
            )
        except TimeoutError as error:
            raise MatchTimeout(rule.id) from error
        if match is not None:
            covered = match.end()
            yield match
            if time.monotonic() > deadline:
                raise MatchTimeout(rule.id)


def secret_span(match: regex.Match[bytes]) -> Span:
    """Return the bytes of the group `secret`."""
    return Span(*match.span("secret"))


def is_found(pattern: str, data: bytes) -> bool:
    """Return whether `pattern` occurs in `data`; one that has run into the time limit once says no from then on.

    The patterns are those of allowlists, and the repository's own among them: to say no shows a finding, and a limit for
    each search alone would be one for each finding.
    """
    if pattern in _TOO_SLOW:
        return False
    try:
        return compile_bytes(pattern).search(data, timeout=_SECONDS_PER_SEARCH) is not None
    except TimeoutError:
        _TOO_SLOW.add(pattern)
        return False


_SECONDS_PER_SEARCH: Final = 0.5
_TOO_SLOW: Final[set[str]] = set()
"""Patterns of allowlists that are not tried any more in this process."""
