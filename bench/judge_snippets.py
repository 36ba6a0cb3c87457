"""Writes labelled snippets of many languages and configurations, made by a seeded generator.

usage: judge_snippets.py OUT.jsonl.gz [--count 600] [--seed 1]

Rows have the format of the labelled lines (see judge_data.py), so that the judge can be measured on text that shares
nothing with them: T rows hold random values the way services and people make them, F rows identifiers, words, paths,
templates and references at the same places, and random values under names that are no secrets.
"""

# ruff: noqa: E501, SIM905 - tables read better in one line each
from __future__ import annotations

import argparse
import base64
import gzip
import json
import random
import string
import uuid

LOWER, DIGITS = string.ascii_lowercase, string.digits
BASE62 = string.ascii_letters + string.digits
WORDS = (
    "account order invoice customer billing report window button label widget search filter index session profile "
    "service gateway worker queue cache storage network cluster monitor status message channel event handler request"
).split()
HUMAN = "winter summer autumn spring london berlin monday friday tiger falcon garden coffee silver orange rocket".split()


def pick(rng, members, low, high=None):
    return "".join(rng.choices(members, k=rng.randint(low, high or low)))


SECRETS = {
    "hex": lambda r: pick(r, "0123456789abcdef", r.choice([32, 40, 48, 64])),
    "base62": lambda r: pick(r, BASE62, 20, 64),
    "base64": lambda r: base64.b64encode(r.randbytes(r.choice([16, 20, 32, 48]))).decode(),
    "base64url": lambda r: base64.urlsafe_b64encode(r.randbytes(r.choice([24, 32]))).decode().rstrip("="),
    "alnum": lambda r: pick(r, LOWER + DIGITS, 16, 40),
    "prefixed": lambda r: (
        f"{pick(r, LOWER, 2, 5)}_{r.choice(['live', 'prod', 'pat', 'key'])}_{pick(r, BASE62, 20, 40)}"
    ),
    "symbols": lambda r: pick(r, BASE62 + "!@#%^*-_+=?", 10, 20),
    "dense": lambda r: pick(r, BASE62 + 2 * "!@#$%^*-_+=?()[]{}>.,:", 14, 40),
    "short": lambda r: pick(r, LOWER + DIGITS, 8, 12),
    "human": lambda r: (
        f"{r.choice(HUMAN).capitalize()}{r.choice(['', '-', '_', '@'])}{r.randint(10, 9999)}{r.choice('!#$%&*')}"
    ),
    "leet": lambda r: (
        r.choice(HUMAN).replace("e", "3").replace("o", "0").replace("i", "1") + pick(r, "!#$" + DIGITS, 3, 5)
    ),
    "dashed": lambda r: "-".join(pick(r, BASE62, 5) for _ in range(4)),
}
HARMLESS = {
    "identifier": lambda r: r.choice(WORDS) + "_" + r.choice(WORDS),
    "camel": lambda r: r.choice(WORDS) + r.choice(WORDS).capitalize() + r.choice(["", "Id", "Name", "2"]),
    "constant": lambda r: (r.choice(WORDS) + "_" + r.choice(["token", "secret", "key", "password"])).upper(),
    "kebab": lambda r: "-".join(r.sample(WORDS, 3)),
    "word": lambda r: r.choice(WORDS),
    "dotted": lambda r: ".".join(r.sample(WORDS, 3)),
    "path": lambda r: "/" + "/".join(r.sample(WORDS, 3)) + r.choice(["", ".pem", ".txt", ".json"]),
    "url": lambda r: f"https://{r.choice(WORDS)}.example.com/{r.choice(WORDS)}",
    "placeholder": lambda r: r.choice(
        [
            "changeme",
            "your-password-here",
            "<password>",
            "xxxxxxxx",
            "********",
            "REPLACE_ME",
            "TODO",
            "my-secret",
            "secret",
            "password123",
            "dummy-token",
            "test",
            "foobar",
        ]
    ),
    "template": lambda r: (
        r.choice(["${%s}", "{{ %s }}", "$%s", "<%%= %s %%>", "%%(%s)s", "#{%s}", "@%s@", "{%s}"])
        % r.choice(WORDS)
    ),
    "version": lambda r: f"v{r.randint(0, 9)}.{r.randint(0, 20)}.{r.randint(0, 9)}",
    "date": lambda r: f"20{r.randint(10, 26)}-0{r.randint(1, 9)}-1{r.randint(0, 9)}",
    "sequence": lambda r: r.choice(
        ["1234567890", "abcdef123456", "0123456789abcdef", "qwerty", "123456", "aaaaaaaa"]
    ),
    "title": lambda r: f"{r.choice(WORDS).capitalize()}{r.choice(WORDS).capitalize()}Provider",
    "i18n": lambda r: f"{r.choice(WORDS)}.{r.choice(WORDS)}.{r.choice(['title', 'hint', 'error'])}",
}
NAMES = "password db_password secret client_secret api_key apiKey accessToken auth_token DB_PASSWORD API_TOKEN jwtSecret smtpPassword encryption_key".split()
BY_PEOPLE = ("human", "leet", "symbols", "dense")
HUMAN_NAMES = [n for n in NAMES if "pass" in n.lower()] + [
    "passphrase",
    "ADMIN_PWD",
    "secret",
    "private_key",
    "aws_secret_access_key",
]
PUBLIC = "integrity etag commit checksum sha256 revision publicKey key_id token_type cache_key primary_key request_id digest fingerprint public_key_hash".split()
TEMPLATES = {
    ".py": [
        '{n} = "{v}"',
        "    '{n}': '{v}',",
        'connect(host="db", {n}="{v}")',
        'os.environ["{n}"] = "{v}"',
        'if {n} == "{v}":',
        '{n}: str = "{v}"',
    ],
    ".js": [
        'const {n} = "{v}";',
        "  {n}: '{v}',",
        "process.env.{n} = '{v}'",
        "config.{n} = `{v}`;",
        "headers['x-{n}'] = '{v}';",
    ],
    ".conf": ["{n} = {v}", '{n} "{v}";', '{n}: "{v}"', 'if ({n} == "{v}") {{'],
    ".ts": [
        'if ({n} !== "{v}") {{',
        'export const {n}: string = "{v}";',
        "  {n}: '{v}',",
        "private readonly {n} = '{v}';",
    ],
    ".go": [
        'if {n} != "{v}" {{',
        "{n} = `{v}`",
        '{n} := "{v}"',
        '\t{n}: "{v}",',
        'const {n} = "{v}"',
        '\tos.Setenv("{n}", "{v}")',
    ],
    ".java": [
        'String {n} = "{v}";',
        'private static final String {n} = "{v}";',
        'props.setProperty("{n}", "{v}");',
        'config.put("{n}", "{v}");',
    ],
    ".cs": [
        'if ({n} == "{v}")',
        '{n} = @"{v}";',
        'var {n} = "{v}";',
        'public string {n} {{ get; set; }} = "{v}";',
        '["{n}"] = "{v}",',
    ],
    ".rb": ["{n} = '{v}'", "  :{n} => '{v}',", 'config.{n} = "{v}"', "ENV['{n}'] = '{v}'"],
    ".php": ["${n} = '{v}';", "'{n}' => '{v}',", "define('{n}', '{v}');"],
    ".rs": ['let {n} = "{v}";', 'let {n} = String::from("{v}");', 'const {n}: &str = "{v}";'],
    ".kt": ['val {n} = "{v}"', 'const val {n} = "{v}"'],
    ".swift": ['let {n} = "{v}"'],
    ".yml": ["{n}: {v}", '{n}: "{v}"', "      {n}: '{v}'", "- {n}={v}"],
    ".json": ['  "{n}": "{v}",', '{{"{n}": "{v}"}}'],
    ".env": ["{n}={v}", 'export {n}="{v}"', "{n}='{v}'"],
    ".ini": ["{n} = {v}", "{n}={v}"],
    ".properties": ["{n}={v}", "app.{n}={v}"],
    ".toml": ['{n} = "{v}"'],
    ".tf": ['  {n} = "{v}"', 'variable "{n}" {{ default = "{v}" }}'],
    ".xml": ["<{n}>{v}</{n}>", '<property name="{n}" value="{v}"/>', '<add key="{n}" value="{v}" />'],
    ".sh": ["export {n}={v}", '{n}="{v}"', "deploy --{n} {v} --force", "docker run -e {n}={v} app"],
    ".ps1": ["${n} = '{v}'", '$env:{n} = "{v}"'],
    ".md": ["Set `{n}={v}` in the environment.", "    {n}: {v}", '`"{n}": "{v}"`'],
    ".sql": ["ALTER USER app IDENTIFIED BY '{v}';"],
    "": ["ENV {n}={v}", "ENV {n} {v}", "ARG {n}={v}"],
}
NEUTRAL = {
    ".py": ["import os", "def main():", "    return result", "logger.info('ready')"],
    ".yml": ["service:", "  port: 8080", "  host: db.internal", "  replicas: 2"],
    ".json": ['  "port": 8080,', '  "host": "db.internal",', '  "user": "app",'],
    ".env": ["PORT=8080", "DB_HOST=db.internal", "DB_USER=app"],
}


