"""Messages, their deliveries to receivers, and how long a failed delivery is retried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

RETRY_FOR: Final = timedelta(days=1)
"""How long after its message was made a failed delivery is retried."""

MAX_SENDING_TIME: Final = timedelta(minutes=10)
"""After this time, a delivery that has no result was interrupted, and is retried."""


class MessageKind(StrEnum):
    """What a message is. The values are stored."""

    ALERT = "alert"
    DIGEST = "digest"
    TEST = "test"


class DeliveryResult(StrEnum):
    """How a delivery ended, or that it has not. The values are stored.

    Accepted means that the service took the message; not every service says whether its reader ever gets it.
    """

    SENDING = "sending"
    ACCEPTED = "accepted"
    FAILED = "failed"
    TIMED_OUT = "timed out"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True)
class Message:
    """A message to all receivers: a title of one line, a plain text, and for a digest the same as HTML.

    `first_day` and `last_day` are the period of a digest, from which its report is made when it is sent.
    """

    id: str
    kind: MessageKind
    created_at: datetime
    title: str
    text: str
    html: str = ""
    first_day: date | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """The delivery of a message to one receiver.

    `receiver` and `service` identify the receiver without its URL; `tried_at` is UTC; `detail` says why it failed,
    where that is known.
    """

    message_id: str
    receiver: str
    service: str
    tried_at: datetime
    attempts: int
    result: DeliveryResult
    detail: str = ""

    @property
    def is_over(self) -> bool:
        """Whether it was accepted or given up."""
        return self.result in (DeliveryResult.ACCEPTED, DeliveryResult.GIVEN_UP)

    def is_retried(self, now: datetime) -> bool:
        """Return whether a run that begins now tries it again, while its message is not too old."""
        if self.result is DeliveryResult.SENDING:
            return now - self.tried_at > MAX_SENDING_TIME
        return not self.is_over


def is_too_old(message: Message, now: datetime) -> bool:
    """Return whether the deliveries of a message that are not over are given up."""
    return now - message.created_at > RETRY_FOR
