"""Derives from the rules what tokens of known issuers look like, for the judge: `issuers.json`.

usage: judge_issuers.py [OUT.json]

  prefixes  literals a token begins with whose own rule checks its structure: a value that begins so and did not pass
            that check is malformed, and no generic secret either
  marks     the same of rules that know a form and no more: such a value is doubtful
  names     names of issuers all of whose keys have a known form: a key named after one, in another form, is doubtful
"""

from __future__ import annotations

import json
import pathlib
import re
import sys
from re import _constants as op
from re import _parser as parser

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from secretscan.engine.judge.language import is_word  # noqa: E402
from secretscan.rules.load import load_rules  # noqa: E402

MOST, SHORTEST_PREFIX, SHORTEST_NAME = 60, 4, 5


def is_distinctive(prefix):
    """Whether a literal is an issuer's mark rather than a word, a scheme or a hash."""
    parts = [p for p in re.split(r"[^A-Za-z0-9]+", prefix) if p]
    if (
        len(prefix) < SHORTEST_PREFIX
        or not parts
        or re.search(r"[^\w.-]", prefix)
        or prefix.startswith("eyJ")
    ):
        return False
    if prefix[-1] not in "_-." and len(prefix) < 7:
        return prefix.isupper() and prefix.isalpha()
    return not (len(parts) == 1 and is_word(parts[0].lower())) and not prefix.startswith("--")


def prefixes(pattern):
    """Literal beginnings of the group `secret`, when the pattern begins with it; empty otherwise."""
    tree = parser.parse(pattern.encode("latin-1"))
    items = [i for i in tree if parser.SubPattern(tree.state, [i]).getwidth()[1]]
    if not items or items[0][0] is not op.SUBPATTERN:
        return []
    group, _add, _drop, body = items[0][1]
    if group != tree.state.groupdict.get("secret"):
        return []
    return ["".join(map(chr, p)) for p in expand(list(body))[0]]


def expand(items):
    """(texts, is whole): what the items can begin with, as far as it is literal and does not branch too much."""
    texts = [()]
    for kind, value in items:
        if kind is op.LITERAL:
            texts = [(*t, value) for t in texts]
            continue
        if kind is op.IN and len(value) <= 6 and all(k is op.LITERAL for k, _ in value):
            grown = [(*t, c) for t in texts for _, c in value]
        elif kind is op.SUBPATTERN:
            inner, whole = expand(list(value[3]))
            grown = [(*t, *i) for t in texts for i in inner]
            if not whole:
                return (grown if len(grown) <= MOST else texts), False
        elif kind is op.BRANCH:
            told = [expand(list(b)) for b in value[1]]
            grown = [(*t, *i) for t in texts for inner, _ in told for i in inner]
            if not all(whole for _, whole in told):
                return (grown if len(grown) <= MOST else texts), False
        else:
            return texts, False
        if len(grown) > MOST:
            return texts, False
        texts = grown
    return texts, True


def shortest(texts):
    """The texts that begin with no other of them, in order."""
    return sorted(p for p in texts if not any(p != q and p.startswith(q) for q in texts))


def main():
    found, marks, names = set(), set(), set()
    for rule in load_rules():
        if rule.judge or not rule.pattern:
            continue
        (found if rule.structure else marks).update(p for p in prefixes(rule.pattern) if is_distinctive(p))
        plain = re.sub(r"[^a-z0-9]", "", rule.provider.lower())
        if len(plain) >= SHORTEST_NAME and not is_word(plain):
            names.add(plain)
    kept = shortest(found)
    doubtful = shortest({p for p in marks if not p.startswith(tuple(kept))})
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "secretscan/engine/judge/issuers.json"
    table = {"prefixes": kept, "marks": doubtful, "names": sorted(names)}
    target.write_text(json.dumps(table, indent=0) + "\n")
    print(len(kept), "prefixes", len(doubtful), "marks", len(names), "names")


if __name__ == "__main__":
    main()