def rows(rng, count):
    """Yield labelled rows, half of them credentials."""
    for number in range(count):
        ext = rng.choice(sorted(TEMPLATES))
        real = rng.random() < 0.5 or ext == ".sql"
        odd = not real and rng.random() < 0.3
        kind = rng.choice([*sorted(SECRETS), "dense"] if real or odd else sorted(HARMLESS))
        value = (SECRETS if real or odd else HARMLESS)[kind](rng)
        name = rng.choice(PUBLIC if odd else HUMAN_NAMES if real and kind in BY_PEOPLE else NAMES)
        if odd and kind in (*BY_PEOPLE, "short", "prefixed", "dashed"):
            value = str(uuid.UUID(int=rng.getrandbits(128)))
        line = rng.choice(TEMPLATES[ext]).format(n=name, v=value)
        around = NEUTRAL.get(ext, [""])
        at = line.rfind(value)
        yield {
            "id": number, "repo": f"made-{kind}", "ext": ext, "label": "T" if real else "F",
            "category": ("odd " if odd else "") + kind, "before": rng.choices(around, k=2), "lines": [line],
            "after": rng.choices(around, k=2), "value": [at, at + len(value)],
        }  # fmt: skip


def main():
    ap = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    ap.add_argument("out")
    ap.add_argument("--count", type=int, default=600)
    ap.add_argument("--seed", type=int, default=1)
    a = ap.parse_args()
    with gzip.open(a.out, "wt", encoding="utf-8") as out:
        for row in rows(random.Random(a.seed), a.count):
            out.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
