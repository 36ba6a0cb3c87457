"""Small values of verification: the account in a key id, canaries, principals, the pace of calls."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secretscan.errors import RuleError
from secretscan.model.aws_account import KeyKind, account_of_key, key_kind
from secretscan.model.finding import Confidence, Finding, Severity, Status
from secretscan.model.secret import Secret
from secretscan.model.span import Region, Span
from secretscan.rules.model import Rule
from secretscan.verify import verifier_of, verify_findings
from secretscan.verify.aws.document import plain
from secretscan.verify.aws.partition import home_region, partition_of_region
from secretscan.verify.aws.principal import Role, Root, Unknown, User, principal_of_arn
from secretscan.verify.canary import canary_issuers, canary_of_key
from secretscan.verify.options import VerifyOptions
from secretscan.verify.pace import Pace

BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def key_id(account: int, low: int, prefix: str = "AKIA") -> str:
    bits = (((account << 7) | (1 << 47)) << 32) | low
    return prefix + "".join(BASE32[bits >> shift & 31] for shift in range(75, -5, -5))


@given(st.integers(0, 999_999_999_999), st.integers(0, 2**32 - 1), st.sampled_from(["AKIA", "ASIA"]))
def test_the_account_in_a_key_id_is_read_back(account: int, low: int, prefix: str) -> None:
    assert account_of_key(key_id(account, low, prefix)) == f"{account:012d}"


def test_the_account_of_a_published_canary_is_known() -> None:
    published = "AKIA" + "SP2TPHJS" + "QH3FJRUX"  # in halves, so that no scan stumbles over it
    assert account_of_key(published) == "171436882533"
    assert "canarytokens" in canary_of_key(published)


@pytest.mark.parametrize(
    "text", ["", "AKIA", "AKIA" + "A" * 15, "AKIA" + "A" * 17, "akia" + "Q" * 16, "AIDA" + "Q" * 16]
)
def test_what_is_no_key_id_has_neither_kind_nor_account(text: str) -> None:
    assert (key_kind(text), account_of_key(text)) == (None, "")


def test_an_id_of_the_old_generation_gives_no_account_rather_than_a_wrong_one() -> None:
    old = "AKIA" + "I" + "Q" * 15
    assert (key_kind(old), account_of_key(old)) == (KeyKind.LONG_TERM, "")


def test_the_list_of_canary_accounts_is_well_formed() -> None:
    accounts = canary_issuers()
    assert len(accounts) == 26
    assert all(len(account) == 12 and account.isdigit() for account in accounts)


@pytest.mark.parametrize(
    ("arn", "principal"),
    [
        ("arn:aws:iam::123456789012:root", Root()),
        ("arn:aws:iam::123456789012:user/ci", User("ci")),
        ("arn:aws-cn:iam::123456789012:user/teams/blue/ci", User("ci")),
        ("arn:aws:sts::123456789012:assumed-role/app/i-0abc", Role("app")),
        ("arn:aws:iam::123456789012:role/path/app", Role("app")),
        ("arn:aws:sts::123456789012:federated-user/bob", Unknown()),
        ("nonsense", Unknown()),
    ],
)
def test_an_arn_names_its_principal(arn: str, principal: object) -> None:
    assert principal_of_arn(arn) == principal


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b"])
def test_the_home_region_of_a_partition_belongs_to_it(partition: str) -> None:
    assert partition_of_region(home_region(partition)) == partition


@given(
    st.floats(1, 50),
    st.integers(1, 20),
    st.lists(st.floats(0, 2), min_size=1, max_size=60),
)
def test_no_second_ever_sees_more_than_the_burst_and_the_rate(
    rate: float, burst: int, gaps: list[float]
) -> None:
    now = 0.0
    served: list[float] = []

    def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    pace = Pace(rate, burst, clock=lambda: now, sleep=sleep)
    for gap in gaps:
        now += gap
        pace.wait()
        served.append(now)
    for start in served:
        assert sum(start <= moment < start + 1 for moment in served) <= burst + rate + 1


def rule(**changes: object) -> Rule:
    values = {
        "id": "r",
        "name": "",
        "description": "",
        "provider": "",
        "severity": Severity.LOW,
        "confidence": Confidence.LOW,
        "pattern": "",
    }
    return Rule(**(values | changes))  # type: ignore[arg-type]


def test_an_unknown_verifier_is_an_error_of_the_rule() -> None:
    with pytest.raises(RuleError, match="does not exist"):
        verifier_of(rule(verifier="nonsense"))


@pytest.mark.parametrize("rules", [{}, {"r": rule()}])
def test_a_credential_nobody_can_verify_is_not_checked(rules: dict[str, Rule]) -> None:
    one = Finding("r", Secret(b"x"), Span(0, 1), Region(1, 1, 1, 2), 1.0)
    assert verify_findings([one], rules, VerifyOptions())["r", one.secret].status is Status.NOT_CHECKED


def test_a_secret_has_no_place_in_an_answer() -> None:
    with pytest.raises(TypeError):
        plain({"secret": Secret(b"x")})
    assert json.dumps(plain({"owner": User("ci")})) == '{"owner": {"type": "user", "name": "ci"}}'
