"""The second factor of an account (IDN-1): codes of an authenticator app (TOTP, RFC 6238), and recovery codes."""

from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.base import Command, Done, Query, View
from contracts.identity.states import SecondFactorState
from contracts.identity.views import UserView
from contracts.stored import Secret
from contracts.text import cleaning
from contracts.text.kinds import Cleaned, TextKind
from contracts.types import Id, Instant, Note

# repr=False: a code must not show in a traceback or log, whatever prints the command.
AppCode = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{6}$"),
    Cleaned(TextKind.NUMBER, cleaning.number),
    Field(repr=False, description="The six digits that the authenticator app shows now.", examples=["492039"]),
]
AnyCode = Annotated[
    str,
    StringConstraints(pattern=r"^([0-9]{6}|[A-Za-z2-9]{4}(-?[A-Za-z2-9]{4}){5})$"),
    Cleaned(TextKind.NUMBER, cleaning.number),
    Field(
        repr=False,
        description="The six digits that the authenticator app shows now, or a recovery code that was not used.",
        examples=["492039"],
    ),
]


class SecondFactorView(View):
    """The second factor of one's own account."""

    state: SecondFactorState
    since: Instant | None = Field(description="Since when there is one.")
    demanded: bool = Field(description="Whether the school demands one of a role of the account.")
    recovery_codes_left: int = Field(description="Recovery codes that were not used yet.")


class OfferedSecondFactor(View):
    """A new secret for an authenticator app. It counts when a code of it has come with the offer."""

    secret: Secret = Field(repr=False, description="Base32, to be typed where no picture can be read.")
    uri: Secret = Field(repr=False, description="`otpauth://…`, to be shown as a QR code.")
    offer: Secret = Field(repr=False, description="To be sent with a code; good for a quarter of an hour.")


class RecoveryCodes(View):
    """Codes that open once each where the authenticator app is lost. They are shown once and stored as hashes."""

    codes: tuple[Secret, ...] = Field(repr=False)


class GetSecondFactor(Query, answers=SecondFactorView):
    """The second factor of one's own account."""


class EnterCode(Command, answers=Done):
    """Give a code of the second factor: the rest of signing in, and again before payouts and admission. The next
    refresh answers tokens that say so. A code of the app is taken once, as is a recovery code.

    After too many wrong codes whoever sent them waits: `account_waits`; recovery codes are not held up.
    Refused: `wrong_code`, `code_used`, `account_waits`, `second_factor_missing`, `second_factor_unreadable`,
    `session_ended`.
    """

    code: AnyCode


class OfferSecondFactor(Command, answers=OfferedSecondFactor, secret=True):
    """Get a new secret for an authenticator app. Nothing changes until a code of it has come."""


class SetUpSecondFactor(Command, answers=RecoveryCodes, secret=True):
    """Let an authenticator app count, in place of the one before if there was one; all other sessions end. Answers new
    recovery codes. Refused: `offer_expired`, `wrong_code`, `code_used`, `session_ended`."""

    offer: Annotated[
        str,
        StringConstraints(pattern=r"^[A-Za-z0-9_-]{20,200}$"),
        Field(repr=False, description="What was offered.", examples=["b2ZmZXJlZC1zZWNyZXQtb2YtYW4tYXBw"]),
    ]
    code: AppCode


class RenewRecoveryCodes(Command, answers=RecoveryCodes, secret=True):
    """Get ten new recovery codes; the former ones open nothing more. Refused: `second_factor_missing`."""


class RemoveSecondFactor(Command, answers=Done):
    """Go on without a second factor, where no role of the account demands one. Refused: `second_factor_missing`,
    `second_factor_demanded`."""


class ResetSecondFactor(Command, answers=UserView):
    """Take a user's second factor away, who has lost it; sessions end, and the user is told. Who has to have one sets
    it up at the next sign-in. Refused: `own_account`, `second_factor_missing`."""

    user_id: Id = Field(description="The user.")
    reason: Note = Field(description="Why, and how it was made sure who asked; it stays in the trail.")
