"""What a judge says of a candidate is remembered by everything that it looks at, and by nothing else."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from secretscan.engine.judge.candidate import Candidate
from secretscan.engine.judge.generic import _judge, judge_generic
from secretscan.rules.samples import fill

SEEN = Candidate(
    rule_id="generic-secret",
    value=fill("{{password:18}}", seed="judge memory").encode(),
    name=b"password",
    operator=b"=",
    quote=b'"',
    prefix=b'db_password = "',
    suffix=b'"  # for the server',
    before=(b"user = 'x'", b"host = 'y'"),
    after=(b"port = 3",),
    path=b"app/settings.py",
)
CHANGES = {
    "rule_id": "generic-key",
    "value": fill("{{password:18}}", seed="another").encode(),
    "name": b"pwd",
    "operator": b":",
    "quote": b"'",
    "prefix": b"password = ",
    "suffix": b"",
    "before": (b"user = 'x'",),
    "after": (b"host = 'y'", b"port = 3"),
    "path": b"app/settings.yaml",
}


def test_a_second_look_says_the_same() -> None:
    assert judge_generic(SEEN) == judge_generic(replace(SEEN)) == _judge(SEEN)
    assert judge_generic(SEEN, explain=True).contributions
    assert not judge_generic(SEEN).contributions


@pytest.mark.parametrize("field", [field.name for field in fields(Candidate)])
def test_every_part_of_a_candidate_counts(field: str) -> None:
    changed = replace(SEEN, **{field: CHANGES[field]})
    assert changed.digest() != SEEN.digest()
    judge_generic(SEEN)
    assert judge_generic(changed) == _judge(changed)


def test_parts_do_not_run_into_each_other() -> None:
    one = replace(SEEN, before=(b"ab", b"c"), after=(b"d",))
    assert (
        len(
            {
                one.digest(),
                replace(one, before=(b"a", b"bc")).digest(),
                replace(one, before=(b"ab",), after=(b"c", b"d")).digest(),
            }
        )
        == 3
    )


def test_a_candidate_does_not_show_its_value() -> None:
    assert SEEN.value.decode() not in repr(SEEN)
    assert "server" not in repr(SEEN)
