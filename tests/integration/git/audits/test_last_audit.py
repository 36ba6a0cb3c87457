"""The report of the last audit is the report where nothing has changed since, and only there."""

from __future__ import annotations

import gzip
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from audited import Audit, known, leak, same, token

from secretscan.config.model import Allow, Config
from secretscan.model.finding import Confidence
from secretscan.model.report import Report
from secretscan.pipeline import lastaudit
from secretscan.pipeline.history import scan_history
from secretscan.pipeline.settings import NoProgress, ScanSettings
from secretscan.rules.samples import fill
from secretscan.sources.git.repository import Repository

if TYPE_CHECKING:
    from tests.conftest import MakeRepo, Repo


class Stages(NoProgress):
    """Which stages scans went through."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def stage(self, name: str) -> None:
        self.names.append(name)


@pytest.fixture
def is_walked(audit: Audit) -> Callable[..., bool]:
    """Audit with the cache, held to an audit without; say whether the first of them walked the history."""

    def run(repo: Repo, **options: object) -> bool:
        stages = Stages()
        audit(repo, progress=stages, **options)
        return stages.names.count("walking the history") == 2

    return run


IsWalked = Callable[..., bool]


def test_what_has_not_changed_is_not_walked(leaky: Repo, audit: Audit, is_walked: IsWalked) -> None:
    assert is_walked(leaky)
    assert not is_walked(leaky)
    report = audit(leaky)
    assert known(report) == (report.scan.blobs, report.scan.blobs)
    assert (report.scan.scanned_bytes, report.scan.commits, len(report.findings)) == (0, 5, 2)


def test_every_kind_of_secret_comes_back_the_same(repo: Repo, audit: Audit, is_walked: IsWalked) -> None:
    packed = b64encode(gzip.compress(leak("packed").encode(), mtime=0)).decode()
    texts = {
        "wide.py": leak("wide").encode("utf-16"),
        "encoded.yaml": f"data: {b64encode(leak('encoded').encode()).decode()}\npacked: {packed}\n",
        "weak.py": f"password = '{fill('{{alnum:11}}', seed='weak')}'\n",
        "keys.env": fill(
            "AWS_ACCESS_KEY_ID={{aws-key-id:AKIA}}\nAWS_SECRET_ACCESS_KEY={{base64:40}}\n", seed="k"
        ),
        "allowed.py": f"{leak('allowed')[:-1]}  # secretscan:allow\n",
        "n\xe4me with\nnewline.py": leak("name"),
    }
    for path, text in texts.items():
        repo.commit_file(path, text)
    repo.commit(f"message with {token('message')}")
    repo.git("tag", "-a", "v1", "-m", f"tag with {token('tag')}")
    repo.git("notes", "add", "-m", f"note with {token('note')}")
    repo.git("tag", "blob", repo.blob(leak("blob").encode()))
    repo.commit_file("weak.py", "pass\n")
    first = audit(repo, show_suppressed=True)
    assert len(first.findings) >= 9
    stages = Stages()
    second = audit(repo, show_suppressed=True, progress=stages)
    assert same(first) == same(second)
    assert stages.names.count("walking the history") == 1


CHANGES: dict[str, Callable[[Repo], object]] = {
    "a branch more": lambda repo: repo.git("branch", "other", "HEAD~2"),
    "a branch less": lambda repo: repo.git("branch", "-D", "side"),
    "a tag": lambda repo: repo.git("tag", "v1", "HEAD~1"),
    "another HEAD": lambda repo: repo.git("checkout", "-q", "--detach", "HEAD~3"),
    "no reflog": lambda repo: repo.git("reflog", "expire", "--expire=now", "--all"),
    "a commit": lambda repo: repo.commit_file("new.py", leak("new")),
    "an amended commit": lambda repo: repo.git("commit", "-q", "--amend", "--allow-empty", "-m", "words"),
    "a stash": lambda repo: (repo.write("a.py", leak("stash")), repo.git("stash")),
    "a note": lambda repo: repo.git("notes", "add", "-m", leak("note")),
    "a repack": lambda repo: repo.git("gc", "-q"),
    "a blob": lambda repo: repo.blob(leak("loose").encode()),
    "objects of another": lambda repo: (repo.path / ".git/objects/info/alternates").write_text(
        f"{repo.path}/.git/objects\n"
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_the_history_is_walked(change: str, leaky: Repo, is_walked: IsWalked) -> None:
    leaky.git("branch", "side", "HEAD~1")
    leaky.git("commit", "-q", "--allow-empty", "-m", "last")
    assert is_walked(leaky)
    assert not is_walked(leaky)
    CHANGES[change](leaky)
    assert is_walked(leaky)


@pytest.mark.parametrize(
    "options",
    [
        {"config": Config(exclude=("b/**",))},
        {"config": Config(disable=("github-pat",))},
        {"config": Config(allow=(Allow(paths=("a.py",), reason="known"),))},
        {"max_bytes": 40},
        {"pure_python": True},
        {"unreachable": True},
        {"rev": "HEAD~1"},
        {"since": "2001-01-01"},
        {"range": "HEAD~2..HEAD"},
    ],
    ids=lambda options: "-".join(options),
)
def test_what_was_asked_otherwise_is_walked(
    options: dict[str, object], leaky: Repo, is_walked: IsWalked
) -> None:
    assert is_walked(leaky)
    assert is_walked(leaky, **options)


def test_the_threshold_speaks_at_the_end(leaky: Repo, audit: Audit, is_walked: IsWalked) -> None:
    leaky.commit_file("low.py", f"password = '{fill('{{alnum:11}}', seed='low')}'\n")
    assert is_walked(leaky, min_confidence=Confidence.HIGH)
    counts = [len(audit(leaky, min_confidence=least).findings) for least in Confidence]
    assert counts == sorted(counts, reverse=True)
    assert not is_walked(leaky, min_confidence=Confidence.LOW)


@pytest.mark.parametrize("at", [0, 25, 60, 90, -1], ids=str)
def test_a_damaged_outcome_is_ignored(at: int, leaky: Repo, is_walked: IsWalked, cache: Path) -> None:
    assert is_walked(leaky)
    (file,) = cache.glob("*.outcome")
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)
    assert is_walked(leaky)
    assert not is_walked(leaky)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"places":[', b'"places":[[],'),
        (b'"groups":[', b'"groups":[{},'),
        (b'"counts":[', b'"counts":[1,'),
        (b'"in_head":', b'"in_tail":'),
        (b'"a.py",0]', b'"a.py",1]'),
        (b'"a.py",0]', b'"a.py",-1]'),
        (b'"file","', b'"fire","'),
        (b'"source":["', b'"source":["f00'),
    ],
)
def test_an_outcome_of_another_program_is_ignored(
    old: bytes, new: bytes, leaky: Repo, is_walked: IsWalked, cache: Path
) -> None:
    from secretscan.pipeline import outcomes
    from secretscan.privatefile import read_private, write_private

    assert is_walked(leaky)
    (file,) = cache.glob("*.outcome")
    payload = read_private(file, outcomes._MAGIC)
    assert payload is not None and old in bytes(payload)
    write_private(file, outcomes._MAGIC, bytes(payload).replace(old, new, 1))
    assert is_walked(leaky)


def test_an_object_that_has_gone_is_noticed(leaky: Repo, is_walked: IsWalked, audit: Audit) -> None:
    assert is_walked(leaky)
    gone = leaky.loose_file(leaky.oid("HEAD:plain.txt"))
    gone.unlink()
    assert is_walked(leaky)
    assert not audit(leaky).scan.complete
    assert is_walked(leaky)


def test_a_secret_that_cannot_be_read_again_is_noticed(
    leaky: Repo, is_walked: IsWalked, folder: Path
) -> None:
    assert is_walked(leaky)
    for spec in ("HEAD:a.py", "HEAD~4:a.py"):
        path = leaky.loose_file(leaky.oid(spec))
        path.chmod(0o644)
        path.write_bytes(path.read_bytes()[:-6] + bytes(6))
    report = scan_history(leaky.opened(), ScanSettings(Config(), cache_dir=folder))
    assert not report.scan.complete


def test_what_changes_during_an_audit_is_not_taken_for_audited(
    leaky: Repo, audit: Audit, is_walked: IsWalked, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, asked = lastaudit.repository_state, list[str]()

    def disturbed(repository: Repository) -> str:
        asked.append(state(repository))
        if len(asked) == 1:
            leaky.commit_file("late.py", leak("late"))
        return asked[-1]

    with monkeypatch.context() as patched:
        patched.setattr(lastaudit, "repository_state", disturbed)
        audit(leaky)
    assert len(set(asked)) == 2
    assert is_walked(leaky)
    assert len(audit(leaky).findings) == 3


def test_without_a_cache_nothing_is_written(leaky: Repo, folder: Path, cache: Path) -> None:
    settings = ScanSettings(Config(), cache_dir=folder, remembers=False)
    reports: list[Report] = [scan_history(leaky.opened(), settings) for _ in range(2)]
    assert [report.scan.known_blobs for report in reports] == [0, 0]
    assert not cache.exists()


def test_submodules_do_not_make_an_audit_less_whole(
    leaky: Repo, is_walked: IsWalked, audit: Audit, make_repo: MakeRepo
) -> None:
    inner = make_repo("inner")
    inner.commit_file("x", "x\n")
    leaky.git("submodule", "--quiet", "add", str(inner.path), "sub")
    leaky.commit("add sub")
    assert is_walked(leaky)
    assert not is_walked(leaky)
    assert [s.what for s in audit(leaky).scan.skipped] == ["1 submodule path"]
