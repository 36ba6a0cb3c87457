"""AWS's refusals and botocore's failures, as errors that say what was asked, what failed and what to do."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from botocore import exceptions as botocore_errors
from botocore.parsers import ResponseParserError

from secretscan.errors import VerificationError

DEFAULT_CREDENTIALS: Final = "the default credentials"
"""Who signs where neither a profile nor a key was named."""


class Kind(StrEnum):
    """Why a call failed, as far as the next step depends on it."""

    DENIED = "denied"
    NO_CREDENTIALS = "no-credentials"
    BAD_CREDENTIALS = "bad-credentials"
    WRONG_SECRET = "wrong-secret"  # noqa: S105 - the name of a failure
    EXPIRED = "expired"
    CLOCK = "clock"
    THROTTLED = "throttled"
    NETWORK = "network"
    NOT_FOUND = "not-found"
    OTHER_ACCOUNT = "other-account"
    OTHER = "other"


_CODES: Final = {
    "AccessDenied": Kind.DENIED,
    "AccessDeniedException": Kind.DENIED,
    "AuthorizationError": Kind.DENIED,
    "UnauthorizedOperation": Kind.DENIED,
    "OptInRequired": Kind.DENIED,
    "InvalidClientTokenId": Kind.BAD_CREDENTIALS,
    "UnrecognizedClientException": Kind.BAD_CREDENTIALS,
    "InvalidAccessKeyId": Kind.BAD_CREDENTIALS,
    "AuthFailure": Kind.BAD_CREDENTIALS,
    "InvalidToken": Kind.BAD_CREDENTIALS,
    "SignatureDoesNotMatch": Kind.WRONG_SECRET,
    "InvalidSignatureException": Kind.WRONG_SECRET,
    "ExpiredToken": Kind.EXPIRED,
    "ExpiredTokenException": Kind.EXPIRED,
    "TokenRefreshRequired": Kind.EXPIRED,
    "RequestTimeTooSkewed": Kind.CLOCK,
    "RequestInTheFuture": Kind.CLOCK,
    "RequestExpired": Kind.CLOCK,
    "Throttling": Kind.THROTTLED,
    "ThrottlingException": Kind.THROTTLED,
    "ThrottledException": Kind.THROTTLED,
    "RequestThrottled": Kind.THROTTLED,
    "RequestThrottledException": Kind.THROTTLED,
    "RequestLimitExceeded": Kind.THROTTLED,
    "TooManyRequestsException": Kind.THROTTLED,
    "SlowDown": Kind.THROTTLED,
    "NoSuchEntity": Kind.NOT_FOUND,
    "ResourceNotFoundException": Kind.NOT_FOUND,
    "NotFoundException": Kind.NOT_FOUND,
}
_CLOCK_PHRASES: Final = (
    "Signature expired",
    "Signature not yet current",
    "is now earlier than",
    "is now later than",
)
"""How STS and IAM say SignatureDoesNotMatch when only the time is wrong."""

_HELP: Final = {
    Kind.DENIED: "have {action} granted (see `secretscan aws policy`), or use another --profile",
    Kind.NO_CREDENTIALS: "name a profile with --profile, or sign in (aws sso login, aws configure)",
    Kind.BAD_CREDENTIALS: "check --profile; credentials of AWS China or GovCloud need a --region of theirs",
    Kind.WRONG_SECRET: "check that the secret belongs to this key id and was copied whole",
    Kind.EXPIRED: "sign in again (aws sso login, or renew the session), then repeat the command",
    Kind.CLOCK: "set this machine's clock, then repeat the command",
    Kind.THROTTLED: "wait a minute, then repeat the command",
    Kind.NETWORK: "check the network, the proxy and the region; --timeout gives a slow link more time",
    Kind.NOT_FOUND: "check the name and the account",
    Kind.OTHER_ACCOUNT: "use a --profile of that account",
    Kind.OTHER: "the audit log has the request id, should you need AWS Support",
}


FAILURES: Final = (
    botocore_errors.BotoCoreError,
    botocore_errors.ClientError,
    ResponseParserError,
    LookupError,  # botocore's, for well-formed XML that is some middlebox's page
    ValueError,
)
"""All that a botocore call raises when the network, the configuration or the answer is bad."""


class AwsError(VerificationError):
    """An AWS call that did not succeed."""

    def __init__(self, problem: str, *, help: str, kind: Kind, code: str = "", action: str = "") -> None:
        """Take what `SecretScanError` takes, and the failure's kind, AWS error code and action."""
        super().__init__(problem, help=help)
        self.kind = kind
        self.code = code
        self.action = action


