"""Runs the composite action as a runner would: expressions, environment files, bash steps, recorded payloads."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[3]
EVENTS = ROOT / "fixtures" / "events"
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|&&|\|\||==|!=|[A-Za-z_][\w.-]*(?:\(\))?|[()])")
_OPERATORS = {"&&": " and ", "||": " or ", "==": "==", "!=": "!=", "(": "(", ")": ")"}


class Scope(dict[str, Any]):
    """Contexts of a run: inputs, steps, github."""

    def value(self, expression: str) -> Any:
        """What an expression of the kinds that action.yml uses comes to."""
        python, at, stripped = "", 0, expression.strip()
        while at < len(stripped):
            token = _TOKEN.match(stripped, at)
            assert token, f"expression this runner does not know: {expression}"
            word, at = token[1], token.end()
            if word in _OPERATORS:
                python += _OPERATORS[word]
            elif word[0] == "'":
                python += repr(word[1:-1].replace("''", "'"))
            elif word in ("true", "false"):
                python += word.capitalize()
            else:
                python += f"look({word!r})"
        return eval(python, {"look": self._look})

    def _look(self, name: str) -> Any:
        if name == "always()":
            return True
        found: Any = self
        for part in name.split("."):
            found = found.get(part, "") if isinstance(found, dict) else ""
        return found

    def text(self, template: Any) -> str:
        """A value of the workflow file with its expressions filled in."""
        if not isinstance(template, str):
            return str(template).lower() if isinstance(template, bool) else str(template)
        return _EXPRESSION.sub(lambda m: _as_text(self.value(m[1])), template)

    def truth(self, condition: Any) -> bool:
        """Whether an `if` or `continue-on-error` holds."""
        if isinstance(condition, bool):
            return condition
        whole = _EXPRESSION.fullmatch(condition.strip())
        return bool(self.value(whole[1] if whole else condition))


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@dataclass
class Run:
    """What a run of the action left behind."""

    code: int = 0
    log: str = ""
    summary: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    sarif: dict[str, Any] | None = None
    uploaded_with: dict[str, str] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    """Names of the steps that ran, in order."""

    @property
    def rules(self) -> list[str]:
        """Rule ids of the uploaded results."""
        assert self.sarif is not None
        return [result["ruleId"] for result in self.sarif["runs"][0]["results"]]

    @property
    def everything(self) -> str:
        """All text that leaves the runner."""
        return self.log + self.summary + json.dumps(self.sarif) + json.dumps(self.outputs)


class Runner:
    """One runner: a temporary folder, a workspace, and the program once it is installed."""

    def __init__(self, folder: Path, program: str = "", cache: Path | None = None) -> None:
        self.temp = folder / "runner-temp"
        self.temp.mkdir(parents=True, exist_ok=True)
        self.cache = cache or self.temp / "cache"
        self.program = program
        self.upload_fails = False

    def run(self, event: str, payload: str, workspace: Path, oids: Mapping[str, str], **inputs: str) -> Run:
        """Run the action for `event` with the recorded `payload`, its commit ids filled in."""
        recorded = (EVENTS / f"{payload}.json").read_text()
        for name, oid in oids.items():
            recorded = recorded.replace("{{" + name + "}}", oid)
        event_path = self.temp / "event.json"
        event_path.write_text(recorded)
        defaults = {name: str(spec["default"]) for name, spec in ACTION["inputs"].items()}
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        assert set(given) <= set(defaults)
        scope = Scope(
            inputs=defaults | given,
            steps={},
            github={"event": json.loads(recorded), "actor": "ada", "workspace": str(workspace)},
        )
        env = self._environment(event, event_path, workspace, oids.get("sha") or oids.get("after", ""))
        done = Run()
        summary = self.temp / "summary.md"
        summary.write_text("")
        for step in ACTION["runs"]["steps"]:
            condition = step.get("if", "")
            wanted = scope.truth(condition) if condition else done.code == 0
            if done.code and "always()" not in str(condition):
                wanted = False
            if wanted:
                self._step(step, scope, env, workspace, done)
        done.summary = summary.read_text()
        done.outputs = {k: scope.text(spec["value"]) for k, spec in ACTION["outputs"].items()}
        return done

    def _environment(self, event: str, payload: Path, workspace: Path, sha: str) -> dict[str, str]:
        home = self.temp / "home"
        home.mkdir(exist_ok=True)
        cache = os.environ.get("PIP_CACHE_DIR") or str(Path.home() / ".cache" / "pip")
        return {
            **{
                k: os.environ[k] for k in os.environ if k.startswith(("PIP_", "SSL_")) or k.endswith("_proxy")
            },
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "PIP_CACHE_DIR": cache,
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(payload),
            "GITHUB_SHA": sha,
            "GITHUB_WORKSPACE": str(workspace),
            "GITHUB_STEP_SUMMARY": str(self.temp / "summary.md"),
            "RUNNER_TEMP": str(self.temp),
            "SECRETSCAN_CACHE_DIR": str(self.cache),
        }

    def _step(self, step: dict[str, Any], scope: Scope, env: dict[str, str], cwd: Path, done: Run) -> None:
        done.order.append(step["name"])
        outputs: dict[str, str] = {}
        if "uses" in step:
            code = self._uses(step, scope, outputs, done)
        elif step.get("id") == "install" and self.program:
            code, outputs["program"] = 0, self.program
        else:
            code = self._bash(step, scope, env, cwd, outputs, done)
        if step.get("id"):
            scope["steps"][step["id"]] = {"outputs": outputs}
        if code and not scope.truth(step.get("continue-on-error", False)):
            done.code = done.code or code

    def _uses(self, step: dict[str, Any], scope: Scope, outputs: dict[str, str], done: Run) -> int:
        given = {name: scope.text(value) for name, value in step["with"].items()}
        if step["uses"].startswith("actions/setup-python@"):
            assert given["update-environment"] == "false"
            outputs["python-path"] = sys.executable
            return 0
        assert step["uses"].startswith("github/codeql-action/upload-sarif@")
        done.uploaded_with = given
        done.sarif = json.loads(Path(given["sarif_file"]).read_text())
        return 1 if self.upload_fails else 0

    def _bash(
        self,
        step: dict[str, Any],
        scope: Scope,
        env: dict[str, str],
        cwd: Path,
        outputs: dict[str, str],
        done: Run,
    ) -> int:
        script = self.temp / "step.sh"
        script.write_text(step["run"])
        output = self.temp / "output.txt"
        output.write_text("")
        own = {name: scope.text(value) for name, value in step.get("env", {}).items()}
        ran = subprocess.run(
            # As documented for `shell: bash`.
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=cwd,
            env={**env, **own, "GITHUB_OUTPUT": str(output)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        done.log += ran.stdout + ran.stderr
        outputs.update(line.split("=", 1) for line in output.read_text().splitlines())
        return ran.returncode
