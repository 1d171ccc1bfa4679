"""What a run of notifications works with, and what it returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mimecast.domain.notifications.deliveries import Delivery, Message
from mimecast.problem import Problem
from mimecast.settings.notify import NotifySettings
from mimecast.store.store import Store

if TYPE_CHECKING:
    from mimecast.notify.delivery import Limits


@dataclass(frozen=True, slots=True)
class Context:
    """What a run of notifications works with.

    `names` are those of the accounts by id. `template` is the presentation that slides are written into. Without
    `limits`, those of `delivery.py` apply.
    """

    store: Store
    settings: NotifySettings
    names: Mapping[str, str]
    zone: ZoneInfo
    now: datetime
    template: Path | None = None
    limits: Limits | None = None


@dataclass
class RunResult:
    """What a run has sent, and the problems that its reader should know of."""

    deliveries: list[tuple[Message, Delivery]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
