"""Histories read and scanned by kernels give the report of those that are walked step by step."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from secretscan.config.model import Config
from secretscan.engine import screen
from secretscan.engine.versions import NO_BASE
from secretscan.model.report import Report
from secretscan.pipeline import packed
from secretscan.pipeline.history import scan_history
from secretscan.pipeline.settings import ScanSettings
from secretscan.rules.samples import fill
from secretscan.sources.git.pack.faults import Limits

if TYPE_CHECKING:
    from tests.conftest import Repo

WORDS = b"token password reader value item settings return self path name default config open close of the".decode().split()


class Walked:
    """What `BulkShard` did: shards that it gave whole, and those that it left to the walk step by step."""

    def __init__(self) -> None:
        self.whole = self.left = self.cut = 0


@pytest.fixture
def walked(monkeypatch: pytest.MonkeyPatch) -> Walked:
    from secretscan.pipeline.bulk import BulkShard
    from secretscan.sources.git.pack.bulk import NotInBulk

    seen, iterate = Walked(), BulkShard.__iter__

    def spied(shard: BulkShard) -> Iterator[object]:
        try:
            for versions in iterate(shard):
                seen.cut += int((versions.bases != NO_BASE).sum())
                yield versions
        except NotInBulk:
            seen.left += 1
            raise
        seen.whole += 1

    monkeypatch.setattr(BulkShard, "__iter__", spied)
    monkeypatch.setattr(screen, "_FILTERED_FROM", 1)
    return seen


Audit = Callable[..., Report]


@pytest.fixture
def audit(kernel_folder: Path, walked: Walked) -> Audit:
    """Audits a history with kernels, and holds the report to that without."""

    def run(repo: Repo, **options: object) -> Report:
        settings = ScanSettings(
            Config(),
            reader="pack",
            # the folder beside the kernels keeps the compiled rules too
            cache_dir=kernel_folder.parent,
            remembers=False,
            show_secrets=True,
            show_suppressed=True,
            **options,  # type: ignore[arg-type]
        )
        slow = scan_history(repo.opened(), replace(settings, kernels=False))
        assert (walked.whole, walked.left) == (0, 0)
        fast = scan_history(repo.opened(), replace(settings, kernels=True))
        assert walked.whole + walked.left > 0
        assert fast.findings == slow.findings
        assert same(fast) == same(slow)
        return fast

    return run


def same(report: Report) -> Report:
    """A report without what may differ; what was skipped is told in the order of the walk."""
    skipped = tuple(sorted(report.scan.skipped, key=repr))
    return replace(report, scan=replace(report.scan, seconds=0.0, scanned_bytes=None, skipped=skipped))


def rules(report: Report) -> set[str]:
    return {finding.rule for finding in report.findings}


def secret_line(rng: random.Random) -> str:
    seed = str(rng.random())
    kind = rng.randrange(6)
    if kind == 0:
        return f'TOKEN = "{fill("{{github-crc32:ghp_}}", seed=seed)}"'
    value = "".join(rng.choice(string.ascii_letters + string.digits) for _ in range(20))
    if kind == 1:
        import base64

        return "data: " + base64.b64encode(f"password = '{value}' of the user".encode()).decode()
    return [
        f'password = "{value}"',
        f"api_key: {value}",
        f"export SECRET_KEY={value}",
        f"<password>{value}\n</password>",
    ][kind - 2]


def line(rng: random.Random) -> str:
    if rng.random() < 0.03:
        return secret_line(rng)
    joints = [" ", " = ", "(", '("', "/", ": ", "."]
    return "".join(rng.choice(WORDS) + rng.choice(joints) for _ in range(rng.randint(1, 6)))


def edited(lines: list[str], rng: random.Random) -> list[str]:
    """Lines with some taken out, put in, or moved."""
    lines = list(lines)
    for _ in range(rng.randint(1, 4)):
        at = rng.randint(0, len(lines))
        kind = rng.randrange(4)
        if kind == 0:
            lines[at:at] = [line(rng) for _ in range(rng.randint(1, 5))]
        elif kind == 1:
            del lines[at : at + rng.randint(1, 6)]
        elif kind == 2:
            lines[at : at + 1] = [line(rng)]
        else:
            moved = lines[at : at + 20]
            del lines[at : at + 20]
            lines[rng.randint(0, len(lines)) : 0] = moved
    return lines


def text(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


def grow(repo: Repo, seed: int, commits: int = 25) -> None:
    """Commit files of several kinds, edited again and again, some of them copied and moved."""
    rng = random.Random(seed)
    names = ["a.py", "dir/b.yml", "c.md", "d.sh", "e.json", "crlf.ini"]
    files = {name: [line(rng) for _ in range(rng.randint(40, 160))] for name in names}
    for number in range(commits):
        for name in rng.sample(names, rng.randint(1, 3)):
            files[name] = edited(files[name], rng)
            content = text(files[name])
            repo.add(name, content.replace("\n", "\r\n") if name == "crlf.ini" else content)
        if number % 5 == 1:
            token = fill("{{github-crc32:ghp_}}", seed=f"binary {seed} {number}")
            repo.add("nul.bin", b"\0\1" + text([*files["a.py"], f"token={token}"]).encode())
            repo.add("wide.txt", text(files["c.md"][:40]).encode("utf-16"))
        if number % 8 == 3:
            # the same lines under a path of another kind: a delta whose base is looked at in another way
            repo.add(f"copy{number}.txt", text(edited(files["a.py"], rng)))
        message = f"change {number}\n\n{secret_line(rng)}\n" if number % 6 == 2 else f"change {number}"
        repo.commit(message)
    for at in range(3):
        repo.git("notes", "add", "-m", f"note\n{secret_line(rng)}", f"HEAD~{at}")
    repo.git("tag", "-a", "-m", f"release\n{secret_line(rng)}", "v1")
    repo.git("tag", "-a", "-m", "a tag of a file", "v2", repo.oid("HEAD:a.py"))


def packs(repo: Repo) -> list[Path]:
    return sorted((repo.path / ".git" / "objects" / "pack").glob("*.pack"))


PACKING = {
    "gc": [("gc", "-q")],
    "deep": [("repack", "-adfq", "--depth=50", "--window=50")],
    "shallow": [("repack", "-adfq", "--depth=1")],
}


@pytest.mark.parametrize("packing", PACKING)
@pytest.mark.parametrize("seed", [1, 2])
def test_a_packed_history_gives_the_same_report(
    packing: str, seed: int, repo: Repo, audit: Audit, walked: Walked
) -> None:
    grow(repo, seed)
    for command in PACKING[packing]:
        repo.git(*command)
    report = audit(repo)
    assert walked.whole > 0
    assert walked.left == 0
    assert walked.cut > 40
    assert len(report.findings) > 20
    assert "github-pat" in rules(report)
    wheres = {location.where for finding in report.findings for location in finding.locations}
    assert wheres >= {"file", "commit-message", "note", "tag-message"}
    assert {"nul.bin", "wide.txt", "a.py"} <= {
        location.path for finding in report.findings for location in finding.locations
    }


def test_loose_objects_and_several_packs_are_read_in_bulk_too(
    repo: Repo, audit: Audit, walked: Walked
) -> None:
    for seed in (3, 4):
        grow_on(repo, seed)
        repo.git("repack", "-dfq", "--depth=50")
    grow_on(repo, 5)
    assert len(packs(repo)) == 2
    assert len(audit(repo).findings) > 5
    assert (walked.whole > 0, walked.left) == (True, 0)


def grow_on(repo: Repo, seed: int) -> None:
    rng = random.Random(seed)
    lines = [line(rng) for _ in range(100)]
    for number in range(12):
        lines = edited(lines, rng)
        repo.commit_file(f"of{seed}.py", text(lines), f"change {number} of {seed}\n\n{line(rng)}")


def test_batches_of_a_few_objects_give_the_same_report(
    repo: Repo, audit: Audit, walked: Walked, monkeypatch: pytest.MonkeyPatch
) -> None:
    from secretscan.sources.git.pack import bulk

    # bases are then mostly of an earlier batch
    monkeypatch.setattr(bulk, "BATCH_OBJECTS", 3)
    grow(repo, 6)
    repo.git("repack", "-adfq", "--depth=50")
    assert len(audit(repo).findings) > 20
    assert (walked.whole > 0, walked.left) == (True, 0)


@pytest.mark.parametrize("which", ["first version", "last version", "message"])
def test_a_damaged_object_leaves_its_shard_to_the_walk_step_by_step(
    which: str, repo: Repo, audit: Audit, walked: Walked
) -> None:
    grow(repo, 7, commits=12)
    commits = repo.git("rev-list", "HEAD").split()
    touched = repo.git("rev-list", "HEAD", "--", "a.py").split()
    spec = {"first version": f"{touched[-1]}:a.py", "last version": "HEAD:a.py", "message": commits[3]}[which]
    oid = repo.oid(spec)
    repo.git("repack", "-adfq", "--depth=50")
    (pack,) = packs(repo)
    listed = repo.git("verify-pack", "-v", str(pack)).splitlines()
    row = next(row.split() for row in listed if row.startswith(oid))
    stored, offset = int(row[3]), int(row[4])
    content = bytearray(pack.read_bytes())
    content[offset + stored // 2] ^= 0x55
    content[offset + stored - 2] ^= 0x55
    pack.chmod(0o644)
    pack.write_bytes(content)
    if which == "message":
        # git itself cannot walk over a commit that it cannot read
        repo.git("update-ref", "refs/heads/other", commits[0])
    report = audit(repo)
    assert walked.left > 0
    assert any(oid[:12] in skipped.what or "a.py" in skipped.what for skipped in report.scan.skipped)


@pytest.mark.parametrize("max_bytes", [1500, 3000])
def test_objects_over_the_limit_are_left_out_alike(
    max_bytes: int, repo: Repo, audit: Audit, walked: Walked
) -> None:
    grow(repo, 8)
    repo.git("repack", "-adfq", "--depth=50")
    report = audit(repo, max_bytes=max_bytes)
    assert any("over the limit" in skipped.why for skipped in report.scan.skipped)
    assert report.findings
    # the walk of the history leaves them out: to the shards they are bases at most
    assert (walked.whole > 0, walked.left) == (True, 0)


@pytest.mark.parametrize(
    "limit", [{"object_bytes": 3000}, {"base_bytes": 3000}, {"cache_bytes": 2000}], ids=str
)
def test_a_shard_that_meets_a_limit_is_left_to_the_walk_step_by_step(
    limit: dict[str, int], repo: Repo, audit: Audit, walked: Walked, monkeypatch: pytest.MonkeyPatch
) -> None:
    from secretscan.sources.git.pack import bulk

    monkeypatch.setattr(packed, "Limits", lambda **given: Limits(**{**given, **limit}))
    monkeypatch.setattr(bulk, "BATCH_OBJECTS", 5)
    grow(repo, 9)
    repo.git("repack", "-adfq", "--depth=50")
    report = audit(repo)
    assert walked.left > 0
    assert report.findings
    assert any("larger" in skipped.why for skipped in report.scan.skipped) == ("cache_bytes" not in limit)
