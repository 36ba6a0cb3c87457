"""Refs: names and what they point to, annotated tags followed to their end."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from secretscan.sources.git.fetch import Fetched, fetch
from secretscan.sources.git.repository import Repository

_MAX_TAG_BYTES = 1 << 24


@dataclass(frozen=True, slots=True)
class Ref:
    """One ref. Ids are hexadecimal."""

    name: bytes
    """Full name, like `refs/heads/main`."""
    target: str
    """Id of the object at the end: for an annotated tag what it tags, through tags of tags."""
    kind: str
    """Type of that object: `commit`, `tree`, `blob`, or `missing`."""
    tags: tuple[str, ...] = ()
    """Ids of the tag objects on the way."""


@dataclass(frozen=True, slots=True)
class Refs:
    """All refs of a repository."""

    all: tuple[Ref, ...] = ()
    missing: tuple[str, ...] = field(default=())
    """Ids of tag objects (or of what refs name) that are not there."""
    malformed: tuple[str, ...] = ()
    """Ids of tag objects that do not say what they name, or of what a tag takes for a tag and is none."""

    @property
    def tag_objects(self) -> dict[str, str]:
        """Id of each annotated tag's object, with the id of the commit, tree or blob it stands for."""
        return {oid: ref.target for ref in self.all for oid in ref.tags}


def list_refs(repo: Repository) -> Refs:
    """Return every ref with what it leads to. Costs two calls of git, and one more if tags are annotated.

    Types are asked for apart from names: `for-each-ref` ends at the first ref that leads nowhere.
    """
    output = repo.git.run("for-each-ref", "--format=%(objectname) %(refname)")
    return _resolved(
        repo, [(oid, name) for oid, _, name in (line.partition(b" ") for line in output.splitlines())]
    )


def named_refs(repo: Repository, names: Sequence[str]) -> Refs:
    """Return what the given revisions lead to, as if they were all the refs there are."""
    if not names:
        return Refs()
    oids = (repo.git.run("rev-parse", "--verify", "--end-of-options", name).strip() for name in names)
    return _resolved(repo, [(oid, os.fsencode(name)) for oid, name in zip(oids, names, strict=True)])


def _resolved(repo: Repository, names: Sequence[tuple[bytes, bytes]]) -> Refs:
    asked = b"".join(oid + b"\n" for oid, _ in names)
    answers = repo.git.ask(asked, "cat-file", "--batch-check=%(objectname) %(objecttype)", "--buffer")
    kinds = dict(line.split(b" ", 1) for line in answers.splitlines())
    lines = [(oid, kinds.get(oid, b"missing"), name) for oid, name in names]
    tagged = _follow(repo, [oid.decode() for oid, kind, _ in lines if kind == b"tag"])
    found: list[Ref] = []
    missing: list[str] = []
    malformed: list[str] = []
    for oid, kind, name in lines:
        target, target_kind, tags = oid.decode(), kind.decode(), list[str]()
        while target_kind == "tag" and target not in tags:
            tags.append(target)
            target, target_kind = tagged.get(target, (target, "missing"))
        if target_kind in ("missing", _MALFORMED):
            (missing if target_kind == "missing" else malformed).append(target)
            target_kind = "missing"
        found.append(Ref(name, target, target_kind, tuple(tags)))
    return Refs(tuple(found), tuple(missing), tuple(dict.fromkeys(malformed)))


def _follow(repo: Repository, oids: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return what each tag object points to, as (id, type); tags found on the way included.

    One that is not there, or does not say, points to itself.
    """
    links: dict[str, tuple[str, str]] = {}
    while oids:
        inner: list[str] = []
        for answer in fetch(repo, oids, max_bytes=_MAX_TAG_BYTES):
            if answer.data is None:
                links[answer.oid] = (answer.oid, "missing")
                continue
            target, kind = _named(answer) or (answer.oid, _MALFORMED)
            links[answer.oid] = (target, kind)
            if kind == "tag" and target not in links:
                inner.append(target)
        oids = inner
    return links


def _named(answer: Fetched) -> tuple[str, str] | None:
    """Return id and type of what a tag names, both in the form git writes: they are asked of git again."""
    lines = (answer.data or b"").split(b"\n", 2)[:2]
    told = _OBJECT.fullmatch(b"\n".join(lines))
    if answer.kind != "tag" or told is None:
        return None
    return told[1].decode(), told[2].decode()


_OBJECT: Final = re.compile(rb"object ([0-9a-f]{40}(?:[0-9a-f]{24})?)\ntype (commit|tree|blob|tag)")
_MALFORMED: Final = "malformed"
