"""The GitHub Action, step by step, on every event it serves."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from composite_runner import ACTION, ROOT, Run, Runner
from tests_repo import Repo, checkout

Secrets = Callable[[str], str]

_UPLOAD = "Upload to code scanning"


@pytest.fixture(scope="module")
def sarif_schema() -> Any:
    schema = json.loads((ROOT / "fixtures" / "schemas" / "sarif-2.1.0.json").read_text())
    return jsonschema.validators.validator_for(schema)(schema)


@pytest.fixture
def origin(repo: Repo, secret: Secrets) -> Repo:
    """main: an old leak, already known to everybody; then two clean commits."""
    repo.commit_file("old.py", f'TOKEN = "{secret("old")}"\n', "first")
    repo.commit_file("readme.txt", "hello\n", "second")
    repo.commit_file("readme.txt", "hello there\n", "third")
    return repo


def leak(repo: Repo, secret: Secrets, name: str = "new") -> str:
    return repo.commit_file(f"{name}.py", f'import os\nTOKEN = "{secret(name)}"\n', f"add {name}")


def annotations(done: Run) -> list[str]:
    return re.findall(r"^::(?:error|warning) (?:file=([^,]+),line=\d+)", done.log, re.MULTILINE)


def test_a_clean_push_passes_and_still_uploads(origin: Repo, runner: Runner, sarif_schema: Any) -> None:
    before = origin.head
    after = origin.commit_file("readme.txt", "bye\n")
    done = runner.run("push", "push", checkout(origin, "main"), {"before": before, "after": after})
    assert (done.code, done.rules, done.outputs["exit-code"]) == (0, [], "0")
    assert done.uploaded_with["category"] == "secretscan/range"
    assert "No secrets found in 1 commit" in done.summary
    sarif_schema.validate(done.sarif)


def test_a_push_with_a_secret_uploads_and_then_fails(
    origin: Repo, runner: Runner, secret: Secrets, sarif_schema: Any
) -> None:
    before, after = origin.head, leak(origin, secret)
    done = runner.run("push", "push", checkout(origin, "main"), {"before": before, "after": after})
    assert (done.code, done.outputs["exit-code"], done.outputs["findings"]) == (1, "1", "1")
    assert done.order.index(_UPLOAD) < done.order.index("Decide")
    assert done.rules == ["github-pat"]
    assert annotations(done) == ["new.py"]
    assert "github&#45;pat" in done.summary or "github-pat" in done.summary
    sarif_schema.validate(done.sarif)
    assert done.sarif is not None
    assert done.sarif["runs"][0]["automationDetails"]["id"] == "secretscan/range/"
    assert secret("new") not in done.everything
    assert secret("old") not in done.everything
    report = json.loads(Path(done.outputs["report"]).read_text())
    assert [f["locations"][0]["path"] for f in report["findings"]] == ["new.py"]


def test_findings_pass_when_the_workflow_says_so_but_an_unread_part_does_not(
    origin: Repo, runner: Runner, secret: Secrets
) -> None:
    before, after = origin.head, leak(origin, secret)
    oids = {"before": before, "after": after}
    done = runner.run("push", "push", checkout(origin, "main"), oids, fail_on_findings="false")
    assert (done.code, done.outputs["exit-code"]) == (0, "1")


def test_a_new_branch_is_compared_with_the_default_branch(
    origin: Repo, runner: Runner, secret: Secrets
) -> None:
    origin.git("checkout", "-q", "-b", "feature")
    after = leak(origin, secret)
    done = runner.run("push", "push-new-branch", checkout(origin, "feature"), {"after": after})
    assert (done.code, annotations(done)) == (1, ["new.py"])


def test_a_new_branch_without_commits_of_its_own_is_clean(origin: Repo, runner: Runner) -> None:
    origin.git("checkout", "-q", "-b", "feature")
    done = runner.run("push", "push-new-branch", checkout(origin, "feature"), {"after": origin.head})
    assert (done.code, done.rules) == (0, [])


def test_a_tag_is_compared_with_the_default_branch(origin: Repo, runner: Runner, secret: Secrets) -> None:
    origin.git("checkout", "-q", "--detach")
    leak(origin, secret)
    origin.git("tag", "-a", "-m", "v1", "v1")
    origin.git("checkout", "-q", "main")
    done = runner.run("push", "push-tag", checkout(origin, "main"), {"after": origin.oid("v1")})
    assert (done.code, annotations(done)) == (1, ["new.py"])


@pytest.mark.parametrize("branch", ["main", "nowhere"])
def test_the_message_of_a_pushed_tag_is_scanned(
    origin: Repo, runner: Runner, secret: Secrets, branch: str
) -> None:
    origin.git("checkout", "-q", "--orphan", "other")
    origin.git("rm", "-q", "-r", "--cached", ".")
    origin.commit("clean", clean="clean\n")
    if branch == "nowhere":
        origin.git("branch", "-D", "main")
    origin.git("tag", "-a", "-m", f"release {secret('new')}", "v1")
    done = runner.run("push", "push-tag", checkout(origin, "other"), {"after": origin.oid("v1")})
    assert (done.code, done.rules) == (1, ["github-pat"])
    assert secret("new") not in done.everything


def test_the_first_push_scans_all_of_its_history(origin: Repo, runner: Runner) -> None:
    done = runner.run("push", "push-first", checkout(origin, "main"), {"after": origin.head})
    assert (done.code, annotations(done)) == (1, ["old.py"])
    assert done.uploaded_with["category"] == "secretscan/history"


def test_a_forced_push_whose_old_commits_are_gone_scans_the_history(
    origin: Repo, runner: Runner, secret: Secrets
) -> None:
    gone = "ab" * 20
    after = leak(origin, secret)
    done = runner.run("push", "push-forced", checkout(origin, "main"), {"before": gone, "after": after})
    assert (done.code, sorted(annotations(done))) == (1, ["new.py", "old.py"])
    assert "forced push" in done.summary


def test_a_forced_push_whose_old_commits_are_there_scans_what_it_brings(
    origin: Repo, runner: Runner, secret: Secrets
) -> None:
    before = origin.head
    origin.git("branch", "kept")
    origin.git("reset", "-q", "--hard", "HEAD~1")
    after = leak(origin, secret)
    done = runner.run("push", "push-forced", checkout(origin, "main"), {"before": before, "after": after})
    assert (done.code, annotations(done)) == (1, ["new.py"])


def test_a_removed_branch_brings_nothing_to_scan(origin: Repo, runner: Runner) -> None:
    workspace = checkout(origin, "main")
    done = runner.run("push", "push-deleted", workspace, {"before": origin.head, "sha": origin.head})
    assert (done.code, done.sarif) == (0, None)
    assert _UPLOAD not in done.order
    assert "Nothing to scan" in done.summary


@pytest.fixture
def pull_request(origin: Repo, secret: Secrets) -> dict[str, str]:
    """A pull request that adds a secret and takes it out again, while main went on; with its merge."""
    base = origin.head
    origin.git("checkout", "-q", "-b", "feature")
    leak(origin, secret)
    origin.git("rm", "-q", "new.py")
    head = origin.commit("take it out")
    origin.git("checkout", "-q", "main")
    origin.commit_file("other.txt", "main goes on\n")
    origin.git("checkout", "-q", "--detach")
    merge = origin.merge("feature")
    origin.git("update-ref", "refs/pull/7/head", head)
    origin.git("update-ref", "refs/pull/7/merge", merge)
    origin.git("branch", "-q", "-D", "feature")
    origin.git("checkout", "-q", "main")
    return {"before": base, "after": head, "merge": merge, "sha": merge}


def test_a_pull_request_is_judged_by_every_commit_it_brings(
    origin: Repo, runner: Runner, pull_request: dict[str, str]
) -> None:
    workspace = checkout(origin, "refs/pull/7/merge")
    done = runner.run("pull_request", "pull_request", workspace, pull_request)
    assert (done.code, annotations(done)) == (1, ["new.py"])
    assert not (workspace / "pwned").exists()


def test_a_fork_whose_token_may_not_upload_is_told_by_summary_and_annotations(
    origin: Repo, runner: Runner, pull_request: dict[str, str]
) -> None:
    runner.upload_fails = True
    done = runner.run(
        "pull_request", "pull_request-fork", checkout(origin, "refs/pull/7/merge"), pull_request
    )
    assert (done.code, annotations(done)) == (1, ["new.py"])
    assert "1 secret found" in done.summary


def test_a_failed_upload_of_a_clean_fork_passes_and_of_an_own_branch_fails(
    origin: Repo, runner: Runner
) -> None:
    runner.upload_fails = True
    base = origin.head
    head = origin.commit_file("readme.txt", "bye\n")
    oids = {"before": base, "after": head, "merge": head, "sha": head}
    workspace = checkout(origin, "main")
    assert runner.run("pull_request", "pull_request-fork", workspace, oids).code == 0
    assert runner.run("pull_request", "pull_request", workspace, oids).code == 1


def test_pull_request_target_says_how_to_get_the_head(
    origin: Repo, runner: Runner, pull_request: dict[str, str]
) -> None:
    oids = {**pull_request, "sha": pull_request["before"]}
    done = runner.run("pull_request_target", "pull_request_target", checkout(origin, "main"), oids)
    assert (done.code, done.sarif) == (2, None)
    assert "refs/pull/<number>/head" in done.log
    with_head = checkout(origin, "refs/pull/7/head", "head")
    done = runner.run("pull_request_target", "pull_request_target", with_head, oids)
    assert (done.code, annotations(done)) == (1, ["new.py"])


def test_a_merge_group_scans_what_the_queue_adds(origin: Repo, runner: Runner, secret: Secrets) -> None:
    base = origin.head
    origin.git("checkout", "-q", "-b", "gh-readonly-queue/main/pr-7")
    head = leak(origin, secret)
    workspace = checkout(origin, "gh-readonly-queue/main/pr-7")
    done = runner.run("merge_group", "merge_group", workspace, {"before": base, "after": head})
    assert (done.code, annotations(done)) == (1, ["new.py"])


@pytest.mark.parametrize("event", ["schedule", "workflow_dispatch"])
def test_a_schedule_audits_the_whole_history(event: str, origin: Repo, runner: Runner) -> None:
    origin.git("rm", "-q", "old.py")
    origin.commit("clean up")
    done = runner.run(event, event, checkout(origin, "main"), {"sha": origin.head})
    assert (done.code, annotations(done)) == (1, ["old.py"])
    assert done.uploaded_with["category"] == "secretscan/history"
    assert runner.run(event, event, checkout(origin, "main", "again"), {}, sarif_scope="head").rules == []


def test_a_shallow_checkout_is_told_what_it_lacks(
    origin: Repo, runner: Runner, pull_request: dict[str, str]
) -> None:
    before = origin.head
    after = origin.commit_file("readme.txt", "bye\n")
    shallow = checkout(origin, "main", "shallow", "--depth=1")
    done = runner.run("push", "push", shallow, {"before": before, "after": after})
    assert (done.code, done.sarif) == (2, None)
    assert "fetch-depth: 0" in done.log
    assert before in done.summary
    merge = checkout(origin, "refs/pull/7/merge", "merge", "--depth=1")
    done = runner.run("pull_request", "pull_request", merge, pull_request)
    assert done.code == 2
    assert "fetch-depth: 0" in done.log


def test_the_audit_of_a_shallow_checkout_is_never_clean(origin: Repo, runner: Runner) -> None:
    origin.git("rm", "-q", "old.py")
    origin.commit("clean up")
    shallow = checkout(origin, "main", "shallow", "--depth=1")
    done = runner.run("schedule", "schedule", shallow, {}, fail_on_findings="false")
    assert (done.code, done.outputs["exit-code"]) == (3, "3")
    assert "Not read" in done.summary
    assert done.sarif is not None
    assert done.sarif["runs"][0]["invocations"][0]["executionSuccessful"] is False


@pytest.mark.parametrize(
    "inputs",
    [
        {"range": "$(touch pwned)"},
        {"range": "'; touch pwned; '"},
        {"config": "`touch pwned`"},
        {"scan": "auto; touch pwned"},
        {"min_confidence": '"; touch pwned #'},
    ],
    ids=lambda inputs: next(iter(inputs)),
)
def test_no_input_becomes_shell_code(inputs: dict[str, str], origin: Repo, runner: Runner) -> None:
    workspace = checkout(origin, "main")
    oids = {"before": origin.oid("HEAD~1"), "after": origin.head}
    done = runner.run("push", "push", workspace, oids, **inputs)
    assert (done.code, done.sarif) == (2, None)
    assert not (workspace / "pwned").exists()
    assert "::error title=secretscan::" in done.log


def test_nothing_in_the_checkout_is_imported_or_obeyed(origin: Repo, runner: Runner, secret: Secrets) -> None:
    before = origin.head
    for name in ("secretscan", "regex", "hyperscan", "json", "sitecustomize"):
        origin.add(f"{name}.py", "import pathlib\npathlib.Path('pwned').touch()\n")
    origin.add("secretscan/__init__.py", "import pathlib\npathlib.Path('pwned').touch()\n")
    after = leak(origin, secret)
    workspace = checkout(origin, "main")
    done = runner.run("push", "push", workspace, {"before": before, "after": after})
    assert (done.code, annotations(done)) == (1, ["new.py"])
    assert not (workspace / "pwned").exists()


def test_what_a_configuration_takes_away_stands_in_the_summary(
    origin: Repo, runner: Runner, secret: Secrets
) -> None:
    before = origin.head
    origin.add(".secretscan.toml", 'exclude = ["new.py"]\n')
    after = leak(origin, secret)
    done = runner.run("push", "push", checkout(origin, "main"), {"before": before, "after": after})
    assert done.code == 0
    assert "does not scan paths" in done.summary
    assert "new.py" in done.summary


def test_a_broken_configuration_is_an_error_with_file_and_line(origin: Repo, runner: Runner) -> None:
    before = origin.head
    after = origin.commit_file(".secretscan.toml", "exclude = [\n")
    done = runner.run("push", "push", checkout(origin, "main"), {"before": before, "after": after})
    assert (done.code, done.sarif) == (2, None)
    assert re.search(r"^::error title=secretscan::\.secretscan\.toml:\d", done.log, re.MULTILINE)
    assert "Traceback" not in done.log


def test_the_category_can_be_chosen(origin: Repo, runner: Runner) -> None:
    oids = {"before": origin.oid("HEAD~1"), "after": origin.head}
    done = runner.run("push", "push", checkout(origin, "main"), oids, category="backend")
    assert done.sarif is not None
    assert done.sarif["runs"][0]["automationDetails"]["id"] == "secretscan/backend/"
    assert done.uploaded_with["category"] == "secretscan/backend"


def _workflows() -> list[Path]:
    return [ROOT / "action.yml", *sorted((ROOT / ".github" / "workflows").glob("*.yml"))]


@pytest.mark.parametrize("path", _workflows(), ids=lambda path: path.name)
def test_other_actions_are_pinned_and_no_expression_reaches_a_shell(path: Path) -> None:
    document = yaml.safe_load(path.read_text())
    jobs = document["jobs"].values() if "jobs" in document else [document["runs"]]
    steps = [step for job in jobs for step in job["steps"]]
    assert steps
    for step in steps:
        uses = step.get("uses", "./")
        assert uses == "./" or re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", uses)
        assert "${{" not in step.get("run", "")
    if "jobs" in document:
        assert document["permissions"] == {}


def test_every_input_is_used_and_nothing_needs_a_licence() -> None:
    text = (ROOT / "action.yml").read_text()
    for name in ACTION["inputs"]:
        assert f"inputs.{name}" in text
    assert not re.search(r"licen[cs]e|secrets\.", text, re.IGNORECASE)
