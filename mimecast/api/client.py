"""Asking Mimecast, by whichever generation of its API the credentials are for. One method a question."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mimecast.api.answer import Summary, date_of, read_summary, request_id_of
from mimecast.api.auth import Api1Auth, Api1Keys, Api2Keys, BearerAuth, new_request_id, utc_now
from mimecast.api.errors import ClockWrong, CredentialsRejected, MimecastError, TokenRejected
from mimecast.api.retries import NONE, Patience, with_retries
from mimecast.api.tokens import TOKENS, Tokens
from mimecast.api.transport import TIMEOUT, Answer, post
from mimecast.wording import count_of

SAFE_SCORE_SUMMARY: Final = "/api/awareness-training/company/get-safe-score-summary"

TOLERATED_SKEW: Final = timedelta(minutes=2)
"""An assumption: Mimecast publishes no limit. Below it, a refused signature is not blamed on the clock."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One answered request: the summary, when the answer came (UTC), its id, and the time by Mimecast's own clock (UTC;
    None when the answer did not say).

    The id is the one that was sent (API 1.0) or the one Mimecast answered with, if any (API 2.0).
    """

    summary: Summary
    at: datetime
    request_id: str
    their_time: datetime | None = None


class Client:
    """The API of one account. Safe to use from several threads; tokens of API 2.0 are shared by the process."""

    def __init__(
        self,
        base_url: str,
        keys: Api1Keys | Api2Keys,
        *,
        patience: Patience = NONE,
        timeout: tuple[float, float] = TIMEOUT,
        clock: Callable[[], datetime] = utc_now,
        new_id: Callable[[], str] = new_request_id,
        tokens: Tokens = TOKENS,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._keys = keys
        self._patience = patience
        self._timeout = timeout
        self._clock = clock
        self._new_id = new_id
        self._tokens = tokens

    def safe_score_summary(self) -> Asked:
        """Users per grade now (`POST get-safe-score-summary`). Raises a `MimecastError`."""
        keys = self._keys
        if isinstance(keys, Api1Keys):
            return with_retries(lambda: self._ask_signed(keys), self._patience)
        return with_retries(lambda: self._ask_with_token(keys), self._patience)

    def _ask_signed(self, keys: Api1Keys) -> Asked:
        request_id = self._new_id()
        return self._ask(Api1Auth(keys, clock=self._clock, new_id=lambda: request_id), request_id)

    def _ask_with_token(self, keys: Api2Keys) -> Asked:
        """A token that is refused is replaced once: it may have ended early. No refused token is kept."""
        with suppress(TokenRejected):
            return self._ask_with_held_token(keys)
        return self._ask_with_held_token(keys)

    def _ask_with_held_token(self, keys: Api2Keys) -> Asked:
        token = self._tokens.get(self._base_url, keys, timeout=self._timeout)
        try:
            return self._ask(BearerAuth(token))
        except TokenRejected:
            self._tokens.forget(self._base_url, keys, token)
            raise

    def _ask(self, auth: Api1Auth | BearerAuth, request_id: str | None = None) -> Asked:
        try:
            answer = post(self._base_url + SAFE_SCORE_SUMMARY, json={"data": []}, auth=auth, timeout=self._timeout)
            summary = self._read(answer)
        except MimecastError as error:
            error.request_id = request_id or error.request_id
            raise
        at, echoed = self._clock(), request_id_of(answer.headers)
        return Asked(summary, at, request_id or echoed or "", date_of(answer.headers))

    def _read(self, answer: Answer) -> Summary:
        try:
            return read_summary(answer)
        except CredentialsRejected as error:
            better = self._better(error)
        except MimecastError as error:
            error.their_time = date_of(answer.headers)
            raise
        raise better

    def _better(self, error: CredentialsRejected) -> MimecastError:
        """What a 401 means: for API 2.0 always the token; for API 1.0 the clock, if the answer shows it to be off."""
        better: MimecastError = error
        if isinstance(self._keys, Api2Keys):
            better = TokenRejected(error.sentence)
        elif (skew := skew_of(error.their_time, self._clock())) is not None and abs(skew) > TOLERATED_SKEW:
            better = ClockWrong(f"This computer's clock is {said_skew(skew)} Mimecast's, which refused the request.")
        better.request_id, better.status, better.code = error.request_id, error.status, error.code
        better.their_time = error.their_time
        return better


def skew_of(theirs: datetime | None, now: datetime) -> timedelta | None:
    """How far this computer's clock is ahead of Mimecast's; None when the answer did not say its time."""
    return None if theirs is None else now - theirs


def said_skew(skew: timedelta) -> str:
    """`12 minutes ahead of`, `1 minute behind`"""
    return (
        f"{count_of(round(abs(skew).total_seconds() / 60), 'minute')} {'ahead of' if skew > timedelta(0) else 'behind'}"
    )
