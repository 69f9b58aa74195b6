"""What people type as names and addresses, made uniform or refused with a reason."""

from __future__ import annotations

import unicodedata

from email_validator import EmailNotValidError, validate_email

from services.errors import InvalidInput

MAX_LENGTH = 200


def check_name(name: str, field: str = "name") -> str:
    """A display name, trimmed and in NFC; raises InvalidInput for empty, too long or unprintable ones."""
    tidy = unicodedata.normalize("NFC", " ".join(name.split()))
    if not 1 <= len(tidy) <= MAX_LENGTH:
        raise InvalidInput.of(field, "bad-name", f"Use 1 to {MAX_LENGTH} characters.")
    # Control characters and lone surrogates break git's author lines and PostgreSQL; < > end an author's name.
    if any(unicodedata.category(letter) in ("Cc", "Cs") or letter in "<>" for letter in tidy):
        raise InvalidInput.of(field, "bad-name", "Control characters and < > cannot be part of a name.")
    return tidy


def check_email(email: str) -> str:
    """The address in the one form that we keep and compare (lower case, NFC, domain as IDNA); no delivery check."""
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise InvalidInput.of("email", "bad-email", str(error)) from error
