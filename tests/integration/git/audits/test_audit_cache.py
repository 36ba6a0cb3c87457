"""What an audit takes over from an earlier one: never more than a scan of everything would say, and never less."""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from audited import Audit, known, leak, same, token
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secretscan import privatefile
from secretscan.config.load import load as load_config
from secretscan.config.model import Allow, Config
from secretscan.model.report import Report
from secretscan.pipeline import auditcache, history
from secretscan.pipeline.history import scan_history
from secretscan.pipeline.settings import ScanSettings
from secretscan.pipeline.shardresult import ShardResult
from secretscan.rules.samples import fill
from secretscan.sources.git import changes

if TYPE_CHECKING:
    from tests.conftest import MakeRepo, Repo


def rules(report: Report) -> list[str]:
    return [finding.rule for finding in report.findings]


def audit_file(cache: Path) -> Path:
    """The one file of what was scanned; the outcome, with which nothing would be looked up in it, is dropped."""
    drop_outcomes(cache)
    (file,) = cache.glob("*.audit")
    return file


def drop_outcomes(cache: Path) -> None:
    for file in cache.glob("*.outcome"):
        file.unlink()


def test_a_second_audit_scans_nothing_and_says_the_same(leaky: Repo, audit: Audit) -> None:
    first, second = audit(leaky), audit(leaky)
    assert same(first) == same(second)
    assert (known(first)[0], len(first.findings)) == (0, 2)
    assert known(second) == (first.scan.blobs, first.scan.blobs)


def test_a_secret_of_a_new_commit_is_found(leaky: Repo, audit: Audit) -> None:
    audit(leaky)
    leaky.commit_file("new.py", leak("three"))
    second = audit(leaky)
    assert (len(second.findings), known(second)) == (3, (second.scan.blobs - 2, second.scan.blobs))


def test_a_known_secret_in_a_new_version_joins_what_is_known(leaky: Repo, audit: Audit) -> None:
    audit(leaky)
    leaky.commit_file("again.py", leak("two", "y = 2\n"))
    assert len(audit(leaky).findings) == 2


def test_a_removal_ends_the_exposure(leaky: Repo, audit: Audit) -> None:
    assert sum(f.exposure is not None and f.exposure.in_head for f in audit(leaky).findings) == 1
    gone = leaky.commit_file("a.py", "import os\n")
    ends = [f.exposure.removed.commit for f in audit(leaky).findings if f.exposure and f.exposure.removed]
    assert gone in ends and len(ends) == 2


def test_a_rule_of_the_configuration_scans_everything_again(
    leaky: Repo, audit: Audit, tmp_path: Path
) -> None:
    leaky.commit_file("own.txt", "acme_" + "k3y9" * 8 + "\n")
    audit(leaky)
    (tmp_path / "own.toml").write_text(
        '[[rules]]\nid = "acme-token"\nname = "Acme token"\ndescription = "Opens Acme."\nseverity = "high"\n'
        "confidence = \"high\"\nkeywords = [\"acme_\"]\npattern = '''(?P<secret>acme_[a-z0-9]{32})'''\n"
        'examples = ["acme_{{alnum:32}}"]\n'
    )
    report = audit(leaky, config=load_config(tmp_path / "own.toml"))
    assert known(report)[0] == 0
    assert "acme-token" in rules(report)


def test_a_rule_that_is_turned_off_and_on_again_is_not_forgotten(leaky: Repo, audit: Audit) -> None:
    audit(leaky)
    off = audit(leaky, config=Config(disable=("github-pat",)))
    assert (known(off)[0], "github-pat" in rules(off)) == (0, False)
    assert len(audit(leaky).findings) == 2


def test_an_allow_entry_counts_until_it_is_taken_away_or_expires(leaky: Repo, audit: Audit) -> None:
    entry = Allow("rotated", paths=("b/",), expires=date(2026, 1, 31))
    config = Config(allow=(entry,))
    january, february = (lambda: date(2026, 1, 9)), (lambda: date(2026, 2, 9))
    assert len(audit(leaky, config=config, today=january).findings) == 1
    assert len(audit(leaky, config=config, today=january).findings) == 1
    assert len(audit(leaky, config=config, today=february).findings) == 2
    assert len(audit(leaky).findings) == 2


def test_an_allow_comment_of_a_new_version_silences(leaky: Repo, audit: Audit) -> None:
    audit(leaky)
    leaky.commit_file("a.py", f'TOKEN = "{token("one")}"  # secretscan:allow\n')
    assert len(audit(leaky).findings) == 1
    report = audit(leaky)
    assert (len(report.findings), report.scan.suppressed["allow_comment"]) == (1, 1)


