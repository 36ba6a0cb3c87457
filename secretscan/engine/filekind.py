"""What kind of file a path names: decides which rules apply and how a judge reads quotes and bare words."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from secretscan.rules.model import FileKind

_CODE: Final = frozenset(
    b"ada adb ads as asm aspx bas c cc cjs cls clj cljs coffee cpp cr cs cshtml cu cxx d dart el elm erl ex exs f90 "
    b"fs fsx go gradle graphql gql groovy h hh hpp hrl hs hx hxx inc ino ipynb java jl js jsp jsx kt kts lhs lisp lua m "
    b"mjs ml mli mm nim nix pas php phtml pl pm pp prisma proto pxd py pyi pyx r rb rego rkt rs s scala scm sol "
    b"svelte swift sv tcl thrift tl ts tsx v vala vb vbs vhd vue wat xq zig".split()
)
_SHELL: Final = frozenset(
    b"bash bat bats cmd csh dockerfile fish ksh mk nu ps1 psd1 psm1 sh zsh sql psql mysql hql cast".split()
)
_MARKUP: Final = frozenset(
    b"1 2 3 4 5 6 7 8 9 adoc asciidoc axaml creole htm html markdown md mdx mediawiki org pod rdoc rst storyboard svg tex "
    b"textile txt wiki xaml xhtml xib log".split()
)
_DATA: Final = frozenset(
    b"csv json json5 jsonc jsonl ndjson har lock snap tsv xml xsd plist resx golden".split()
)
_CODE_NAMES: Final = frozenset(
    b"build jenkinsfile rakefile gemfile podfile vagrantfile brewfile fastfile guardfile capfile sconstruct "
    b"sconscript".split()
)
_SHELL_NAMES: Final = frozenset(
    b"dockerfile containerfile makefile gnumakefile justfile procfile .bashrc .bash_profile .bash_history "
    b".zshrc .zsh_history .profile .psql_history .mysql_history".split()
)


@lru_cache(maxsize=4096)
def file_kind(path: bytes) -> FileKind:
    """Return the kind of file that `path` names: code, shell, markup, data or config.

    Decided by name alone. A file without a known extension is config: dot files, `.env.local`, `credentials`, and
    templates (`app.yml.j2`, `settings.py.dist`), whose last suffix but one counts.
    """
    ext = extension(path)
    if ext in _CODE:
        return "code"
    if ext in _SHELL:
        return "shell"
    if ext in _MARKUP:
        return "markup"
    if ext in _DATA:
        return "data"
    name = path.rsplit(b"/", 1)[-1].lower()
    if name in _SHELL_NAMES or name.startswith((b"dockerfile", b"makefile")):
        return "shell"
    return "code" if name in _CODE_NAMES else "config"


_TEMPLATE: Final = frozenset(
    b"j2 jinja jinja2 tmpl tpl template dist sample example default in erb orig bak old".split()
)


@lru_cache(maxsize=4096)
def extension(path: bytes) -> bytes:
    """Return the lower-case extension of `path` without its dot, empty for none.

    A suffix that marks a template or a copy (`.j2`, `.example`, `.bak`) gives way to the one before it.
    """
    name = path.rsplit(b"/", 1)[-1].lower()
    stem, dot, ext = name.rpartition(b".")
    if not dot:
        return b""
    if ext in _TEMPLATE and (inner := stem.rpartition(b".")[2]) and b"." in stem:
        return inner
    return ext