def kind_of_code(code: str, message: str = "") -> Kind:
    """Return the kind of an AWS error code; `message` tells a wrong clock from a wrong secret."""
    kind = _CODES.get(code, Kind.OTHER)
    if kind is Kind.WRONG_SECRET and any(phrase in message for phrase in _CLOCK_PHRASES):
        return Kind.CLOCK
    return kind


def error_code(error: botocore_errors.ClientError) -> tuple[str, str]:
    """Return code and message of AWS's answer."""
    body = error.response.get("Error", {})
    return str(body.get("Code", "")), str(body.get("Message", ""))


def translated(error: Exception, *, action: str, who: str) -> AwsError:
    """Return the error for the user. `who` names the caller: an ARN, a profile or a key id."""
    if isinstance(error, botocore_errors.ClientError):
        code, message = error_code(error)
        kind = kind_of_code(code, message)
        return _build(kind, _answered(kind, code, message, action, who), action, code)
    kind = _local_kind(error)
    return _build(kind, _failed(kind, error, action, who), action, type(error).__name__)


def _build(kind: Kind, problem: str, action: str, code: str) -> AwsError:
    return AwsError(problem, help=_HELP[kind].format(action=action), kind=kind, code=code, action=action)


def _answered(kind: Kind, code: str, message: str, action: str, who: str) -> str:
    match kind:
        case Kind.DENIED:
            explicit = " by an explicit deny" if "explicit deny" in message else ""
            return f"{action} was denied{explicit} for {who} ({code})"
        case Kind.BAD_CREDENTIALS:
            return f"AWS does not accept the credentials of {who} for {action} ({code})"
        case Kind.WRONG_SECRET:
            return f"AWS knows the key id of {who}, but not with this secret ({code})"
        case Kind.EXPIRED:
            return f"the session of {who} has expired ({code})"
        case Kind.CLOCK:
            return f"AWS refused {action} because this machine's clock is wrong ({code})"
        case Kind.THROTTLED:
            return f"AWS kept throttling {action} ({code})"
        case _:
            return f"{action} failed: {code}"


def _local_kind(error: Exception) -> Kind:
    match error:
        case (
            botocore_errors.NoCredentialsError()
            | botocore_errors.PartialCredentialsError()
            | botocore_errors.ProfileNotFound()
            | botocore_errors.CredentialRetrievalError()
        ):
            return Kind.NO_CREDENTIALS
        case botocore_errors.SSOError() | botocore_errors.TokenRetrievalError():
            return Kind.EXPIRED
        case botocore_errors.HTTPClientError() | botocore_errors.ConnectionError():
            return Kind.NETWORK
        case _:
            return Kind.OTHER


def _failed(kind: Kind, error: Exception, action: str, who: str) -> str:
    match kind:
        case Kind.NO_CREDENTIALS:
            of_whom = "" if who == DEFAULT_CREDENTIALS else f" for {who}"
            return f"there are no usable AWS credentials{of_whom} ({type(error).__name__})"
        case Kind.EXPIRED:
            return f"the sign-in of {who} has expired ({type(error).__name__})"
        case Kind.NETWORK:
            return f"{action} got no answer from AWS: {_network_cause(error)}"
        case _ if isinstance(error, ResponseParserError | LookupError):
            return f"{action} was answered by something that is not AWS"
        case _:
            return f"{action} could not be sent ({type(error).__name__})"


def _network_cause(error: Exception) -> str:
    match error:
        case botocore_errors.ReadTimeoutError() | botocore_errors.ConnectTimeoutError():
            return "the time ran out"
        case botocore_errors.SSLError():
            return "the TLS certificate was not accepted"
        case botocore_errors.ProxyConnectionError():
            return "the proxy refused"
        case _:
            return "no connection"
