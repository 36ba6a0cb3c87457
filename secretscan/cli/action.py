"""`secretscan action`: what the GitHub Action runs. Inputs, event and places come from the runner's environment.

The scan step always leaves SARIF, annotations, a job summary and outputs behind and exits 0; a last step of
action.yml fails the job, after the upload. Only what kept the scan from running fails here.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from secretscan.cli.arguments import LEVELS, ScanArguments
from secretscan.cli.events import Change, change_of
from secretscan.cli.execute import make_settings
from secretscan.cli.exits import Exit, exit_code
from secretscan.cli.options import command_app
from secretscan.cli.output import write_output
from secretscan.errors import RepositoryError, SecretScanError, UsageError
from secretscan.model.paths import printable
from secretscan.model.report import Report
from secretscan.pipeline.settings import ScanSettings
from secretscan.report import OutputFormat, RenderOptions, SarifScope, render
from secretscan.sources.git.ranges import resolve
from secretscan.sources.git.repository import Repository, open_repository

app = command_app("What the GitHub Action runs: scan an event, write SARIF, annotations and a summary.")

_DEPTH: Final = "give actions/checkout `fetch-depth: 0`, so that the commits to compare are there"


@dataclass(frozen=True, slots=True)
class Inputs:
    """The inputs of action.yml, which hands them over as INPUT_* variables."""

    scan: str
    """`auto`: what the event brought; `history`: everything."""
    range: str
    path: str
    category: str
    sarif_scope: str
    arguments: ScanArguments

    @classmethod
    def of(cls, env: Mapping[str, str]) -> Inputs:
        """Return the inputs in `env`. Raises UsageError for a value that is none of the choices."""
        return cls(
            scan=_choice(env, "scan", ("auto", "history")),
            range=env.get("INPUT_RANGE", ""),
            path=env.get("INPUT_PATH") or env.get("GITHUB_WORKSPACE") or ".",
            category=env.get("INPUT_CATEGORY", "").strip("/"),
            sarif_scope=_choice(env, "sarif-scope", ("all", "head")),
            arguments=ScanArguments(
                config=env.get("INPUT_CONFIG", ""),
                baseline=env.get("INPUT_BASELINE", ""),
                min_confidence=_choice(env, "min-confidence", ("", *LEVELS)),
                verify=_choice(env, "verify", ("false", "true")) == "true",
                no_progress=True,
            ),
        )


@dataclass(frozen=True, slots=True)
class Task:
    """One scan to run, and why this one."""

    revisions: str = ""
    """Range; empty for a history or for nothing."""
    rev: str = ""
    """Revision whose history is read; empty for all refs."""
    is_nothing: bool = False
    why: str = ""


@app.command()
def action() -> int:
    """Scan what the event of the workflow brought; exit 0 when the scan ran, whatever it found."""
    env = os.environ
    try:
        inputs = Inputs.of(env)
        repository = open_repository(inputs.path, env)
        task = choose(inputs, repository, env)
        if task.is_nothing:
            _hand_over(
                env, summary=f"### secretscan\n\nNothing to scan: {task.why}.\n", outputs=_outputs(Exit.CLEAN)
            )
            return Exit.CLEAN
        report = _scan(repository, task, make_settings(inputs.arguments, repository.root))
    except SecretScanError as error:
        problem = printable(error.problem)
        print(f"::error title=secretscan::{_escaped(problem)}. {_escaped(printable(error.help))}")
        _hand_over(env, summary=f"### secretscan\n\nThe scan could not run: {_plain(problem)}.\n", outputs={})
        raise
    _publish(report, task, inputs, repository, env)
    return Exit.INTERRUPTED if report.scan.interrupted else Exit.CLEAN


def choose(inputs: Inputs, repository: Repository, env: Mapping[str, str]) -> Task:
    """Return the scan that inputs and event ask for. Raises UsageError when the checkout lacks its commits."""
    if inputs.range:
        return Task(revisions=inputs.range, why="the range that the input names")
    if inputs.scan == "history":
        return Task(why="the whole history, as the input says")
    event = env.get("GITHUB_EVENT_NAME", "")
    change = change_of(event, _payload(env), env.get("GITHUB_SHA", ""))
    if change is None:
        return Task(why=f"the whole history: {event or 'no'} event")
    if not change.head:
        return Task(is_nothing=True, why="the push removed a branch or tag")
    return _task_of(change, repository, event)


def _task_of(change: Change, repository: Repository, event: str) -> Task:
    # by the name the event gave: of a tag the message is read too, and its commit would not lead there
    head = next((rev for rev in (change.head, change.stand_in) if rev and _commit(repository, rev)), "")
    if not head:
        raise UsageError(
            f"the checkout lacks commit {change.head}, which the {event} event is about", help=_advice(event)
        )
    base = _commit(repository, change.base) if change.base else ""
    if base:
        return Task(revisions=f"{base}..{head}", why=f"the commits of the {event} event")
    if change.base and (repository.is_shallow or event != "push"):
        raise UsageError(
            f"the checkout lacks commit {change.base}, with which {head} is compared", help=_advice(event)
        )
    why = "the commits before a forced push are gone" if change.base else "a new branch or tag"
    if change.branch != change.default_branch:
        default = _commit(repository, f"refs/remotes/origin/{change.default_branch}")
        if default:
            return Task(revisions=f"{default}..{head}", why=f"{why}: compared with {change.default_branch}")
    if repository.is_shallow:
        raise UsageError(f"the checkout lacks the commits before {head}", help=_advice(event))
    return Task(rev=head, why=f"the history of {head}: {why}, and nothing to compare with")


def _advice(event: str) -> str:
    if event == "pull_request_target":
        return f"{_DEPTH}, and `ref: refs/pull/<number>/head`; secretscan runs nothing of what it reads"
    return _DEPTH


def _commit(repository: Repository, rev: str) -> str:
    """Return the id of the commit `rev`, or an empty text when the checkout does not have it."""
    try:
        return resolve(repository, rev)
    except RepositoryError:
        return ""


def _scan(repository: Repository, task: Task, settings: ScanSettings) -> Report:
    from secretscan.pipeline.history import scan_history, scan_range

    if task.revisions:
        return scan_range(repository, task.revisions, settings)
    return scan_history(repository, settings, rev=task.rev)


def _publish(
    report: Report, task: Task, inputs: Inputs, repository: Repository, env: Mapping[str, str]
) -> None:
    """Write the reports, print the annotations, and hand over summary and outputs."""
    folder = Path(env.get("RUNNER_TEMP") or ".") / "secretscan"
    folder.mkdir(parents=True, exist_ok=True)
    options = RenderOptions(sarif_scope=SarifScope(inputs.sarif_scope), sarif_category=inputs.category)
    files = {OutputFormat.SARIF: folder / "results.sarif", OutputFormat.JSON: folder / "report.json"}
    for format, path in files.items():
        write_output(render(report, format, options=options), str(path))
    print(render(report, OutputFormat.GITHUB, options=options), end="")
    outputs = _outputs(exit_code(report)) | {
        "findings": str(len(report.findings)),
        "sarif": str(files[OutputFormat.SARIF]),
        "report": str(files[OutputFormat.JSON]),
        "category": f"secretscan/{inputs.category or report.scan.kind}",
        "root": repository.work_tree or repository.git_dir,
    }
    summary = render(report, OutputFormat.MARKDOWN, options=options)
    _hand_over(env, summary=f"{summary}\nWhat was scanned: {_plain(task.why)}.\n", outputs=outputs)


def _outputs(code: Exit) -> dict[str, str]:
    return {"exit-code": str(int(code))}


def _hand_over(env: Mapping[str, str], *, summary: str, outputs: Mapping[str, str]) -> None:
    """Append to the files that the runner reads after the step; without a runner there are none."""
    lines = "".join(f"{name}={value}\n" for name, value in outputs.items())
    for variable, text in (("GITHUB_STEP_SUMMARY", summary), ("GITHUB_OUTPUT", lines)):
        if env.get(variable):
            with Path(env[variable]).open("a", encoding="utf-8", newline="\n") as file:
                file.write(text)


def _payload(env: Mapping[str, str]) -> Mapping[str, object]:
    path = env.get("GITHUB_EVENT_PATH", "")
    if not path:
        return {}
    try:
        payload = json.loads(Path(path).read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(
            f"the payload of the event cannot be read: {path}", help="GITHUB_EVENT_PATH names it on a runner"
        ) from error
    return payload if isinstance(payload, dict) else {}


def _choice(env: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    """Return the input `name`, the first choice when it is empty."""
    value = env.get("INPUT_" + name.upper().replace("-", "_"), "").strip().lower() or choices[0]
    if value not in choices:
        raise UsageError(
            f"the input {name} is {printable(value)}",
            help=f"choose one of {', '.join(filter(None, choices))}",
        )
    return value


def _escaped(text: str) -> str:
    """Return `text` as the message of a workflow command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _plain(text: str) -> str:
    """Return `text` without meaning to markdown: as entities, which no renderer interprets."""
    return "".join(c if c.isalnum() or c in " .,:;/()=-" else f"&#{ord(c)};" for c in printable(text))
