"""Tells the owner of an account that there is one more way into it, in case it was not them."""

from __future__ import annotations

from index.users import UserRecord
from services import mail
from services.context import Context
from services.mail import Mail


async def tell_linked(context: Context, user: UserRecord, provider: str) -> None:
    """By mail, where the service sends any and the address is known to be theirs; after the commit."""
    if user.email_verified_at is None:
        return
    text = (
        f"Hello {user.name},\n\nfrom now on your account at {context.oauth.base_url} can be entered by signing in at "
        f"the identity provider {provider}.\n\nWas it not you? Then remove the identity from your account, change "
        "your password, and tell your administrator.\n"
    )
    await mail.post(context, Mail(user.email, "A new way to sign in", text))
