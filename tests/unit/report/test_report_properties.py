"""What holds for every format, whatever a repository or a credential looks like."""

from __future__ import annotations

import html
import json
import random
import string
from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_samples import AWS, PASSWORD, SAMPLES, commit, location, record, report, token

from secretscan.errors import UsageError
from secretscan.model.blob import Skipped
from secretscan.model.finding import Status, Verification
from secretscan.model.report import Exposure, FindingRecord, Moment, Report
from secretscan.report import FORMATS, OutputFormat, RenderOptions, render

SHOWING = RenderOptions(colour=True, width=72, show_suppressed=True)
REDACTED = [output for output, form in FORMATS.items() if not form.needs_plaintext]
PUBLISHED = [
    OutputFormat.SARIF,
    OutputFormat.GITHUB,
    OutputFormat.GITLAB,
    OutputFormat.JUNIT,
    OutputFormat.MARKDOWN,
]
ALPHABET = string.ascii_letters + string.digits + string.punctuation
# Drawn from seeds: hypothesis would find values such as `shortDescription`, which a format holds by itself.
SECRETS = st.builds(
    lambda seed, length: "".join(random.Random(seed).choices(ALPHABET, k=length)),
    st.integers(0, 2**32),
    st.integers(12, 60),
)
NAMES = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    [
        "\x1b[2J",
        "\u202etxt.py",
        "::error::x",
        "##[error]x",
        "=1+1",
        "]]>",
        "<b>",
        "a|b",
        "`x`",
        "-rf",
        "%0A",
        "\ud800",
    ]
)


def _planted(secret: str, name: str, *, password: bool) -> Report:
    """A report in which `secret` was on the line three times and `name` is everywhere a repository has a say."""
    spot = location(
        name,
        3,
        5,
        secret,
        before=f"{name}{secret}x = '",
        after=f"' + {secret} # {name}",
        password=password,
        commit=commit(1),
        author=name,
        email=name,
        date="2026-01-02T03:04:05Z",
    )
    found = record(
        PASSWORD if password else AWS,
        secret,
        password=password,
        locations=(spot, replace(spot, line=9)),
        attributes={"user": name},
        verification=Verification(Status.UNKNOWN, name),
        exposure=Exposure(
            Moment(commit(1), "2026-01-02", name), Moment(commit(2), "2026-01-03", name), False, 1, (name,)
        ),
    )
    silenced = replace(found, suppressed="baseline")
    return report(
        found,
        silenced=(silenced,),
        kind="history",
        target=name,
        complete=False,
        skipped=(Skipped(name, name),),
    )


@pytest.mark.parametrize("output", REDACTED)
@given(secret=SECRETS, password=st.booleans())
@settings(max_examples=40, deadline=None)
def test_no_format_holds_a_planted_secret(output: OutputFormat, secret: str, password: bool) -> None:
    written = render(_planted(secret, "src/a.py", password=password), output, options=SHOWING)
    for form in (secret, secret[4:], json.dumps(secret)[1:-1], html.escape(secret), quote(secret)):
        assert form not in written


def _revealed(secret: str) -> FindingRecord:
    """A finding as `--show-secrets` makes it: plaintext as the secret and in the snippet."""
    spot = replace(location(secret=secret), snippet=f"AWS_SECRET_ACCESS_KEY = '{secret}'")
    return replace(record(AWS, secret), secret=secret, locations=(spot, spot))


@pytest.mark.parametrize("output", PUBLISHED)
def test_no_published_format_holds_plaintext_even_in_a_report_that_does(output: OutputFormat) -> None:
    secret = token(99)
    revealed = _revealed(secret)
    made = report(revealed, silenced=(replace(revealed, suppressed="baseline"),))
    written = render(made, output, options=SHOWING)
    assert secret[4:] not in written
    assert "…(40)" in written or "\\u2026(40)" in written


@pytest.mark.parametrize(
    "output", [OutputFormat.TEXT, OutputFormat.JSON, OutputFormat.CSV, OutputFormat.HTML]
)
def test_formats_for_the_user_show_plaintext_when_the_report_has_it(output: OutputFormat) -> None:
    secret = token(98)
    assert secret in render(report(_revealed(secret)), output, options=SHOWING)


@pytest.mark.parametrize("output", REDACTED)
@given(name=NAMES)
@settings(max_examples=40, deadline=None)
def test_no_control_character_of_a_repository_reaches_an_output(output: OutputFormat, name: str) -> None:
    written = render(_planted(token(5), name, password=False), output, options=replace(SHOWING, colour=False))
    assert all(c.isprintable() or c == "\n" for c in written)
    written.encode("utf-8")


@given(name=NAMES)
@settings(max_examples=60, deadline=None)
def test_no_line_of_a_log_is_a_command_of_the_runner(name: str) -> None:
    written = render(_planted(token(5), name, password=False), OutputFormat.TEXT, options=RenderOptions())
    assert not any(line.lstrip().startswith("::") or "##[" in line for line in written.splitlines())


@pytest.mark.parametrize("output", REDACTED)
@pytest.mark.parametrize("sample", SAMPLES)
def test_same_report_same_bytes(output: OutputFormat, sample: str) -> None:
    first = render(SAMPLES[sample](), output, options=SHOWING)
    assert first == render(SAMPLES[sample](), output, options=SHOWING)
    assert first.endswith("\n")


def test_filter_repo_refuses_a_redacted_report_and_names_the_next_step() -> None:
    with pytest.raises(UsageError) as caught:
        render(SAMPLES["staged"](), OutputFormat.FILTER_REPO, options=SHOWING)
    assert "--show-secrets" in caught.value.help
