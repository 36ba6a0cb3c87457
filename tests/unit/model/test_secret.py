"""Plaintext does not leave a `Secret` but through `reveal`."""

from __future__ import annotations

import dataclasses
import json
import pickle

import pytest

from secretscan.model.finding import Finding
from secretscan.model.secret import Secret
from secretscan.model.span import Region, Span
from secretscan.rules.samples import fill

PLAIN = fill("{{password:20}}", seed="secret").encode()


def finding() -> Finding:
    return Finding("r", Secret(PLAIN), Span(0, 20), Region(1, 1, 1, 21), 0.9, line=Secret(b"x = " + PLAIN))


def test_repr_of_a_finding_holds_no_plaintext() -> None:
    assert PLAIN.decode() not in repr(finding())


def test_secret_refuses_to_be_formatted() -> None:
    with pytest.raises(TypeError):
        f"{Secret(PLAIN)}"


def test_asdict_keeps_the_secret_closed() -> None:
    values = dataclasses.asdict(finding())
    assert PLAIN.decode() not in repr(values)
    with pytest.raises(TypeError):
        json.dumps(values["secret"])


def test_secrets_are_equal_by_value_and_survive_the_pipe_between_workers() -> None:
    assert pickle.loads(pickle.dumps(Secret(PLAIN))) == Secret(PLAIN)
    assert len({Secret(PLAIN), Secret(PLAIN)}) == 1
    assert Secret(PLAIN).reveal() == PLAIN
