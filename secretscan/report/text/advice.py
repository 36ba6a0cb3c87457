"""What to do next, by the kind of scan. Stands once, after the findings."""

from __future__ import annotations

import re
from typing import Final

from secretscan.model.counts import plural
from secretscan.model.report import FindingRecord, Report
from secretscan.report.ansi import Paint
from secretscan.report.options import RenderOptions
from secretscan.report.phrases import short_commit
from secretscan.report.printable import escape_controls, wrap
from secretscan.report.text.comments import takes_comment

FILES_NAMED: Final = 3
"""Files put into the commands to copy; with more of them the commands say FILE. So it is with fingerprints."""

_SAFE: Final = re.compile(r"[A-Za-z0-9_@%+=:,./-]+\Z")


def next_steps(report: Report, options: RenderOptions, paint: Paint, width: int) -> list[str]:
    """Return the advice for a report with findings, ending in an empty line."""
    match options.hook or report.scan.kind:
        case "staged":
            lines = _staged(report, paint, width)
        case "pre-push" | "pre-receive":
            lines = _pushed(report, paint, width)
        case "commit-msg":
            lines = _message(report, paint, width)
        case "history" | "range":
            lines = _history(report, paint, width)
        case _:
            lines = _section(
                "What to do",
                [
                    "Move each value out of the text, into the environment or a secret store.",
                    "Revoke whatever was ever pushed, sent or shared: it has leaked.",
                ],
                paint,
                width,
            )
    return [*lines, *_not_a_secret(report, options, paint), ""]


def _section(heading: str, steps: list[str], paint: Paint, width: int) -> list[str]:
    lines = [paint.bold(heading)]
    for number, step in enumerate(steps, 1):
        # A step may carry a command to copy on a line of its own, which is never wrapped.
        text, *commands = step.split("\n")
        first, *rest = wrap(text, width - 5)
        lines += [f"  {number}. {first}", *(f"     {line}" for line in rest)]
        lines += [f"       {paint.label(command)}" for command in commands]
    return lines


def _staged(report: Report, paint: Paint, width: int) -> list[str]:
    files = _files(report.findings)
    return _section(
        "To commit without the secret",
        [
            "Move the value out of the file, to the environment or a secret store, and stage the file again:"
            f"\ngit add {files}",
            # Not `git restore --staged`, which fails before the first commit.
            f"Or leave the file out of this commit:\ngit reset -- {files}",
            "Was the value ever pushed, sent or shared? Then it has leaked: revoke it too.",
        ],
        paint,
        width,
    )


def _message(report: Report, paint: Paint, width: int) -> list[str]:
    steps = [
        "Take the value out of the message, which git has kept; this opens it again:"
        f"\ngit commit -e -F {_files(report.findings)}",
        "Was the value ever pushed, sent or shared? Then it has leaked: revoke it too.",
    ]
    return _section("To commit without the secret", steps, paint, width)


def _pushed(report: Report, paint: Paint, width: int) -> list[str]:
    """Advice for commits that no other repository has: there is nothing to undo yet."""
    amend, edit = "git commit --amend", f"git rebase -i {_first_commit(report.findings)}^"
    if report.scan.commits == 1:
        which, change = "this commit", f"\n{amend}"
    elif any(f.exposure is not None and f.exposure.removed is not None for f in report.findings):
        which, change = "these commits", f"\n{edit}"
    else:
        comment = "  # where the last commit has it"
        which, change = (
            "these commits",
            f"\n{amend:{len(edit)}}{comment}\n{edit}  # where an earlier one has it",
        )
    steps = [
        f"It is not pushed yet: take it out of {which}. A later commit that removes it is not enough.{change}",
        "Push again.",
        "Was the value ever sent or shared otherwise? Then it has leaked: revoke it too.",
    ]
    return _section("To push without the secret", steps, paint, width)


def _first_commit(findings: tuple[FindingRecord, ...]) -> str:
    """Return the oldest of the commits that brought a secret, as git takes it; words when none is known."""
    came = [f.exposure.introduced for f in findings if f.exposure and f.exposure.introduced]
    oldest = min(came, key=lambda moment: (moment.date, moment.commit), default=None)
    return "<first commit that has it>" if oldest is None else short_commit(oldest.commit)


