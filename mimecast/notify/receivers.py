"""Receivers: the Apprise URLs of the settings, each identified by its service and an id that is not secret.

This is the only module that imports Apprise, and it does so inside functions: that takes a quarter of a second, which a
run that sends nothing does not spend. Apprise logs URLs, so everything but an HTTP status is removed from its log.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from mimecast.domain.notifications.deliveries import Message
from mimecast.notify.digest_html import PICTURE_PLACE, place_picture
from mimecast.notify.hidden_request_paths import hide_request_paths
from mimecast.settings.validation import SettingsError, nearest

if TYPE_CHECKING:
    from apprise import AppriseAsset, NotifyBase

MAIL_SCHEMES: Final = frozenset(
    {"mailto", "mailtos", "azure", "o365", "ses", "sendgrid", "mailgun", "sparkpost", "resend", "brevo", "smtp2go"}
)
"""Schemes of services that deliver mail, which get a digest as HTML."""

INLINE: Final = "inline"
"""Apprise's parameter of a mail's URL that shows attached pictures in the text. Services with an API have no such."""

SENDER: Final = "SAFE Score dashboard"


class ReceiverError(SettingsError):
    """Apprise cannot use a URL. Nothing is sent to it."""

    title = "A notification URL cannot be used"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that is sent along. `alt` is the text alternative of a picture, empty for other files."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Receiver:
    """A receiver of messages. `id` is derived from its URL and tells nothing about it; `number` is its place.

    `shows_pictures` is whether a picture that is attached to a mail can be shown in its text.
    """

    number: int
    id: str
    service: str
    takes_files: bool
    is_mail: bool
    shows_pictures: bool
    is_markdown: bool
    url: str = field(repr=False)

    @property
    def label(self) -> str:
        """`Slack (ef4fa19c)`."""
        return f"{self.service} ({self.id})"


def read_receivers(urls: Sequence[str]) -> tuple[list[Receiver], list[ReceiverError]]:
    """Return the receivers of the URLs, in order, and the problems of the URLs that cannot be used.

    The id is Apprise's, which leaves out recipients: the second URL with an id has the suffix `-2`, and so on.
    """
    receivers: list[Receiver] = []
    problems: list[ReceiverError] = []
    uses: Counter[str] = Counter()
    for number, url in enumerate(urls, start=1):
        plugin = _instantiate(url)
        if plugin is None:
            problems.append(_invalid(number, url))
            continue
        url_id = str(plugin.url_id() or f"url{number}")
        uses[url_id] += 1
        receiver_id = url_id if uses[url_id] == 1 else f"{url_id}-{uses[url_id]}"
        scheme = url.partition(":")[0].lower()
        receivers.append(
            Receiver(
                number,
                receiver_id,
                str(plugin.service_name),
                _takes_files(plugin),
                scheme in MAIL_SCHEMES,
                scheme in MAIL_SCHEMES and INLINE in plugin.template_args,
                _is_markdown_only(plugin),
                url,
            )
        )
    return receivers, problems


def send(receiver: Receiver, message: Message, attachments: Sequence[Attachment]) -> str:
    """Send a message to one receiver, and return why it failed, empty when it was accepted.

    It has no time limit. Attachments go to receivers that take files only. A picture is shown in the text of a mail
    where the receiver can, and is attached like any other file elsewhere.
    """
    import apprise
    from apprise.attachment.memory import AttachMemory

    _silence()
    attachments = attachments if receiver.takes_files else ()
    url, shown = receiver.url, None
    if receiver.shows_pictures and PICTURE_PLACE in message.html:
        shown = next((_with_ascii_name(attachment) for attachment in attachments if attachment.alt), None)
    if shown:
        attachments = [shown]
        url += f"{'&' if '?' in url else '?'}{INLINE}=yes"
    sender = apprise.Apprise(asset=_asset())
    if not sender.add(url):
        return "the URL cannot be used"
    files = [
        AttachMemory(content=attachment.content, name=attachment.name, mimetype=attachment.media_type)
        for attachment in attachments
    ]
    body, body_format = message.text, apprise.NotifyFormat.TEXT
    if message.html and receiver.is_mail:
        body = place_picture(message.html, shown.name, shown.alt) if shown else place_picture(message.html)
        body_format = apprise.NotifyFormat.HTML
    elif receiver.is_markdown:
        body, body_format = to_markdown(message.text), apprise.NotifyFormat.MARKDOWN
    result = sender.notify(
        body=body,
        title=message.title,
        body_format=body_format,
        attach=files or None,
    )
    if result:
        return ""
    status = next((match for entry in result.logs() if (match := re.search(r"error=(\d{3})\b", str(entry)))), None)
    return f"HTTP {status[1]}" if status else "not accepted"


def _with_ascii_name(attachment: Attachment) -> Attachment:
    """Return the attachment with a name that can be its Content-ID, which has only ASCII characters."""
    name = unicodedata.normalize("NFKD", attachment.name).encode("ascii", "ignore").decode()
    return replace(attachment, name=name)


def to_markdown(text: str) -> str:
    """Return a plain text for a service that takes Markdown only, such as Teams.

    Apprise escapes every full stop, which Teams shows and which breaks links, and Teams joins lines that no empty line
    separates. Addresses are on lines of their own and stay as they are.
    """
    lines = (line if line.startswith(("https://", "http://")) else _escape(line.strip()) for line in text.splitlines())
    return "\n\n".join(line for line in lines if line)


def _escape(line: str) -> str:
    """Escape the characters that begin emphasis, code and links; those that begin lists are ours."""
    return re.sub(r"([\\`*_\[\]<>])", r"\\\1", line)


def _is_markdown_only(plugin: NotifyBase) -> bool:
    import apprise

    formats = plugin.notify_format if isinstance(plugin.notify_format, tuple) else (plugin.notify_format,)
    return apprise.NotifyFormat.MARKDOWN in formats and apprise.NotifyFormat.TEXT not in formats


def _takes_files(plugin: NotifyBase) -> bool:
    """Return whether a receiver takes files. Slack does so with a bot's token, but not with a webhook."""
    return bool(plugin.attachment_support) and not (str(plugin.service_name) == "Slack" and plugin.mode != "bot")