def test_excluded_paths_may_change_without_a_scan(leaky: Repo, audit: Audit) -> None:
    audit(leaky)
    narrow = audit(leaky, config=Config(exclude=("b/",)))
    assert len(narrow.findings) == 1
    assert [s.what for s in narrow.scan.skipped] == ["b/c.py"]
    assert known(narrow)[0] == known(narrow)[1]
    assert len(audit(leaky).findings) == 2


def test_what_was_excluded_is_scanned_once_it_no_longer_is(leaky: Repo, audit: Audit) -> None:
    audit(leaky, config=Config(exclude=("b/",)))
    report = audit(leaky)
    assert len(report.findings) == 2
    assert known(report)[0] < known(report)[1]


def test_a_blob_that_becomes_known_by_another_path_is_scanned_again(repo: Repo, audit: Audit) -> None:
    text = f"password = {fill('{{alnum:24}}', seed='path')}\n"
    repo.commit_file("a.txt", text)
    repo.git("checkout", "-q", "--orphan", "other")
    repo.git("rm", "-q", "-rf", ".")
    repo.days = -5
    repo.commit_file("tests/fixtures/locale/de.po", text)
    tip = repo.head
    repo.git("checkout", "-q", "main")
    repo.git("branch", "-q", "-D", "other")
    repo.git("reflog", "expire", "--expire=now", "--all")
    audit(repo)
    assert known(audit(repo))[0] == known(audit(repo))[1]
    repo.git("branch", "older", tip)
    report = audit(repo)
    assert known(report)[0] < known(report)[1] - 1


def test_a_narrower_walk_and_a_range_use_what_is_known(leaky: Repo, audit: Audit) -> None:
    audit(leaky)
    ranged = audit(leaky, range="HEAD~3..HEAD")
    assert known(ranged)[0] == known(ranged)[1] > 0
    audit(leaky, rev="HEAD~1")
    audit(leaky, since="2023-11-16")
    report = audit(leaky, unreachable=True)
    assert known(report)[0] >= report.scan.blobs - 1  # of a secret that was seen in part, that part counts


def test_what_a_narrow_walk_leaves_out_is_not_taken_for_clean(leaky: Repo, audit: Audit) -> None:
    audit(leaky)
    leaky.git("checkout", "-q", "-b", "side", "HEAD~4")
    leaky.commit_file("side.py", leak("side"))
    assert len(audit(leaky, rev="side").findings) == 2
    assert len(audit(leaky).findings) == 3


def test_objects_that_only_unreachable_named_are_known_later(repo: Repo, audit: Audit) -> None:
    repo.commit_file("a.txt", "one\n")
    repo.blob(leak("lost").encode())
    assert len(audit(repo, unreachable=True).findings) == 1
    assert audit(repo).findings == ()
    assert len(audit(repo, unreachable=True).findings) == 1


@pytest.mark.parametrize("at", [0, 25, 60, 200, -1], ids=str)
def test_a_damaged_file_is_ignored(at: int, leaky: Repo, audit: Audit, cache: Path) -> None:
    audit(leaky)
    file = audit_file(cache)
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)
    assert known(audit(leaky))[0] == 0
    assert known(audit(leaky))[0] > 0


def test_a_file_cut_short_is_ignored(leaky: Repo, audit: Audit, cache: Path) -> None:
    audit(leaky)
    file = audit_file(cache)
    file.write_bytes(file.read_bytes()[:-7])
    assert known(audit(leaky))[0] == 0


def test_a_file_of_other_settings_under_this_name_is_ignored(leaky: Repo, audit: Audit, cache: Path) -> None:
    audit(leaky)
    file = audit_file(cache)
    audit(leaky, config=Config(disable=("github-pat",)))
    drop_outcomes(cache)
    (other,) = set(cache.glob("*.audit")) - {file}
    file.write_bytes(other.read_bytes())
    assert known(audit(leaky))[0] == 0


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="no such permissions here")
@pytest.mark.parametrize("mode", [0o620, 0o602], ids=oct)
def test_a_file_that_others_can_write_is_ignored(mode: int, leaky: Repo, audit: Audit, cache: Path) -> None:
    audit(leaky)
    file = audit_file(cache)
    assert (file.stat().st_mode & 0o777, cache.stat().st_mode & 0o777) == (0o600, 0o700)
    file.chmod(mode)
    assert known(audit(leaky))[0] == 0
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="takes root to give a file away")
def test_a_file_of_another_user_is_ignored(leaky: Repo, audit: Audit, cache: Path) -> None:
    audit(leaky)
    file = audit_file(cache)
    os.chown(file, 65534, -1)
    assert known(audit(leaky))[0] == 0


