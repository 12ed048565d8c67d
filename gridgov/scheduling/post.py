"""Where briefings go: a folder, and mail where it is configured. The same issue always has the same name and Message-ID."""

import hashlib
import smtplib
import ssl
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Final

from gridgov import whole
from gridgov.errors import DeliveryError
from gridgov.scheduling.plan import Mail
from gridgov.settings import settings

_TYPES: Final = {
    ".pdf": ("application", "pdf"),
    ".png": ("image", "png"),
    ".docx": ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
}
_WAIT_S: Final = 30


def put(file: Path, content: bytes) -> None:
    """Write a file whole or not at all; its folder is made. Raises DeliveryError."""
    whole.make_folder(file.parent)
    whole.put(file, content)


def send(
    mail: Mail, to: Sequence[str], subject: str, text: str, files: Mapping[str, bytes], at: datetime, about: str
) -> str:
    """Send a message; gives its Message-ID, which is that of `about`: sent again after a crash, it is the same message.

    files   contents by name
    raises  DeliveryError when the server cannot be reached or refuses any of those it is for
    """
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = mail.sender, ", ".join(to), " ".join(subject.split())
    message["Date"] = format_datetime(at)
    name = hashlib.sha256(about.encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{name}@{mail.sender.rpartition('@')[2]}>"
    message.set_content(text)
    for file, content in files.items():
        kind, subtype = _TYPES[Path(file).suffix]
        message.add_attachment(content, maintype=kind, subtype=subtype, filename=file)
    try:
        with _server(mail) as server:
            refused = server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryError(f"The mail server {mail.host}:{mail.port} did not take the message: {error}.") from error
    if refused:
        raise DeliveryError(f"The mail server {mail.host}:{mail.port} refused {', '.join(refused)}.")
    return str(message["Message-ID"])


def _server(mail: Mail) -> smtplib.SMTP:
    if mail.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            mail.host, mail.port, timeout=_WAIT_S, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=_WAIT_S)
        if mail.security == "starttls":
            server.starttls(context=ssl.create_default_context())
    if mail.user is not None:
        password = settings().smtp_password
        server.login(mail.user, password.get_secret_value() if password else "")
    return server
