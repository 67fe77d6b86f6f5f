"""E-mail over SMTP (RFC 5321): one message at a time, refused for good or to be tried again."""

import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from uuid import UUID

import aiosmtplib

from cti_crm.infrastructure.jobs import HopelessError
from cti_crm.settings import MailSettings

TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Mail:
    """A message in plain text. `id` is the same whenever it is sent again: readers' programs show it once."""

    to: str
    subject: str
    text: str
    id: UUID


class Mailer:
    """Sends over the server that the settings name."""

    def __init__(self, settings: MailSettings) -> None:
        if settings.host is None or settings.sender is None:
            raise ValueError("mail needs a server and a sender")
        self._settings = settings
        self._host = settings.host
        self._sender = settings.sender

    async def send(self, mail: Mail) -> None:
        """Hand the message to the server.

        Raises:
            HopelessError: the server refuses this message or its reader for good (5yz, RFC 5321 4.2.1).
            aiosmtplib.SMTPException, OSError: another try may succeed.
        """
        settings = self._settings
        encrypted = settings.security != "none"
        username, password = settings.login()
        try:
            await aiosmtplib.send(
                self._message(mail),
                sender=self._sender,
                recipients=[mail.to],
                hostname=self._host,
                port=settings.port,
                username=username,
                password=password,
                use_tls=settings.security == "tls",
                start_tls=settings.security == "starttls",
                tls_context=ssl.create_default_context(cafile=settings.ca_file) if encrypted else None,
                timeout=TIMEOUT_SECONDS,
            )
        except aiosmtplib.SMTPRecipientsRefused as error:
            if all(one.code >= 500 for one in error.recipients):
                raise HopelessError(f"{error.recipients[0].code} {error.recipients[0].message}") from error
            raise
        except aiosmtplib.SMTPDataError as error:
            if error.code >= 500:
                raise HopelessError(f"{error.code} {error.message}") from error
            raise

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = mail.to
        message["Subject"] = mail.subject
        message["Date"] = formatdate()
        message["Message-ID"] = f"<{mail.id}@{self._sender.rpartition('@')[2].rstrip('>')}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers to it
        message.set_content(mail.text)
        return message
