"""Why a message is where it is, as a key of the texts: codes of mail servers mean little to an office."""

from collections.abc import Mapping

from qms.notices.rules.templates import COPIES, PLACES
from qms.notices.turns import NEAR
from qms.post.log import OUTCOMES
from qms.post.queue import Row

DROPS = frozenset(
    {
        "gone",
        "no address",
        "erased",
        "moved",
        "over",
        "held",
        "pending",
        "confirmed",
        "checked_in",
        "lapsed",
        "cancelled",
        "missed",
    }
)
"""What `Composer` says of a message that is not to be sent any more."""
KINDS: Mapping[str, str] = {
    "NoAddress": "bad_address",
    "SMTPRecipientRefused": "recipient",
    "SMTPSenderRefused": "sender",
    "SMTPDataError": "content",
    "SMTPNotSupported": "not_supported",
    "SMTPAuthenticationError": "sign_in",
    "SMTPServerDisconnected": "disconnected",
    "SMTPConnectError": "unreachable",
    "SMTPConnectTimeoutError": "unreachable",
    "SMTPConnectResponseError": "unreachable",
    "SMTPTimeoutError": "slow",
    "SMTPReadTimeoutError": "slow",
    "TimeoutError": "slow",
    "ConnectionRefusedError": "unreachable",
    "ConnectionResetError": "disconnected",
    "gaierror": "unreachable",
    "ConnectError": "unreachable",
    "ConnectTimeout": "unreachable",
    "ReadError": "disconnected",
    "RemoteProtocolError": "disconnected",
    "ReadTimeout": "slow",
    "WriteTimeout": "slow",
    "CannotOpen": "sealed",
}
"""Kinds of faults that an office can be told of."""
MESSAGES = (*PLACES, *dict.fromkeys(COPIES.values()), NEAR)
"""All messages that may stand in the log."""
_OUTCOME = {state: outcome for outcome, states in OUTCOMES.items() for state in states}


def outcome_of(row: Row) -> str:
    """sent, waiting, failed or dropped."""
    return _OUTCOME.get(row["state"], "waiting")


def reason_of(row: Row) -> str:
    """A key of the texts; empty where there is nothing to say."""
    error = str(row["error"])
    if not error:
        return ""
    if outcome_of(row) == "dropped":
        return f"messages.drop.{error.replace(' ', '_') if error in DROPS else 'other'}"
    kind = KINDS.get(error.partition(" ")[0])
    if kind is None or kind == "recipient":
        code = next((part for part in error.split() if part.isdigit()), "")
        known = {"recipient": "recipient" if code.startswith("5") else "recipient_now", None: "other"}
        kind = known[kind]
    return f"messages.fault.{kind}"