def test_a_link_in_place_of_the_file_is_not_followed(leaky: Repo, audit: Audit, cache: Path) -> None:
    audit(leaky)
    file = audit_file(cache)
    elsewhere = file.rename(cache.parent / "elsewhere")
    file.symlink_to(elsewhere)
    assert known(audit(leaky))[0] == 0
    assert not file.is_symlink()


def test_no_plaintext_is_kept(leaky: Repo, audit: Audit, cache: Path) -> None:
    key = fill("AWS_ACCESS_KEY_ID={{aws-key-id:AKIA}}\nAWS_SECRET_ACCESS_KEY={{base64:40}}\n", seed="aws")
    leaky.commit_file("keys.env", key)
    for _ in range(2):
        assert len(audit(leaky).findings) == 3
    secrets = [token("one"), token("two"), *(line.partition("=")[2] for line in key.split())]
    kept = {file.suffix: file.read_bytes() for file in cache.iterdir()}
    assert kept.keys() == {".audit", ".walk", ".looks", ".outcome"}
    for content in kept.values():
        for secret in secrets:
            assert secret.encode() not in content
            assert secret[8:20].encode() not in content


def test_a_second_audit_asks_only_about_new_commits(
    leaky: Repo, audit: Audit, folder: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit(leaky)
    drop_outcomes(cache)
    asked: list[int] = []
    read = changes._read
    monkeypatch.setattr(
        changes, "_read", lambda git, asking, log: (asked.append(len(asking.ids)), read(git, asking, log))
    )
    settings = ScanSettings(Config(), cache_dir=folder)
    scan_history(leaky.opened(), settings)
    leaky.commit_file("new.py", leak("three"))
    scan_history(leaky.opened(), settings)
    leaky.git("commit", "-q", "--amend", "--allow-empty", "-m", "other words")
    leaky.git("reflog", "expire", "--expire=now", "--all")
    scan_history(leaky.opened(), settings)
    assert asked == [0, 1, 1]
    leaky.git("reset", "-q", "--hard", "HEAD~3")
    leaky.git("reflog", "expire", "--expire=now", "--all")
    scan_history(leaky.opened(), settings)
    drop_outcomes(cache)
    scan_history(leaky.opened(), settings)
    assert asked[3:] == [3, 0]


def test_a_clone_that_is_no_longer_shallow_is_walked_anew(
    leaky: Repo, audit: Audit, make_repo: MakeRepo, cache: Path
) -> None:
    leaky.commit_file("last.txt", "last\n")
    clone = make_repo("clone")
    clone.git("fetch", "-q", "--update-head-ok", "--depth=3", f"file://{leaky.path}", "main:main")
    for _ in range(2):
        assert not audit(clone).scan.complete
    clone.git("fetch", "-q", "--unshallow", f"file://{leaky.path}", "main:main", "--update-head-ok")
    for _ in range(2):
        assert audit(clone).scan.complete
    assert len(list(cache.glob("*.walk"))) == 2


def test_submodules_are_stated_every_time(leaky: Repo, audit: Audit, make_repo: MakeRepo) -> None:
    inner = make_repo("inner")
    inner.commit_file("x", "x\n")
    leaky.git("submodule", "--quiet", "add", str(inner.path), "sub")
    leaky.commit("add sub")
    assert [s.what for s in audit(leaky).scan.skipped] == ["1 submodule path"]
    assert [s.what for s in audit(leaky).scan.skipped] == ["1 submodule path"]


@pytest.mark.parametrize("suffix", [".walk", ".looks"])
@pytest.mark.parametrize("at", [0, 30, 70, -1], ids=str)
def test_a_damaged_memory_of_the_walk_or_of_looks_is_ignored(
    at: int, suffix: str, leaky: Repo, audit: Audit, cache: Path
) -> None:
    audit(leaky)
    (file,) = cache.glob(f"*{suffix}")
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)
    leaky.commit_file("new.py", leak("three"))
    assert len(audit(leaky).findings) == 3


