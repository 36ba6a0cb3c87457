"""File kinds: which rules apply to a path, decided by its name alone."""

from __future__ import annotations

import pytest

from secretscan.engine.filekind import extension, file_kind, has_hash_comments, is_test_path


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (b"src/app.py", "code"),
        (b"web/Main.TSX", "code"),
        (b"deploy.sh", "shell"),
        (b"build/Dockerfile.prod", "shell"),
        (b"docs/readme.md", "markup"),
        (b"package-lock.json", "data"),
        (b".env.local", "config"),
        (b"settings.py.example", "code"),
        (b"values.yml.j2", "config"),
        (b"Jenkinsfile", "code"),
        (b"", "config"),
    ],
)
def test_kind_follows_the_name(path, kind):
    assert file_kind(path) == kind


def test_suffix_of_a_template_gives_way_to_the_one_before():
    assert extension(b"a/app.YML.dist") == b"yml"
    assert extension(b"a.b/noext") == b""
    assert extension(b".example") == b"example"


def test_hash_starts_a_comment_in_scripts_and_configuration_but_not_in_javascript():
    assert has_hash_comments(b"x.py")
    assert has_hash_comments(b"Makefile")
    assert not has_hash_comments(b"x.js")


def test_folders_of_tests_and_examples_are_told_from_sources():
    assert is_test_path(b"pkg/tests/conftest.py")
    assert is_test_path(b"examples/run.py")
    assert not is_test_path(b"src/latest.py")
