"""What a user may set, and where: `.secretscan.toml`, `[tool.secretscan]` in `pyproject.toml`, or `--config`.

`discover` finds the file, `load` reads it, `model` is what it says, `effective` applies it to the rules,
`silence` to findings and `globs` to paths. The file is read from the root of the work tree, also for
`staged`: what lies on disk is what the author sees. It is part of the scanned repository and so not trusted:
it cannot reach outside the repository, ask for network, or narrow the scan without `Config.notes` saying so.
"""

from __future__ import annotations