@pytest.mark.parametrize(
    "content",
    [
        leak("one").encode("utf-16"),
        b"eyJ0b2tlbiI6ICI" + base64.b64encode(leak("one").encode() * 3) + b"\n",
        f"data: {base64.b64encode(leak('one').encode()).decode()}\n".encode(),
        leak("one").encode() * 2 + leak("two").encode(),
        b"\xff\xfe\xfd # latin \xe9\n" + leak("one").encode(),
        leak("one").replace("\n", "\r\n").encode(),
        fill("{{pem:rsa}}\n", seed="pem").encode(),
        fill("db = postgres://someone:{{password:16}}@db.corp.internal/prod\n", seed="url").encode(),
        fill(
            "AWS_ACCESS_KEY_ID={{aws-key-id:AKIA}}\nAWS_SECRET_ACCESS_KEY={{base64:40}}\n", seed="a"
        ).encode(),
    ],
    ids=["utf-16", "base64", "base64-2", "several", "latin", "crlf", "pem", "url", "pair"],
)
def test_what_looks_showed_comes_back_the_same(content: bytes, repo: Repo, audit: Audit) -> None:
    repo.commit_file("config.py", content)
    repo.commit_file("other.py", "pass\n")
    first, second, third = audit(repo), audit(repo, show_secrets=True), audit(repo)
    assert same(first) == same(third)
    assert len(first.findings) == len(second.findings)


def test_the_files_that_were_not_used_for_longest_are_dropped(tmp_path: Path) -> None:
    for n, name in enumerate(("first", "second", "third")):
        privatefile.write_private(tmp_path / name, b"magic", b"content", privatefile.Keep(files=2))
        os.utime(tmp_path / name, (n, n))
        if name == "second":
            assert privatefile.read_private(tmp_path / "first", b"magic") == b"content"
    assert {file.name for file in tmp_path.iterdir()} == {"first", "third"}


def test_a_cache_that_cannot_be_written_is_no_error(leaky: Repo, audit: Audit, cache: Path) -> None:
    cache.write_text("a file where the folder should be")
    try:
        assert len(audit(leaky).findings) == 2
    finally:
        cache.unlink()


@pytest.mark.parametrize("which", ["a.py", "plain.txt"])
def test_an_object_that_has_gone_is_stated_all_the_same(which: str, leaky: Repo, audit: Audit) -> None:
    audit(leaky)
    leaky.loose_file(leaky.oid(f"HEAD:{which}")).unlink()
    report = audit(leaky)
    assert not report.scan.complete
    assert which in report.scan.skipped[0].what


def test_a_witness_that_is_damaged_is_stated(leaky: Repo, audit: Audit) -> None:
    audit(leaky)
    for spec in ("HEAD:a.py", "HEAD~4:a.py"):
        path = leaky.loose_file(leaky.oid(spec))
        path.chmod(0o644)
        content = path.read_bytes()
        path.write_bytes(content[:-6] + bytes(6))
    report = audit(leaky)
    assert not report.scan.complete


