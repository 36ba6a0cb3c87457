"""Every text a pattern can match holds one of the rule's keywords: where Hyperscan is missing, they find it."""

from __future__ import annotations

import random

from secretscan.rules.load import load_rules
from secretscan.rules.tree import Bytes, Choice, Look, Node, Repeat, Seq, parse


def _sample(node: Node | Seq, rng: random.Random) -> bytes:
    match node:
        case Bytes(members):
            plain = [byte for byte in members if chr(byte).isascii() and chr(byte).isalnum()]
            return bytes([rng.choice(plain or sorted(members))])
        case Look():
            return b""
        case Choice(options):
            return _sample(rng.choice(options), rng)
        case Repeat(body, least, most):
            return b"".join(_sample(body, rng) for _ in range(rng.randint(least, min(most, least + 1))))
        case Seq(items):
            return b"".join(_sample(item, rng) for item in items)


def test_every_match_holds_a_keyword() -> None:
    rng, lacking = random.Random(5), {}
    for rule in load_rules():
        # Judged rules take misspelled names too; only Hyperscan looks for those.
        if rule.judge or not (rule.pattern and rule.keywords):
            continue
        tree, words = parse(rule.pattern), [word.lower().encode() for word in rule.keywords]
        for _ in range(12):
            text = _sample(tree, rng)
            if not any(word in text.lower() for word in words):
                lacking.setdefault(f"{rule.source}: {rule.id}", text[:60])
    assert lacking == {}
