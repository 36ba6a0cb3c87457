"""Sample credentials for rule examples: placeholders filled from a seed, so none looks live.

`sample_formats` makes the values that have a structure; here are the plain ones.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable, Mapping
from typing import Final

from secretscan.rules import sample_formats, sample_keys
from secretscan.rules.keyed import ALPHABETS


class SampleError(ValueError):
    """A placeholder that nothing can fill."""


AVOIDED: Final = re.compile(
    r"test|exampl|sample|dummy|fake|mock|demo|xxx|abc|123|000|aaa|todo|null|none|true|changeme|secret|passw|your|"
    r"qwer|redact|insert|replace|placeh|token|enter|public",
    re.IGNORECASE,
)
"""What no sample may hold by accident: allowlists and the judge take such words for placeholders."""

SYMBOLS: Final = "!*+-_~"
"""Symbols of sample passwords; none needs escaping in a URL, in quotes or in a shell word."""

_PLACEHOLDER = re.compile(r"\{\{([A-Za-z][A-Za-z0-9-]*)(?::((?:\[[^\]]*\]:)?[^{}]*))?\}\}")
_LARGEST = 4096


def fill(text: str, *, seed: int | str) -> str:
    """Return `text` with each placeholder replaced by a value that depends on `seed` and its place only.

    `{{hex:32}}`, `{{chars:[A-F0-9x]:12}}`, `{{password:16}}`, `{{uuid}}`, `{{github-crc32:ghp_}}` …
    A template such as `{{ name }}` is none and stays. Raises `SampleError` for an unknown placeholder.
    """
    place = 0

    def replace(found: re.Match[str]) -> str:
        nonlocal place
        place += 1
        return sample(found[1], found[2] or "", random.Random(f"{seed}/{place}"))  # noqa: S311 - not secret

    return _PLACEHOLDER.sub(replace, text)


def sample(name: str, argument: str, rng: random.Random) -> str:
    """Return one value of the kind `name`. Raises `SampleError` for a kind or an `argument` that is none."""
    make = FORMATS.get(name)
    try:
        if make is None:
            members, length = _members(name, argument)
            return _random_text(members, length, rng)
        for _ in range(64):
            value = make(rng, argument)
            if len(value) > 200 or not AVOIDED.search(value.removeprefix(argument)):
                break
        return value
    except (ValueError, KeyError) as error:
        raise SampleError(f"placeholder {{{{{name}:{argument}}}}}: {error}") from error


def _members(name: str, argument: str) -> tuple[str, int]:
    if name == "chars":
        name_class, _, count = argument.rpartition(":")
    elif name in ALPHABETS:
        name_class, count = ALPHABETS[name], argument
    else:
        raise SampleError(f"unknown placeholder {{{{{name}}}}}")
    if not count.isdigit() or not 0 < int(count) <= _LARGEST:
        raise SampleError(f"placeholder {{{{{name}}}}} needs a length of 1 to {_LARGEST}")
    try:
        fits = re.compile(name_class)
    except re.error as error:
        raise SampleError(f"placeholder {{{{{name}}}}}: {error}") from error
    members = "".join(char for char in string.printable[:95] if fits.fullmatch(char))
    if not members:
        raise SampleError(f"placeholder {{{{{name}}}}} has no printable member")
    return members, int(count)


def _random_text(members: str, length: int, rng: random.Random) -> str:
    """Return random text that holds every kind of character it can, and no word a filter may trip over."""
    text = ""
    for _ in range(64):
        text = "".join(rng.choices(members, k=length))
        if not AVOIDED.search(text) and (length < 8 or _kinds(text) == _kinds(members)):
            break
    return text


def _kinds(text: str) -> tuple[bool, ...]:
    return any(map(str.isdigit, text)), any(map(str.islower, text)), any(map(str.isupper, text))


def _uuid(rng: random.Random, _: str) -> str:
    return "-".join(_random_text("0123456789abcdef", size, rng) for size in (8, 4, 4, 4, 12))


def _password(rng: random.Random, length: str) -> str:
    size = int(length or 16)
    text = list(_random_text(string.ascii_letters + string.digits, size, rng))
    # Never at the ends, where a boundary or a sentence's punctuation could be meant.
    for spot in rng.sample(range(1, size - 1), min(2, size - 2)):
        text[spot] = rng.choice(SYMBOLS)
    return "".join(text)


FORMATS: Final[Mapping[str, Callable[[random.Random, str], str]]] = {
    "uuid": _uuid,
    "password": _password,
    **sample_formats.FORMATS,
    **sample_keys.FORMATS,
}
"""Kinds of values with a structure. Each takes the generator and what follows the colon."""