def test_an_object_that_could_not_be_scanned_is_tried_again(
    leaky: Repo, audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    from secretscan.model.blob import Skipped

    add = ShardResult.add

    def with_a_problem(self: ShardResult, origin: object, size: int, scanned: object) -> None:
        if origin.path == b"b/c.py":  # type: ignore[attr-defined]
            scanned.problems.append(Skipped("b/c.py", "took too long"))  # type: ignore[attr-defined]
        add(self, origin, size, scanned)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(ShardResult, "add", with_a_problem)
        assert not audit(leaky).scan.complete
        again = audit(leaky)
        assert not again.scan.complete
        assert known(again) == (again.scan.blobs - 2, again.scan.blobs)
    healed = audit(leaky)
    assert healed.scan.complete
    assert len(healed.findings) == 2


def test_an_interrupted_audit_goes_on_where_it_stopped(
    leaky: Repo, audit: Audit, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = history.Workers.run

    def stopped(self: history.Workers[Any, Any], batches: Sequence[Any]) -> Iterator[ShardResult]:
        for n, part in enumerate(run(self, batches)):
            if n == 1:
                raise KeyboardInterrupt
            yield part

    with monkeypatch.context() as patched:
        patched.setattr(history.Workers, "run", stopped)
        patched.setattr(history, "_SHARD_BYTES", 64)
        settings = ScanSettings(Config(), cache_dir=folder)
        cut = scan_history(leaky.opened(), settings)
    assert cut.scan.interrupted and not cut.scan.complete
    assert cut.scan.blobs > 0
    report = audit(leaky)
    assert known(report) == (cut.scan.blobs, report.scan.blobs)
    assert cut.scan.blobs < report.scan.blobs
    assert len(report.findings) == 2


def test_a_killed_audit_has_saved_what_was_done(
    leaky: Repo, audit: Audit, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, save = history.Workers.run, auditcache.AuditCache.save
    saved: list[int] = []

    def killed(self: history.Workers[Any, Any], batches: Sequence[Any]) -> Iterator[ShardResult]:
        for n, part in enumerate(run(self, batches)):
            if n == 2:
                monkeypatch.setattr(auditcache.AuditCache, "save", lambda *_, **__: saved.append(1))
                raise SystemExit
            yield part

    with monkeypatch.context() as patched:
        patched.setattr(history.Workers, "run", killed)
        patched.setattr(history, "_SHARD_BYTES", 64)
        patched.setattr(history, "_SAVE_EVERY_S", -1.0)
        with pytest.raises(SystemExit):
            scan_history(leaky.opened(), ScanSettings(Config(), cache_dir=folder))
    assert saved
    monkeypatch.setattr(auditcache.AuditCache, "save", save)
    assert known(audit(leaky))[0] > 0


def test_a_repository_at_another_place_starts_anew(leaky: Repo, audit: Audit, make_repo: MakeRepo) -> None:
    audit(leaky)
    other = make_repo("other")
    other.git("pull", "-q", str(leaky.path), "main")
    assert known(audit(other))[0] == 0


def test_a_work_tree_shares_what_is_known(leaky: Repo, audit: Audit, tmp_path: Path) -> None:
    from tests.conftest import Repo as Opened

    audit(leaky)
    leaky.git("worktree", "add", "-q", "--detach", str(tmp_path / "tree"))
    report = audit(Opened(tmp_path / "tree", tmp_path / "home", "--adopt"))
    assert known(report) == (report.scan.blobs, report.scan.blobs)


def test_sha256_repositories_are_remembered_too(make_repo: MakeRepo, audit: Audit) -> None:
    repo = make_repo("sha256", "--object-format=sha256")
    repo.commit_file("a.py", leak("one"))
    audit(repo)
    report = audit(repo)
    assert known(report) == (2, 2)
    assert len(report.findings) == 1


def test_both_prefilters_and_both_readers_remember_alike(leaky: Repo, audit: Audit) -> None:
    leaky.git("gc", "-q")
    audit(leaky, reader="pack")
    assert known(audit(leaky, reader="cat-file"))[0] > 0
    assert known(audit(leaky, reader="pack", pure_python=True))[0] == 0


NAMES = st.sampled_from(["a.py", "b/c.txt", ".env", "vendor/x.min.js", "README.md"])
TEXTS = st.sampled_from(
    [
        "nothing\n",
        leak("p"),
        leak("p", "# more\n"),
        leak("q"),
        leak("p") + leak("q"),
        f"{leak('q')[:-1]}  # secretscan:allow\n",
        fill("AWS_ACCESS_KEY_ID={{aws-key-id:AKIA}}\nAWS_SECRET_ACCESS_KEY={{base64:40}}\n", seed="aws"),
        f"password = '{fill('{{alnum:20}}', seed='pw')}'\n",
    ]
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("file"), NAMES, TEXTS),
        st.tuples(st.just("message"), TEXTS, st.just("")),
        st.tuples(st.just("branch"), st.integers(0, 3).map(str), st.just("")),
        st.tuples(st.just("audit"), st.sampled_from(["", "range", "rev"]), st.just("")),
    ),
    min_size=3,
    max_size=14,
)


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_audits_along_a_history_say_what_a_scan_of_everything_says(
    steps: list[tuple[str, str, str]], audit: Audit, make_repo: MakeRepo, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "walked", ignore_errors=True)
    repo = make_repo("walked")
    first = repo.commit_file("first", "first\n")
    repo.commit_file("second", "second\n")
    walks = {"": {}, "rev": {"rev": "HEAD"}, "range": {"range": f"{first}..HEAD"}}
    for kind, one, two in steps:
        match kind:
            case "file":
                repo.commit_file(one, two)
            case "message":
                repo.commit(one)
            case "branch":
                start = repo.git("rev-parse", "-q", "--verify", f"HEAD~{one}", check=False) or "HEAD"
                repo.git("checkout", "-q", "-B", f"branch{one}", start)
            case _:
                audit(repo, **walks[one])
    audit(repo)
    report = audit(repo)
    assert known(report) == (report.scan.blobs, report.scan.blobs)
