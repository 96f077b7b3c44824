"""The way to the mail server: one connection for many messages, and what its refusals mean."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Literal

from aiosmtplib import (
    SMTP,
    SMTPConnectError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from qms.post.carrier import Refused, Unreachable
from qms.post.mail import Mail, mailbox, write
from qms.post.queue import MAIL, Row

_ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


@dataclass(frozen=True, slots=True)
class Relay:
    """A mail server; `timeout` in seconds, for each step of the talk with it."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str
    password: str
    sender: str
    timeout: float = 20.0

    @property
    def domain(self) -> str:
        """Where its messages come from; part of their ids."""
        return self.sender.rpartition("@")[2]

    @property
    def channel(self) -> str:
        return MAIL

    @property
    def at_once(self) -> int:
        return 1

    @property
    def name(self) -> str:
        return "mail server"

    @asynccontextmanager
    async def line(self) -> AsyncIterator["MailLine"]:
        """One connection. Raises Unreachable."""
        async with connected(self) as client:
            yield MailLine(self, client)


@dataclass(frozen=True, slots=True)
class MailLine:
    """A connection to the mail server."""

    relay: Relay
    client: SMTP

    @property
    def is_open(self) -> bool:
        return self.client.is_connected

    async def hand_over(self, message: Mail, row: Row, at: datetime) -> None:
        """Raises NoAddress, Refused, Unreachable."""
        sender = self.relay.sender
        written = write(message, sender, row["message_id"], at)
        try:
            await hand_over(self.client, written, sender, mailbox(message.to).addr_spec)
        except Unreachable:
            self.client.close()
            raise


@asynccontextmanager
async def connected(relay: Relay) -> AsyncIterator[SMTP]:
    """A connection, closed in order at the end. Raises Unreachable."""
    client = SMTP(
        hostname=relay.host,
        port=relay.port,
        username=relay.user or None,
        password=relay.password or None,
        timeout=relay.timeout,
        local_hostname=relay.domain,  # else the resolver is asked for this machine's name, which may take long
        use_tls=relay.security == "tls",
        start_tls=relay.security == "starttls",
    )
    try:
        await client.connect()
    except (SMTPException, OSError, ValueError) as error:
        client.close()
        raise Unreachable(fault(error)) from None
    try:
        yield client
    finally:
        with suppress(SMTPException, OSError):
            if client.is_connected:
                await client.quit(timeout=2)
        client.close()


async def hand_over(client: SMTP, message: EmailMessage, sender: str, to: str) -> None:
    """Returns once the server has accepted a message. Raises Refused, Unreachable.

    Unreachable here may also mean that the server took it and could not say so any more.
    """
    try:
        await client.send_message(message, sender=sender, recipients=[to])
    except SMTPRecipientsRefused as error:
        refusals = error.recipients
        raise _refused(refusals[0]) from None
    except (SMTPServerDisconnected, SMTPConnectError, SMTPTimeoutError, OSError) as error:
        raise Unreachable(fault(error)) from None
    except SMTPNotSupported as error:
        raise Refused(fault(error), lasting=True) from None
    except SMTPResponseException as error:
        raise _refused(error) from None
    except (SMTPException, ValueError) as error:
        raise Refused(fault(error), lasting=False) from None


def _refused(error: SMTPResponseException) -> Exception:
    """What is wrong with the recipient or the text lasts; what is wrong with this sender can be mended."""
    if error.code == 421:  # the server is about to close
        return Unreachable(fault(error))
    about_this = isinstance(error, SMTPRecipientRefused) or type(error).__name__ == "SMTPDataError"
    return Refused(fault(error), lasting=error.code >= 500 and about_this)


def fault(error: BaseException) -> str:
    """A fault without anything that it may quote: its kind and its codes."""
    parts = [type(error).__name__]
    if isinstance(error, SMTPResponseException):
        parts.append(str(error.code))
        found = _ENHANCED.search(error.message)
        parts += [found[0]] if found else []
    return " ".join(parts)[:80]
