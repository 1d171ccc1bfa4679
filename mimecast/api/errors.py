"""Errors of requests to Mimecast: one class for each remedy.

    Problem
    └── MimecastError
        ├── Unreachable            no connection: refused, reset, no route
        │   ├── NameUnknown        the host name cannot be resolved
        │   ├── ProxyFailed        the proxy did not connect
        │   └── TlsFailed          the certificate is not trusted
        ├── TimedOut               connected, but no complete response in time
        ├── Redirected             3xx
        ├── WrongAddress           404 or 405: not the API, or not its path
        ├── CredentialsRejected    API 1.0, 401: one of the keys, or the region
        ├── ApplicationRejected    API 1.0, err_developer_key: the application ID
        ├── KeysExpired            API 1.0, 418: the binding of access key and secret key has expired
        ├── ClientRejected         API 2.0: no token for this client id and client secret
        ├── TokenRejected          API 2.0, 401: not even a new token is accepted
        ├── ClockWrong             401, and this computer's clock differs from Mimecast's
        ├── PermissionMissing      403 and its codes: the role
        ├── ProductMissing         app_forbidden: the application's products
        ├── RateLimited            429
        │   └── WaitRequested      not sent, because Mimecast has asked to wait
        ├── ServiceError           500 and above
        ├── RequestRejected        any other refusal
        └── ResponseUnreadable     a response that this dashboard does not understand

Sources: the tables of status and error codes in Mimecast's API documentation, and recorded exchanges.
"""

from __future__ import annotations

from datetime import datetime

from mimecast.formatting import format_until
from mimecast.problem import Problem