def _instantiate(url: str) -> NotifyBase | None:
    import apprise

    _silence()
    return apprise.Apprise.instantiate(url, asset=_asset())


def _asset() -> AppriseAsset:
    """Return settings with which Apprise names the dashboard, keeps no files, and starts no threads of its own."""
    import apprise

    return apprise.AppriseAsset(
        app_id=SENDER,
        app_desc=SENDER,
        app_url="",
        async_mode=False,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
    )


class _StatusOnly(logging.Filter):
    """Removes everything from a log record but the HTTP status that it may contain."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record, and keep it: Apprise collects its own records for the result of a delivery."""
        status = re.search(r"error=(\d{3})\b", record.getMessage())
        record.msg, record.args = f"error={status[1]}" if status else "withheld", ()
        record.exc_info = record.exc_text = record.stack_info = None
        return True


_STATUS_ONLY: Final = _StatusOnly()


def _silence() -> None:
    """Keep Apprise's messages, which contain URLs, out of every log."""
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.addFilter(_STATUS_ONLY)  # it is added once, however often this is called
    hide_request_paths()


def _invalid(number: int, url: str) -> ReceiverError:
    """Return the problem of a URL. Its scheme is not secret, and tells a misspelt service from incomplete details."""
    from apprise.manager_plugins import NotificationManager

    scheme = url.partition(":")[0].lower()
    known = sorted(NotificationManager().schemas())
    place = f"Entry {number} of urls in [notify]"
    if scheme in known:
        remedy = f"Compare it with Apprise's description of {scheme}://."
        return ReceiverError(f"{place} has the service {scheme}, but what follows is incomplete.", remedy=remedy)
    near_miss = nearest(scheme, known, cutoff=0.6)
    choices = f"Did you mean {near_miss}://?" if near_miss else f"The known services are {', '.join(known)}."
    return ReceiverError(f"{place} has the unknown service {scheme[:20]!r}.", remedy=choices)
