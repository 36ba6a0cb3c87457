"""The hooks under the real pre-commit framework, installed from this repository as users install them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from secretscan.cli.execute import cache_dir
from secretscan.rules.samples import fill

ROOT = Path(__file__).resolve().parents[3]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
SHIPPED = ("secretscan", "patterns", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")


@dataclass
class Project:
    """A repository whose hooks are run by the framework, and the remote it pushes to."""

    path: Path
    remote: Path
    env: dict[str, str]

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.path,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def git(self, *args: str) -> str:
        done = self.run("git", *args)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def stage(self, name: str, content: str | bytes) -> None:
        (self.path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        self.git("add", "--", name)

    def reset(self) -> None:
        """Back to what the remote has, with a clean work tree."""
        self.git("reset", "-q", "--hard", "origin/main")
        self.git("clean", "-q", "-d", "-f")


def token(name: str) -> str:
    return fill("{{github-crc32:ghp_}}", seed=f"precommit/{name}")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    home = tmp_path_factory.mktemp("home")
    pip_cache = os.environ.get("PIP_CACHE_DIR") or str(Path.home() / ".cache" / "pip")
    kept = {k: v for k, v in os.environ.items() if k.startswith(("PIP_", "SSL_")) or k.endswith("_proxy")}
    return {
        **kept,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "PIP_CACHE_DIR": pip_cache,
        "PRE_COMMIT_HOME": str(home / "pre-commit"),
        "SECRETSCAN_CACHE_DIR": str((cache_dir() or home / "secretscan").parent),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ada Author",
        "GIT_AUTHOR_EMAIL": "ada@example.invalid",
        "GIT_COMMITTER_NAME": "Ada Author",
        "GIT_COMMITTER_EMAIL": "ada@example.invalid",
    }


@pytest.fixture(scope="module")
def hooks_repository(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Path:
    """This repository as the framework would clone it, at a tag."""
    folder = tmp_path_factory.mktemp("secretscan")
    for name in SHIPPED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    for args in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "release"), ("tag", "v0.1.0")):
        subprocess.run(["git", *args], cwd=folder, env=environment, check=True)
    return folder


@pytest.fixture(scope="module")
def installed(
    tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str], hooks_repository: Path
) -> Project:
    """A project whose hooks are installed; once for the module, since it takes an installation with pip."""
    folder = tmp_path_factory.mktemp("project")
    project = Project(folder / "work", folder / "remote.git", environment)
    project.path.mkdir()
    project.git("init", "-q", "-b", "main")
    project.git("init", "-q", "--bare", str(project.remote))
    project.git("remote", "add", "origin", str(project.remote))
    hooks = [{"id": name} for name in ("secretscan", "secretscan-push", "secretscan-commit-msg")]
    config = {"repos": [{"repo": hooks_repository.as_uri(), "rev": "v0.1.0", "hooks": hooks}]}
    project.stage(".pre-commit-config.yaml", yaml.safe_dump(config))
    project.git("commit", "-q", "-m", "begin")
    project.git("push", "-q", "origin", "main")
    types = ("pre-commit", "pre-merge-commit", "pre-push", "commit-msg")
    done = project.run("pre-commit", "install", "--install-hooks", *(f"--hook-type={t}" for t in types))
    assert done.returncode == 0, done.stdout + done.stderr
    return project


@pytest.fixture
def project(installed: Project) -> Project:
    installed.reset()
    return installed


def test_a_commit_with_a_secret_is_blocked(project: Project) -> None:
    head = project.git("rev-parse", "HEAD")
    project.stage("deploy.py", f'import os\nTOKEN = "{token("staged")}"\n')
    done = project.run("git", "commit", "-m", "deploy")
    assert done.returncode == 1
    assert "deploy.py:2:" in done.stdout + done.stderr
    assert "github-pat" in done.stdout + done.stderr
    assert token("staged") not in done.stdout + done.stderr
    assert project.git("rev-parse", "HEAD") == head
    assert project.git("diff", "--cached", "--name-only") == "deploy.py"


def test_a_clean_commit_passes(project: Project) -> None:
    project.stage("deploy.py", 'import os\nTOKEN = os.environ["TOKEN"]\n')
    done = project.run("git", "commit", "-m", "deploy")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "secretscan (staged changes)" in done.stdout + done.stderr
    assert project.git("log", "-1", "--format=%s") == "deploy"


def test_what_is_not_staged_neither_blocks_nor_is_touched(project: Project) -> None:
    project.stage("deploy.py", "import os\n")
    content = f'import os\nTOKEN = "{token("unstaged")}"\n'
    (project.path / "deploy.py").write_text(content)
    assert project.run("git", "commit", "-m", "deploy").returncode == 0
    assert (project.path / "deploy.py").read_text() == content


def test_commit_with_all_changes_is_blocked(project: Project) -> None:
    config = project.path / ".pre-commit-config.yaml"
    config.write_text(config.read_text() + f"# {token('all')}\n")
    done = project.run("git", "commit", "-a", "-m", "config")
    assert done.returncode == 1
    assert ".pre-commit-config.yaml" in done.stdout + done.stderr


def test_a_file_in_utf_16_is_blocked_though_git_calls_it_binary(project: Project) -> None:
    project.stage("deploy.ps1", f'$token = "{token("wide")}"\r\n'.encode("utf-16"))
    assert project.run("git", "commit", "-m", "deploy").returncode == 1


def test_a_message_with_a_secret_is_blocked(project: Project) -> None:
    project.stage("deploy.py", "import os\n")
    done = project.run("git", "commit", "-m", f"try {token('message')}")
    assert done.returncode == 1
    assert "secretscan (commit message)" in done.stdout + done.stderr
    assert token("message") not in done.stdout + done.stderr


def test_a_merge_that_brings_a_secret_is_blocked(project: Project) -> None:
    project.git("checkout", "-q", "-b", "side")
    project.stage("side.py", f'TOKEN = "{token("merge")}"\n')
    project.git("commit", "-q", "--no-verify", "-m", "side")
    project.git("checkout", "-q", "main")
    project.stage("main.py", "import os\n")
    project.git("commit", "-q", "-m", "main")
    done = project.run("git", "merge", "--no-edit", "side")
    project.run("git", "merge", "--abort")
    project.git("branch", "-D", "side")
    assert done.returncode != 0
    assert "side.py:1:" in done.stdout + done.stderr


def test_a_push_of_a_secret_that_its_last_commit_removes_is_blocked(project: Project) -> None:
    before = project.git("ls-remote", "origin", "main")
    project.stage("deploy.py", f'TOKEN = "{token("pushed")}"\n')
    project.git("commit", "-q", "--no-verify", "-m", "oops")
    project.git("rm", "-q", "deploy.py")
    project.git("commit", "-q", "-m", "take it out")
    done = project.run("git", "push", "origin", "main")
    assert done.returncode == 1
    assert "deploy.py:1:" in done.stdout + done.stderr
    assert project.git("ls-remote", "origin", "main") == before


def test_a_clean_push_passes(project: Project) -> None:
    project.stage("notes.txt", "nothing to see\n")
    project.git("commit", "-q", "-m", "notes")
    done = project.run("git", "push", "origin", "main")
    assert done.returncode == 0, done.stdout + done.stderr
    assert project.git("ls-remote", "origin", "main").split()[0] == project.git("rev-parse", "HEAD")


def test_the_system_hook_runs_the_program_on_the_path(project: Project, hooks_repository: Path) -> None:
    config = project.path.parent / "system.yaml"
    hooks = [{"id": "secretscan-system"}]
    config.write_text(
        yaml.safe_dump({"repos": [{"repo": hooks_repository.as_uri(), "rev": "v0.1.0", "hooks": hooks}]})
    )
    project.stage("deploy.py", f'TOKEN = "{token("system")}"\n')
    done = project.run("pre-commit", "run", "--config", str(config))
    assert done.returncode == 1
    assert "deploy.py:1:" in done.stdout


def test_the_manifest_is_what_the_framework_takes_and_never_lets_a_run_be_skipped() -> None:
    command = [sys.executable, "-m", "pre_commit", "validate-manifest", str(MANIFEST)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    hooks = {hook["id"]: hook for hook in yaml.safe_load(MANIFEST.read_text())}
    assert list(hooks) == ["secretscan", "secretscan-push", "secretscan-commit-msg", "secretscan-system"]
    for name, hook in hooks.items():
        assert hook["always_run"] is True
        assert hook["require_serial"] is True
        assert not {"types", "files", "exclude"} & set(hook)
        assert hook["pass_filenames"] is (name == "secretscan-commit-msg")
