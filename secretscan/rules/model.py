"""The rule: a credential format as data. Read from TOML by `load`, turned into matchers by the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from secretscan.model.finding import Confidence, Severity

FileKind = Literal["any", "code", "config", "shell", "markup", "data"]


@dataclass(frozen=True, slots=True)
class Allowlist:
    """Matches that are known to be harmless. Any one hit silences the match (counted as `allowlist`)."""

    reason: str
    secrets: tuple[str, ...] = ()
    """Regexes searched in the secret."""
    lines: tuple[str, ...] = ()
    """Regexes searched in the line of the secret."""
    paths: tuple[str, ...] = ()
    """gitignore-style globs matched against the path."""
    stopwords: tuple[str, ...] = ()
    """Words that, contained in the secret in any case, silence it."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """How this rule's match joins a match of another rule nearby into one finding."""

    with_rules: tuple[str, ...]
    """Ids of the rules that give the other part; the nearest match wins."""
    part: str
    """Name of the attribute that holds the other part, e.g. `key_id`."""
    within_lines: int
    becomes: str = ""
    """Id of the rule of the joined finding; empty keeps this rule's id."""
    required: bool = False
    """True: without its partner the match is dropped."""
    public: bool = True
    """True: the other part is an identifier and shown; false: it is secret too and redacted."""


@dataclass(frozen=True, slots=True)
class VerifyHttp:
    """A harmless HTTP request that tells whether the credential works."""

    method: str
    url: str
    """With `{secret}` or `{part}` placeholders, percent-encoded when filled in."""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    basic: tuple[str, str] | None = None
    """User and password templates of HTTP basic authentication."""
    active_status: tuple[int, ...] = (200,)
    active_body: str = ""
    """Regex that must be found in the body for `active`; empty: the status and a JSON body decide."""
    inactive_status: tuple[int, ...] = (401,)
    inactive_body: str = ""
    """Regex that must be found in the body for `inactive`; empty: the status decides."""
    identity: tuple[str, ...] = ()
    """JSON paths (`a.b`) of the answer shown as detail (login, team), never secret."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One credential format."""

    id: str
    """Never changes once released: baselines and dashboards refer to it."""
    name: str
    description: str
    """What the credential opens, for the person who must decide; one or two sentences."""
    provider: str
    severity: Severity
    confidence: Confidence
    """Base certainty of a match. A passed structure check raises it to high, `judge` replaces it."""
    pattern: str
    """Verbose-free regex on bytes, every repeat bounded, with one group `secret`; empty when composite."""
    keywords: tuple[str, ...] = ()
    """Literals of which at least one occurs in every match, compared without case."""
    starts_with_keyword: bool = False
    """Every match begins with one of `keywords` (rows of `[[keyed]]`): then they alone can serve as trigger."""
    min_entropy: float = 0.0
    """Shannon entropy of the secret, bits per byte, below which a match is dropped."""
    structure: str = ""
    """Name of the offline structure check in `engine/structure`; empty for none."""
    judge: str = ""
    """Name of the judge that scores a match in its context (`generic`); empty: `confidence` decides."""
    family: str = ""
    """Name shared by rules that look for values behind the same names: they have one trigger (`engine/trigger`).
    The pattern ends with its value, which is free of white space; what the value is worth, a judge says."""
    verifier: str = ""
    """Name of a built-in verifier (`aws-sts`)."""
    verify: VerifyHttp | None = None
    pair: Pairing | None = None
    categories: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    remedy: str = ""
    """What to do when it leaked; empty: the general advice."""
    allowlists: tuple[Allowlist, ...] = ()
    file_kinds: tuple[FileKind, ...] = ("any",)
    """Kinds of file the rule applies to (`engine/filekind.py`)."""
    examples: tuple[str, ...] = ()
    """Texts in which the rule must report exactly one finding; placeholders as in `rules/samples.py`."""
    negative_examples: tuple[str, ...] = ()
    """Near misses in which the rule must report nothing."""
    source: str = ""
    """`file.toml` the rule came from, for error messages."""