class MimecastError(Problem):
    """A request to Mimecast that returned no score counts.

    Attributes:
        can_retry: Whether the same request may succeed later with nothing else changed.
        request_id: The id that was sent (API 1.0) or the one that Mimecast returned (API 2.0).
        status: The HTTP status, or None without a response.
        code: Mimecast's error code, or None without one.
        retry_after: The seconds that Mimecast asks to wait, or None.
        not_before: When to try again (UTC), once the wait that Mimecast asked for has outlasted the retries; else None.
        server_time: The `Date` of the response (UTC), or None without one.
    """

    title = "The request to Mimecast failed"
    can_retry = False

    def __init__(
        self,
        message: str,
        *,
        request_id: str | None = None,
        status: int | None = None,
        code: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        """Describe what happened and what the response said about it."""
        super().__init__(message, request_id=request_id)
        self.status = status
        self.code = code
        self.retry_after = retry_after
        self.not_before: datetime | None = None
        self.server_time: datetime | None = None

    def postpone(self, until: datetime, now: datetime) -> None:
        """Record when to try again (UTC), and add it to the remedy, with its date when that is not today."""
        self.not_before = until
        self.remedy = f"Try again after {format_until(until, now)}. {self.remedy}"


class Unreachable(MimecastError):
    """No connection to Mimecast: the host refuses it or does not answer, there is no route, or a firewall blocks it."""

    title = "Mimecast cannot be reached"
    remedy = "Check base_url, the network, and whether a firewall blocks this computer."
    can_retry = True


class NameUnknown(Unreachable):
    """The host name of `base_url` cannot be resolved: it is misspelled, or this computer's DNS does not work."""

    title = "Unknown host"
    remedy = "Check the spelling of base_url. If it is right, check this computer's DNS."


class ProxyFailed(Unreachable):
    """The proxy rejected the connection, or requires a sign-in."""

    title = "The proxy did not connect"
    remedy = "Check HTTPS_PROXY, and whether the proxy needs a sign-in or has to allow this host."


class TlsFailed(Unreachable):
    """The certificate is not trusted: it has expired or is for another host, or a company inspects traffic."""

    title = "The connection is not secure"
    remedy = (
        "If your company inspects encrypted traffic, install its certificate authority in this computer's trust store, "
        "or name its file in REQUESTS_CA_BUNDLE."
    )
    can_retry = False


class TimedOut(MimecastError):
    """The complete response did not arrive in time."""

    title = "Mimecast did not answer in time"
    remedy = (
        "Try again in a few minutes; if the problem persists, check the network and Mimecast's service status page."
    )
    can_retry = True


class Redirected(MimecastError):
    """The response is a redirect, for example to a proxy's sign-in page. It is not followed."""

    title = "The address redirects elsewhere"
    remedy = "Set base_url to the API address of your region. A proxy that requires a sign-in redirects as well."


class WrongAddress(MimecastError):
    """HTTP 404 or 405: `base_url` is not the address of Mimecast's API."""

    title = "This address is not Mimecast's API"
    remedy = "Check base_url: it must be the host of your region, with nothing after it."


class CredentialsRejected(MimecastError):
    """API 1.0, HTTP 401: the access key, secret key, application key or region is wrong."""

    title = "Mimecast rejected the credentials"
    remedy = (
        "Mimecast does not say which one is wrong: the access key, secret key, application key or region. "
        "Check base_url first, then copy the keys again."
    )


class ApplicationRejected(MimecastError):
    """API 1.0, `err_developer_key`: the application ID is wrong. Seen with valid keys too."""

    title = "Application ID rejected"
    remedy = (
        "Copy app_id again from the application's page in Mimecast. "
        "Mimecast occasionally returns this error by mistake."
    )
    can_retry = True


class KeysExpired(MimecastError):
    """API 1.0, HTTP 418: the access key and secret key have expired."""

    title = "The access key has expired"
    remedy = (
        "Create a new access key and secret key for the application, and set its user's authentication profile to "
        "a cache time of Never Expires."
    )


class ClientRejected(MimecastError):
    """API 2.0: Mimecast issues no token for the client ID and secret."""

    title = "Client ID or secret rejected"
    remedy = "Copy client_id and client_secret again, or generate new ones on the application's page in Mimecast."


class TokenRejected(MimecastError):
    """API 2.0, HTTP 401: Mimecast rejects a token that it has just issued."""

    title = "Mimecast rejected its own token"
    remedy = (
        "Try again in a few minutes: Mimecast occasionally returns this error by mistake. If the problem persists, "
        "check that base_url is the address of the region where the application was created, and that the "
        "application is enabled."
    )
    can_retry = True


class ClockWrong(MimecastError):
    """API 1.0, HTTP 401, and this computer's clock differs from Mimecast's."""

    title = "This computer's clock is wrong"
    remedy = "Set the clock: turn on time synchronisation."


class PermissionMissing(MimecastError):
    """HTTP 403: the role lacks the permission Awareness Training | Dashboard | Read."""

    title = "Missing permission"
    remedy = (
        "Give the application's role (API 1.0: its user's role) the permission Awareness Training | Dashboard | Read, "
        "and check that the account has the Awareness Training product."
    )


class ProductMissing(MimecastError):
    """API 2.0, `app_forbidden`: the application lacks the product Awareness Training."""

    title = "Missing product"
    remedy = (
        "Create a new API 2.0 application whose products include Awareness Training: you cannot add products to "
        "an application once it has been saved."
    )


class RateLimited(MimecastError):
    """HTTP 429: the application has used up its rate limit."""

    title = "Too many requests"
    remedy = (
        "Wait until Mimecast accepts requests again. Requests from other tools that use the same application count "
        "towards the same limit."
    )
    can_retry = True


class WaitRequested(RateLimited):
    """An earlier response asked for a wait that is not over, so no request was sent."""

    title = "Mimecast requested a wait"
    remedy = (
        "Automatic requests resume after the wait. Requests from other tools that use the same application count "
        "towards the same limit."
    )


class ServiceError(MimecastError):
    """HTTP 500 or higher."""

    title = "Mimecast server error"
    remedy = "Try again in a few minutes; if the problem persists, look at Mimecast's service status page."
    can_retry = True


class RequestRejected(MimecastError):
    """Mimecast refused the request for another reason."""

    title = "Mimecast refused the request"
    remedy = "Send the request id and the code to Mimecast's support."


class ResponseUnreadable(MimecastError):
    """The response is empty, cut off, too large, or has an unexpected form."""

    title = "Mimecast's response cannot be read"
    remedy = (
        "Check that base_url is Mimecast's API and that no proxy answers in its place. If both are right, "
        "Mimecast may have changed its response: look for a newer version of this dashboard."
    )
