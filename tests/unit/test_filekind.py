"""File kinds: which rules apply to a path, decided by its name alone."""

from __future__ import annotations

import pytest

from secretscan.engine.filekind import extension, file_kind


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
