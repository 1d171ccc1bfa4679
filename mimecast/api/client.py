"""Client of Mimecast's API 1.0 and 2.0, with one method for each endpoint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeVar

from mimecast.api.auth import Api1Auth, BearerAuth, new_request_id, utc_now
from mimecast.api.errors import ClockWrong, CredentialsRejected, MimecastError, TokenRejected
from mimecast.api.keys import Api1Keys, Api2Keys
from mimecast.api.response import Summary, is_from_sandbox, parse_summary, request_id_of, server_date
from mimecast.api.retry import NO_WAITING, RetryPolicy, with_retries
from mimecast.api.tokens import PROCESS_TOKENS, TokenCache
from mimecast.api.transport import MAX_RESPONSE_BYTES, TIMEOUT, Response, post
from mimecast.formatting import pluralize

T = TypeVar("T")

SAFE_SCORE_SUMMARY: Final = "/api/awareness-training/company/get-safe-score-summary"

TOLERATED_SKEW: Final = timedelta(minutes=3)
"""Clock skew up to which this computer's clock counts as right. An assumption: Mimecast publishes no limit."""


@dataclass(frozen=True, slots=True)
class SummaryResult:
    """The answer to one request for the SAFE Score summary.

    Attributes:
        summary: Users per grade.
        received_at: When the response arrived, by this computer's clock (UTC).
        request_id: The id that was sent (API 1.0) or the one that Mimecast returned (API 2.0); empty without one.
        server_time: When Mimecast sent the response, by Mimecast's clock (UTC); None without a `Date` header.
        is_from_sandbox: Whether our own sandbox sent the response, whose score counts are made up.
    """

    summary: Summary
    received_at: datetime
    request_id: str
    server_time: datetime | None = None
    is_from_sandbox: bool = False

    @property
    def clock_problem(self) -> ClockWrong | None:
        """The problem of this computer's clock, if it differs from Mimecast's by more than `TOLERATED_SKEW`."""
        skew = clock_skew(self.server_time, self.received_at)
        if skew is None or abs(skew) <= TOLERATED_SKEW:
            return None
        return ClockWrong(f"This computer's clock is {format_skew(skew)} Mimecast's.")

    @property
    def taken_at(self) -> datetime:
        """When the counts were true (UTC): by this computer's clock, or by Mimecast's where that one is wrong."""
        return self.server_time if self.server_time and self.clock_problem else self.received_at


class Client:
    """Client of one account's API. Threads may share it; access tokens of API 2.0 are shared by the whole process."""

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
        """Create a client; nothing is sent yet.

        Args:
            base_url: Scheme and host of the API.
            keys: The credentials; their type decides between API 1.0 and API 2.0.
            retry_policy: How long to wait between attempts.
            timeout: Seconds to connect, and seconds of silence before a response counts as timed out.
            clock: The current time (UTC).
            new_id: A new GUID for each request of API 1.0.
            tokens: Where access tokens of API 2.0 are kept.
        """
        self._base_url = base_url.rstrip("/")
        self._keys = keys
        self._retry_policy = retry_policy
        self._timeout = timeout
        self._clock = clock
        self._new_id = new_id
        self._tokens = tokens

    def safe_score_summary(self) -> SummaryResult:
        """Return the current number of users per grade (`POST get-safe-score-summary`).

        Raises:
            MimecastError: No attempt returned score counts; this is the error of the last one.
        """
        return self.request(SAFE_SCORE_SUMMARY, {"data": []}, self._read_summary)

    def request(
        self,
        path: str,
        body: Mapping[str, object],
        parse: Callable[[Response, str | None], T],
        *,
        max_bytes: int = MAX_RESPONSE_BYTES,
    ) -> T:
        """Send a request, again where a retry can help, and return what `parse` makes of the response.

        Every attempt is signed separately, or sent with a token that is still valid.

        Args:
            path: The path of the endpoint.
            body: The JSON body.
            parse: Called with every response, including errors, and with the id that was sent (None for API 2.0). It
                raises a MimecastError for a response that reports a failure.
            max_bytes: The longest response that is read.

        Raises:
            MimecastError: No attempt succeeded; this is the error of the last one.
        """

        def send(auth: Api1Auth | BearerAuth, request_id: str | None = None) -> T:
            try:
                response = post(self._base_url + path, json=body, auth=auth, timeout=self._timeout, max_bytes=max_bytes)
                return self._parse(response, lambda: parse(response, request_id))
            except MimecastError as error:
                error.request_id = request_id or error.request_id
                raise

        keys = self._keys
        if isinstance(keys, Api1Keys):
            return with_retries(lambda: self._send_signed(keys, send), self._retry_policy)
        return with_retries(lambda: self._send_with_token(keys, send), self._retry_policy)

    def _send_signed(self, keys: Api1Keys, send: Callable[[Api1Auth, str], T]) -> T:
        request_id = self._new_id()
        return send(Api1Auth(keys, clock=self._clock, new_id=lambda: request_id), request_id)

    def _send_with_token(self, keys: Api2Keys, send: Callable[[BearerAuth], T]) -> T:
        """Send the request with the cached token; if Mimecast rejects it, try once more with a new one."""
        with suppress(TokenRejected):
            return self._send_with_cached_token(keys, send)
        return self._send_with_cached_token(keys, send)

    def _send_with_cached_token(self, keys: Api2Keys, send: Callable[[BearerAuth], T]) -> T:
        token = self._tokens.get(self._base_url, keys, timeout=self._timeout)
        try:
            return send(BearerAuth(token))
        except TokenRejected:
            self._tokens.forget(self._base_url, keys, token)
            raise

    def _read_summary(self, response: Response, request_id: str | None) -> SummaryResult:
        summary = parse_summary(response, now=self._clock())
        headers = response.headers
        return SummaryResult(
            summary,
            self._clock(),
            request_id or request_id_of(headers) or "",
            server_date(headers),
            is_from_sandbox(headers),
        )

    def _parse(self, response: Response, parse: Callable[[], T]) -> T:
        try:
            return parse()
        except CredentialsRejected as error:
            refined = self._refine_401(error)
        except MimecastError as error:
            error.server_time = server_date(response.headers)
            raise
        raise refined

    def _refine_401(self, error: CredentialsRejected) -> MimecastError:
        """Return the error behind a 401: with API 2.0 the token, with API 1.0 the clock if it differs from Mimecast's.

        Any other 401 of API 1.0 is returned unchanged.
        """
        refined: MimecastError = error
        if isinstance(self._keys, Api2Keys):
            refined = TokenRejected(error.message)
        elif (skew := clock_skew(error.server_time, self._clock())) is not None and abs(skew) > TOLERATED_SKEW:
            ahead_or_behind = f"This computer's clock is {format_skew(skew)} Mimecast's"
            refined = ClockWrong(f"{ahead_or_behind}, and Mimecast refused the request.")
        refined.request_id, refined.status, refined.code = error.request_id, error.status, error.code
        refined.server_time = error.server_time
        return refined


def clock_skew(server_time: datetime | None, now: datetime) -> timedelta | None:
    """Return how far this computer's clock is ahead of Mimecast's, or None when Mimecast's time is unknown."""
    return None if server_time is None else now - server_time


def format_skew(skew: timedelta) -> str:
    """Return a clock skew in words: `12 minutes ahead of`, `400 days behind`."""
    seconds = abs(skew).total_seconds()
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * length or unit == "minute":
            break
    return f"{pluralize(round(seconds / length), unit)} {'ahead of' if skew > timedelta(0) else 'behind'}"