def _history(report: Report, paint: Paint, width: int) -> list[str]:
    total = len(report.findings)
    in_head = sum(f.exposure is not None and f.exposure.in_head for f in report.findings)
    steps = [
        "Rotate first: revoke each credential and issue a new one. Rewriting history does not undo the leak, "
        "for clones, forks and caches keep the old commits."
    ]
    if in_head:
        what = "the value" if in_head == 1 else f"the {in_head:,} values"
        share = "" if in_head == total else f" (of {total:,})"
        steps.append(f"Move {what}{share} that HEAD still holds out of the files.")
    if report.scan.kind == "history":
        target = _target(report)
        rewrite = (
            f'\ngit -C{target} filter-repo --replace-text "$PWD/replacements.txt"'
            if target
            else "\ngit filter-repo --replace-text replacements.txt"
        )
        steps.append(
            "Only then, and only if you must, rewrite the history:"
            f"\nsecretscan history{target} --show-secrets --format filter-repo --output replacements.txt{rewrite}"
        )
    return _section("What to do", steps, paint, width)


def _not_a_secret(report: Report, options: RenderOptions, paint: Paint) -> list[str]:
    """Return how to let the findings pass. What is not committed yet, or sent to a server, no baseline holds."""
    marks = [finding.fingerprint for finding in report.findings if not takes_comment(finding)]
    lines = [paint.bold("Not a secret?")]
    if len(marks) < len(report.findings):
        lines.append(_comment(report, paint))
    if options.hook in ("commit-msg", "pre-receive"):
        asking = "  Where no comment can stand: ask those who run the server to allow the fingerprint"
        return [*lines, *([asking] if marks else [])]
    if marks:
        lines += _allowed_by_fingerprint(marks, paint)
    everything = "it" if len(report.findings) == 1 else f"all {plural(len(report.findings), 'finding')}"
    return [*lines, *_accepting(report, f"  Or accept {everything}: ", paint)]


def _allowed_by_fingerprint(marks: list[str], paint: Paint) -> list[str]:
    """Return what to write into the configuration for findings in files that hold no comments."""
    shown = ", ".join(f'"{mark}"' for mark in marks) if len(marks) <= FILES_NAMED else '"FINGERPRINT"'
    entry = ("[[allow]]", 'reason = "WHY"', f"fingerprints = [{shown}]")
    return [
        "  Where no comment can stand, as in JSON, add to .secretscan.toml:",
        *(f"       {paint.label(line)}" for line in entry),
    ]


def _comment(report: Report, paint: Paint) -> str:
    rules = list(dict.fromkeys(finding.rule for finding in report.findings))
    comment = paint.label(f"`secretscan:allow {escape_controls(rules[0]) if len(rules) == 1 else 'RULE'}`")
    return f"  Comment on its line: {comment}" + ("" if len(rules) == 1 else " (the name in brackets)")


def _accepting(report: Report, head: str, paint: Paint) -> list[str]:
    """Return `head` with the command that puts the findings into the baseline; nothing where there is none."""
    match report.scan.kind:
        case "history":
            return [head + paint.label(f"`secretscan baseline write{_target(report)}`")]
        case "range":
            return [head + paint.label("`secretscan baseline write`")]
        case "staged":
            return [head + paint.label("`secretscan baseline write --staged`") + ", then `git add` its file"]
        case "files" | "stdin":
            again = f"{head}scan with {paint.label('`-f json -o report.json`')}, then"
            return [again, "    " + paint.label("`secretscan baseline write --report report.json`")]
        case _:
            return []


def _target(report: Report) -> str:
    """Return the repository of a history as a further word of a command; nothing where that is the folder at hand."""
    target = report.scan.target
    if target in ("", "."):
        return ""
    return f" {_quoted(target)}" if _can_be_typed(target) else " REPO"


def _files(findings: tuple[FindingRecord, ...]) -> str:
    """Return the files, quoted for a shell; `FILE` when there are many or one cannot be typed."""
    paths = list(dict.fromkeys(location.path for finding in findings for location in finding.locations))
    if not paths or len(paths) > FILES_NAMED or not all(map(_can_be_typed, paths)):
        return "FILE"
    return " ".join(_quoted(path) for path in paths)


def _can_be_typed(path: str) -> bool:
    return path.isprintable() and "\\" not in path


def _quoted(path: str) -> str:
    if path.startswith("-"):
        path = "./" + path
    return path if _SAFE.match(path) else "'" + path.replace("'", "'\"'\"'") + "'"
