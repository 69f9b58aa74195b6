"""What a sign-in through a provider is refused with; ``code`` is what a user interface is told in its URL."""

from __future__ import annotations

from services.errors import Conflict, Forbidden, ServiceError, Unauthenticated, Unavailable


class SignInExpired(Unauthenticated):
    """The state or code is unknown: used already, too old, of another browser, or invented."""

    code = "expired"


class ProviderRefused(Forbidden):
    """The provider, or the person there, said no; ``code`` is RFC 6749 §4.1.2.1's."""

    def __init__(self, detail: str, code: str = "access_denied") -> None:
        super().__init__(detail)
        self.code = code


class AnswerInvalid(Unauthenticated):
    """What the provider answered proves nothing: its signature, issuer, audience, time or nonce is wrong."""

    code = "invalid_answer"


class EmailUnverified(Forbidden):
    """The provider names no e-mail address that it has verified."""

    code = "email_unverified"


class AccountUnconfirmed(Conflict):
    """There is an account with the address, but nobody proved yet that it is the address's owner."""

    code = "account_unconfirmed"


class RegistrationClosed(Forbidden):
    """Nobody here has this identity, and new accounts are made by administrators only."""

    code = "registration_closed"


class ProviderUnavailable(Unavailable):
    """The provider does not answer, or not as one."""

    code = "temporarily_unavailable"


def code_of(error: ServiceError) -> str:
    """For ``?error=``: stable, and nothing about the account."""
    return str(getattr(error, "code", "server_error" if isinstance(error, Unavailable) else "refused"))
