"""The keys of [dashboard] about departments and people: how much is requested, stored and shown, and for how long."""

from __future__ import annotations

import base64
import binascii
from datetime import timedelta
from enum import StrEnum
from typing import Final

from mimecast.domain.people.limits import DEFAULT_GROUP_SIZE, MIN_GROUP_SIZE, MIN_KEY_BYTES
from mimecast.settings.validation import SettingsError, nearest, parse_duration

PEOPLE_KEYS: Final = ("people", "min_group_size", "pseudonym_key", "people_viewers", "people_retention")

DEFAULT_RETENTION: Final = timedelta(days=400)

MAX_GROUP_SIZE: Final = 1_000_000

KEY_REMEDY: Final = (
    'Make one with python -c "import base64, os; print(base64.b64encode(os.urandom(32)).decode())" and keep it: '
    "with another key, the stored people data cannot be continued."
)

_PLACE: Final = "[dashboard]"


class PeopleLevel(StrEnum):
    """How much is requested, stored and shown beyond score counts; each level includes the ones before it."""

    OFF = "off"
    DEPARTMENTS = "departments"
    MOVEMENT = "movement"
    NAMES = "names"

    @property
    def is_on(self) -> bool:
        """Whether the list of users is requested at all."""
        return self is not PeopleLevel.OFF

    @property
    def has_movement(self) -> bool:
        """Whether pseudonyms and their grades are stored."""
        return self in (PeopleLevel.MOVEMENT, PeopleLevel.NAMES)

    @property
    def has_names(self) -> bool:
        """Whether the list of users at risk can be opened."""
        return self is PeopleLevel.NAMES

    @property
    def description(self) -> str:
        """What the level stores and shows, in a few words."""
        return {
            PeopleLevel.OFF: "“off”: score counts only",
            PeopleLevel.DEPARTMENTS: "“departments”: weekly counts per department, nothing about single users",
            PeopleLevel.MOVEMENT: "“movement”: counts per department, and the grades of pseudonyms",
            PeopleLevel.NAMES: "“names”: “movement”, plus a list of users at risk by name, requested when opened and "
            "never stored",
        }[self]


def read_level(value: object) -> PeopleLevel:
    """Return the level of `people`. Raises SettingsError."""
    try:
        return PeopleLevel(value if isinstance(value, str) else "")
    except ValueError:
        meant = nearest(value, list(PeopleLevel), cutoff=0.6) if isinstance(value, str) else None
        raise SettingsError(
            f"The value of people in {_PLACE} is not a level.",
            remedy=(f'Did you mean "{meant}"? ' if meant else "")
            + 'Write "off", "departments", "movement" or "names".',
        ) from None


def read_group_size(value: object) -> int:
    """Return `min_group_size`, the smallest department that is stored and shown. Raises SettingsError."""
    if type(value) is not int or not MIN_GROUP_SIZE <= value <= MAX_GROUP_SIZE:
        raise SettingsError(
            f"min_group_size in {_PLACE} is not a whole number of users, {MIN_GROUP_SIZE} or more.",
            remedy=f"Write one like {DEFAULT_GROUP_SIZE}: smaller groups would reveal the grades of single users.",
        )
    return value


def read_key(value: object) -> bytes:
    """Return `pseudonym_key`, decoded. Raises SettingsError."""
    try:
        key = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < MIN_KEY_BYTES:
        raise SettingsError(
            f"pseudonym_key in {_PLACE} is not base64 of {MIN_KEY_BYTES} bytes or more.", remedy=KEY_REMEDY
        )
    return key


def missing_key_problem(level: PeopleLevel) -> SettingsError:
    """Return the problem of a level that needs a key and has none."""
    return SettingsError(f'people = "{level.value}" in {_PLACE} needs pseudonym_key.', remedy=KEY_REMEDY)


def read_retention(value: object) -> timedelta:
    """Return `people_retention`. Raises SettingsError."""
    duration = parse_duration(value, units="dw", max_digits=4) if isinstance(value, str) else None
    if duration is None:
        raise SettingsError(
            f"people_retention in {_PLACE} is not a number of days or weeks.", remedy='Write one like "400d" or "52w".'
        )
    return duration
