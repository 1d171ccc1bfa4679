"""Asking Mimecast, by whichever generation of its API the credentials are for. One method a question."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mimecast.api.auth import Api1Auth, Api1Keys, Api2Keys, BearerAuth, new_request_id, utc_now
from mimecast.api.errors import ClockWrong, CredentialsRejected, MimecastError, TokenRejected
from mimecast.api.response import Summary, read_summary, request_id_of, server_date
from mimecast.api.retry import NO_WAITING, RetryPolicy, with_retries
from mimecast.api.tokens import PROCESS_TOKENS, TokenCache
from mimecast.api.transport import TIMEOUT, Response, post
from mimecast.formatting import pluralize

SAFE_SCORE_SUMMARY: Final = "/api/awareness-training/company/get-safe-score-summary"

TOLERATED_SKEW: Final = timedelta(minutes=2)
"""An assumption: Mimecast publishes no limit. Below it, a refused signature is not blamed on the clock."""


@dataclass(frozen=True, slots=True)
class SummaryResult:
    """One answered request: the summary, when the answer came (UTC), its id, and the time by Mimecast's own clock (UTC;
    None when the answer did not say).

    The id is the one that was sent (API 1.0) or the one Mimecast answered with, if any (API 2.0).
    """

    summary: Summary
    received_at: datetime
    request_id: str
    server_time: datetime | None = None


class Client:
    """The API of one account. Safe to use from several threads; tokens of API 2.0 are shared by the process."""

    def __init__(
        self,
        base_url: str,
        keys: Api1Keys | Api2Keys,
        *,
        retry_policy: RetryPolicy = NO_WAITING,
        timeout: tuple[float, float] = TIMEOUT,
        clock: Callable[[], datetime] = utc_now,
        new_id: Callable[[], str] = new_request_id,
        tokens: TokenCache = PROCESS_TOKENS,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._keys = keys
        self._patience = retry_policy
        self._timeout = timeout
        self._clock = clock
        self._new_id = new_id
        self._tokens = tokens

    def safe_score_summary(self) -> SummaryResult:
        """Users per grade now (`POST get-safe-score-summary`). Raises a `MimecastError`."""
        keys = self._keys
        if isinstance(keys, Api1Keys):
            return with_retries(lambda: self._ask_signed(keys), self._patience)
        return with_retries(lambda: self._ask_with_token(keys), self._patience)

    def _ask_signed(self, keys: Api1Keys) -> SummaryResult:
        request_id = self._new_id()
        return self._ask(Api1Auth(keys, clock=self._clock, new_id=lambda: request_id), request_id)

    def _ask_with_token(self, keys: Api2Keys) -> SummaryResult:
        """A token that is refused is replaced once: it may have ended early. No refused token is kept."""
        with suppress(TokenRejected):
            return self._ask_with_held_token(keys)
        return self._ask_with_held_token(keys)

    def _ask_with_held_token(self, keys: Api2Keys) -> SummaryResult:
        token = self._tokens.get(self._base_url, keys, timeout=self._timeout)
        try:
            return self._ask(BearerAuth(token))
        except TokenRejected:
            self._tokens.forget(self._base_url, keys, token)
            raise

    def _ask(self, auth: Api1Auth | BearerAuth, request_id: str | None = None) -> SummaryResult:
        try:
            answer = post(self._base_url + SAFE_SCORE_SUMMARY, json={"data": []}, auth=auth, timeout=self._timeout)
            summary = self._read(answer)
        except MimecastError as error:
            error.request_id = request_id or error.request_id
            raise
        at, echoed = self._clock(), request_id_of(answer.headers)
        return SummaryResult(summary, at, request_id or echoed or "", server_date(answer.headers))

    def _read(self, answer: Response) -> Summary:
        try:
            return read_summary(answer)
        except CredentialsRejected as error:
            better = self._refine_401(error)
        except MimecastError as error:
            error.server_time = server_date(answer.headers)
            raise
        raise better

    def _refine_401(self, error: CredentialsRejected) -> MimecastError:
        """What a 401 means: for API 2.0 always the token; for API 1.0 the clock, if the answer shows it to be off."""
        better: MimecastError = error
        if isinstance(self._keys, Api2Keys):
            better = TokenRejected(error.message)
        elif (skew := clock_skew(error.server_time, self._clock())) is not None and abs(skew) > TOLERATED_SKEW:
            better = ClockWrong(f"This computer's clock is {format_skew(skew)} Mimecast's, which refused the request.")
        better.request_id, better.status, better.code = error.request_id, error.status, error.code
        better.server_time = error.server_time
        return better


def clock_skew(theirs: datetime | None, now: datetime) -> timedelta | None:
    """How far this computer's clock is ahead of Mimecast's; None when the answer did not say its time."""
    return None if theirs is None else now - theirs


def format_skew(skew: timedelta) -> str:
    """`12 minutes ahead of`, `1 minute behind`"""
    return (
        f"{pluralize(round(abs(skew).total_seconds() / 60), 'minute')} "
        f"{'ahead of' if skew > timedelta(0) else 'behind'}"
    )
