"""What the process tells its caller, for every scan and every kind of bad input."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Cli, Repo

Token = Callable[[str], str]

SCANS = {
    "staged": ("staged",),
    "history": ("history",),
    "range": ("range", "HEAD~1..HEAD"),
    "files": ("files", "."),
    "stdin": ("stdin",),
}
"""Each scan with arguments that work in a repository of two commits."""
scans = pytest.mark.parametrize("scan", SCANS.values(), ids=SCANS.keys())


@pytest.fixture
def clean(repo: Repo) -> Repo:
    """Two commits without a secret."""
    repo.commit_file("a.txt", "one\n")
    repo.commit_file("a.txt", "two\n")
    return repo


def with_leak(repo: Repo, secret: str) -> bytes:
    """Bring a secret to where every scan looks; the same bytes are what `stdin` gets."""
    text = f'import os\nTOKEN = "{secret}"\n'
    repo.commit_file("leak.py", text)
    repo.add("staged.py", text)
    return text.encode()


@scans
def test_a_clean_scan_exits_0(scan: tuple[str, ...], clean: Repo, cli: Cli) -> None:
    done = cli(*scan, cwd=clean.path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "No secrets found" in done.stdout


@scans
def test_a_finding_exits_1_and_is_redacted(
    scan: tuple[str, ...], clean: Repo, cli: Cli, token: Token
) -> None:
    text = with_leak(clean, token("found"))
    done = cli(*scan, "--format", "json", cwd=clean.path, stdin=text)
    report = json.loads(done.stdout)
    assert (done.returncode, [f["rule"] for f in report["findings"]]) == (1, ["github-pat"])
    assert token("found") not in done.stdout + done.stderr
    assert "1 secret found" in done.stderr


@scans
def test_a_report_fits_into_80_columns_where_there_is_no_terminal(
    scan: tuple[str, ...], clean: Repo, cli: Cli, token: Token
) -> None:
    text = with_leak(clean, token("narrow")) + b"# " + b"lorem ipsum " * 20
    clean.add("staged.py", text)
    *lines, summary = cli(*scan, cwd=clean.path, stdin=text).stdout.splitlines()
    commands = ("       secretscan ", "       git ")
    assert [x for x in lines if len(x) > 80 and "://" not in x and not x.startswith(commands)] == []
    assert max(map(len, lines)) > 70
    assert "1 secret found" in summary


@scans
def test_exit_zero_forgives_findings(scan: tuple[str, ...], clean: Repo, cli: Cli, token: Token) -> None:
    text = with_leak(clean, token("forgiven"))
    assert cli(*scan, "--exit-zero", "--quiet", cwd=clean.path, stdin=text).returncode == 0


def failed(done: subprocess.CompletedProcess[str]) -> str:
    """The error of a run that was refused: exit 2, nothing on stdout, a problem and a next step."""
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: ")
    assert "\n  help: " in done.stderr
    return done.stderr


@pytest.mark.parametrize(
    "args",
    [("staged",), ("history",), ("range", "A..B"), ("history", "missing"), ("staged", "--repo", "missing")],
    ids=" ".join,
)
def test_what_is_no_repository_is_named(args: tuple[str, ...], tmp_path: Path, cli: Cli) -> None:
    folder = tmp_path / "plain"
    folder.mkdir()
    error = failed(cli(*args, cwd=folder))
    assert "missing does not exist" in error if "missing" in args else "not in a git repository" in error


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (("range", "nowhere..HEAD"), "nowhere"),
        (("range", "HEAD..--output=x"), "--output=x"),
        (("range", "HEAD --exec=x"), "--exec=x"),
        (("history", "--rev", "nowhere"), "nowhere"),
        (("history", "--since", "banana"), "banana"),
        (("files", "missing.txt"), "missing.txt"),
        (("files", "a.txt", "--config", "none.toml"), "none.toml"),
        (("files", "a.txt", "--baseline", "none.json"), "none.json"),
        (("report", "none.json"), "none.json"),
        (("rules", "show", "github-pet"), "github-pat"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_not_there_is_named(args: tuple[str, ...], named: str, clean: Repo, cli: Cli) -> None:
    assert named in failed(cli(*args, cwd=clean.path))


@pytest.mark.parametrize(
    "args",
    [
        ("histroy",),
        ("history", "--formt", "json"),
        ("staged", "--format", "yaml"),
        ("staged", "--min-confidence", "very"),
        ("files",),
        ("range",),
        ("staged", "--output"),
        ("hooks", "run", "post-commit"),
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_2(args: tuple[str, ...], clean: Repo, cli: Cli) -> None:
    done = cli(*args, cwd=clean.path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr


BAD_CONFIGURATIONS = {
    "no TOML": ("exclude = [\n", ".secretscan.toml:2"),
    "unknown key": ('exlude = ["x"]\n', "exclude"),
    "unknown rule": ('\ndisable = ["github-pet"]\n', "github-pat"),
    "no rule": ("extend = false\n", "leaves no rule"),
    "bad regex": (
        '[[rules]]\nid = "own"\nname = "Own"\ndescription = "Own."\nseverity = "high"\nconfidence = "high"\n'
        "keywords = [\"own\"]\npattern = 'own(?P<secret>[a-z'\nexamples = ['own{{lower:8}}']\n",
        "own",
    ),
}


@scans
@pytest.mark.parametrize(("text", "named"), BAD_CONFIGURATIONS.values(), ids=BAD_CONFIGURATIONS.keys())
def test_a_configuration_that_makes_no_sense_stops_every_scan(
    text: str, named: str, scan: tuple[str, ...], clean: Repo, cli: Cli
) -> None:
    clean.commit_file(".secretscan.toml", text)
    assert named in failed(cli(*scan, cwd=clean.path))


@scans
def test_a_baseline_that_cannot_be_read_stops_every_scan(
    scan: tuple[str, ...], clean: Repo, cli: Cli
) -> None:
    clean.commit_file(".secretscan-baseline.json", "{")
    assert ".secretscan-baseline.json" in failed(cli(*scan, cwd=clean.path))


@scans
@pytest.mark.parametrize("output", ["missing/report.json", ".", "/dev/full"])
def test_a_report_that_cannot_be_written_exits_2(
    output: str, scan: tuple[str, ...], clean: Repo, cli: Cli
) -> None:
    assert output in failed(cli(*scan, "--output", output, cwd=clean.path))


def test_standard_output_that_is_full_exits_2(clean: Repo, cli: Cli) -> None:
    code = (
        "import os, sys; os.dup2(os.open('/dev/full', os.O_WRONLY), 1);"
        "from secretscan.cli.main import run; sys.exit(run(sys.argv[1:]))"
    )
    assert "standard output" in failed(cli("staged", cwd=clean.path, code=code))


def test_a_reader_that_goes_away_is_no_error(clean: Repo, cli: Cli) -> None:
    code = (
        "import os, sys; read, write = os.pipe(); os.close(read); os.dup2(write, 1);"
        "from secretscan.cli.main import run; sys.exit(run(sys.argv[1:]))"
    )
    assert cli("rules", "list", cwd=clean.path, code=code).stderr == ""


def incomplete(done: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    """What a JSON report of an incomplete scan lists as not read."""
    report = json.loads(done.stdout)
    assert report["scan"]["complete"] is False
    return [entry for entry in report["scan"]["skipped"] if not entry["by_design"]]


@scans
def test_a_file_over_the_limit_exits_3_and_is_listed(scan: tuple[str, ...], clean: Repo, cli: Cli) -> None:
    large = b"lorem ipsum\n" * 100
    clean.commit_file("large.txt", large)
    clean.add("larger.txt", large + b"more\n")
    done = cli(*scan, "--max-bytes", "1000", "--format", "json", cwd=clean.path, stdin=large)
    assert done.returncode == 3
    assert incomplete(done)
    assert cli(*scan, "--max-bytes", "1000", "--exit-zero", cwd=clean.path, stdin=large).returncode == 3


def test_a_finding_beside_an_unread_file_exits_1(clean: Repo, cli: Cli, token: Token) -> None:
    clean.write("large.txt", "lorem ipsum\n" * 100)
    clean.write("leak.py", f'TOKEN = "{token("beside")}"\n')
    done = cli("files", ".", "--max-bytes", "1000", "--format", "json", cwd=clean.path)
    assert done.returncode == 1
    assert incomplete(done)


def test_a_shallow_clone_is_never_clean(clean: Repo, cli: Cli, tmp_path: Path) -> None:
    clean.git("clone", "-q", "--depth=1", clean.path.as_uri(), str(tmp_path / "shallow"))
    done = cli("history", "shallow", "--format", "json")
    assert done.returncode == 3
    assert "shallow" in str(incomplete(done))


@pytest.mark.parametrize("damage", ["missing", "corrupt"])
@pytest.mark.parametrize("scan", [("history",), ("range", "HEAD~1..HEAD")], ids=["history", "range"])
def test_an_object_that_cannot_be_read_exits_3(
    damage: str, scan: tuple[str, ...], clean: Repo, cli: Cli
) -> None:
    lost = clean.oid("HEAD:a.txt")
    file = clean.loose_file(lost)
    file.chmod(0o644)
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(b"no zlib stream")
    done = cli(*scan, "--format", "json", cwd=clean.path)
    assert done.returncode == 3
    assert lost[:10] in str(incomplete(done))


_INTERRUPTED_AT_THE_FIFTH_BLOB = """
import os, signal, sys
from secretscan.engine import scanner
from secretscan.pipeline import files, history
files._BATCH_FILES = history._SHARD_BYTES = 1  # what a worker holds when it is interrupted is not reported
history._ALONE_BYTES = 0
seen = []
def interrupting(plain):
    def counted(*arguments):
        seen.append(arguments)
        if len(seen) == 5:
            os.kill(os.getpid(), signal.SIGINT)
        return plain(*arguments)
    return counted
scanner.Scanner.scan = interrupting(scanner.Scanner.scan)
files.read_file = interrupting(files.read_file)
from secretscan.cli.main import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    "scan",
    [("staged",), ("history", "--jobs", "1", "--reader", "cat-file"), ("files", ".", "--jobs", "1")],
    ids=lambda scan: scan[0],
)
def test_an_interrupt_reports_what_was_found_and_exits_130(
    scan: tuple[str, ...], repo: Repo, cli: Cli, token: Token
) -> None:
    for number in range(10):
        repo.add(f"{number}.py", f'TOKEN = "{token(f"interrupted {number}")}"\n')
    if scan[0] == "history":
        repo.commit("all")
    done = cli(*scan, "--format", "json", cwd=repo.path, code=_INTERRUPTED_AT_THE_FIFTH_BLOB)
    assert done.returncode == 130
    report = json.loads(done.stdout)
    assert (report["scan"]["interrupted"], report["scan"]["complete"]) == (True, False)
    assert 0 < len(report["findings"]) < 10
