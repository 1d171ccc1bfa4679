"""What can go wrong between here and Mimecast: one class for each remedy.

    Problem
    └── MimecastError
        ├── Unreachable            nobody answers: refused, reset, no route
        │   ├── NameUnknown        the host's name leads nowhere
        │   ├── ProxyFailed        the proxy did not connect
        │   └── TlsFailed          a connection, but not one whose certificate is trusted
        ├── TimedOut               a connection, but no whole answer in time
        ├── Redirected             an answer that points somewhere else
        ├── WrongAddress           404 or 405: this is not the API, or not its path
        ├── CredentialsRejected    API 1.0, 401: one of the keys, or the region
        ├── ApplicationRejected    API 1.0, err_developer_key: the application ID
        ├── KeysExpired            API 1.0, 418: the binding of access key and secret key ran out
        ├── ClientRejected         API 2.0: no token for this client id and client secret
        ├── TokenRejected          API 2.0, 401: not even a new token is accepted
        ├── ClockWrong             401, and this computer's clock differs from Mimecast's
        ├── PermissionMissing      403 and its codes: the role
        ├── ProductMissing         app_forbidden: the application's products
        ├── RateLimited            429
        ├── ServiceFailing         500 and above
        ├── RequestRefused         any other refusal
        └── AnswerUnreadable       an answer, but not one this dashboard understands

Sources: the status and error code tables of Mimecast's API documentation, and recorded exchanges.
"""

from __future__ import annotations

from datetime import datetime

from mimecast.problem import Problem


class MimecastError(Problem):
    """A request to Mimecast that gave no score counts.

    `request_id` is the id this dashboard sent or, for API 2.0, the one Mimecast answered with (its support asks for
    it); `status` the HTTP status if there was an answer; `code` Mimecast's own error code if it gave one;
    `retry_after` the seconds it asks to wait; `not_before` when to try again (UTC), if that is too long to wait here;
    `server_time` the time in the answer's `Date` (UTC), if it had one.

    `can_retry` says whether asking again can help with nothing else changed; `automatic_retries` how often that is
    done at once.
    """

    title = "Mimecast could not be asked"
    can_retry = False
    automatic_retries = 0

    def __init__(
        self,
        message: str,
        *,
        request_id: str | None = None,
        status: int | None = None,
        code: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.request_id = request_id
        self.status = status
        self.code = code
        self.retry_after = retry_after
        self.not_before: datetime | None = None
        self.server_time: datetime | None = None

    def postpone(self, until: datetime) -> None:
        """Nobody waits here until then; whoever reads the error learns when to try again."""
        self.not_before = until
        self.remedy = f"Try again after {until:%H:%M:%S} UTC. {self.remedy}"


class Unreachable(MimecastError):
    title = "Mimecast cannot be reached"
    remedy = "Check base_url and the network, and whether a firewall must let this computer through."
    can_retry = True
    automatic_retries = 3


class NameUnknown(Unreachable):
    title = "The host is not known"
    remedy = "Check the spelling of base_url; if it is right, this computer's name server does not know the host."
    automatic_retries = 0


class ProxyFailed(Unreachable):
    title = "The proxy did not connect"
    remedy = "Check HTTPS_PROXY, and whether the proxy needs a sign-in or must be told to let this host through."
    automatic_retries = 0


class TlsFailed(Unreachable):
    title = "The connection is not secure"
    remedy = (
        "If your company inspects encrypted traffic, install its certificate authority in this computer's trust store, "
        "or name its file in REQUESTS_CA_BUNDLE."
    )
    can_retry = False
    automatic_retries = 0


class TimedOut(MimecastError):
    title = "Mimecast did not answer in time"
    remedy = "Try again in a few minutes; if it stays so, check the network and Mimecast's service status page."
    can_retry = True


class Redirected(MimecastError):
    title = "The address points somewhere else"
    remedy = "Set base_url to the API address of your region; a proxy that asks for a sign-in also redirects."


class WrongAddress(MimecastError):
    title = "This address is not Mimecast's API"
    remedy = "Check base_url: the host of your region only, with nothing after it."


class CredentialsRejected(MimecastError):
    title = "Mimecast does not accept the credentials"
    remedy = (
        "Mimecast does not say which of them: access key, secret key and application key look alike when wrong, and so "
        "does the wrong region. Check base_url first, then copy the keys anew."
    )


class ApplicationRejected(MimecastError):
    title = "Mimecast does not know the application"
    remedy = "Copy app_id anew from the application's page in Mimecast; Mimecast also says so by mistake at times."
    can_retry = True
    automatic_retries = 1


class KeysExpired(MimecastError):
    title = "The access key has expired"
    remedy = (
        "Make a new access key and secret key for the application, and set its user's authentication profile to "
        "a cache time of Never Expires."
    )


class ClientRejected(MimecastError):
    title = "Mimecast does not accept the client"
    remedy = "Copy client_id and client_secret anew, or generate new ones on the application's page in Mimecast."


class TokenRejected(MimecastError):
    title = "Mimecast does not accept its own token"
    remedy = (
        "Try again in a few minutes: Mimecast is known to do so at times. If it stays so, check that base_url is the "
        "address of the region where the application was made, and that the application is enabled."
    )
    can_retry = True


class ClockWrong(MimecastError):
    title = "This computer's clock is wrong"
    remedy = "Set the clock, best by switching on time synchronisation, and try again."


class PermissionMissing(MimecastError):
    title = "A permission is missing"
    remedy = (
        "Give the application's role (API 1.0: its user's role) the permission Awareness Training | Dashboard | Read, "
        "and check that the account has the Awareness Training product."
    )


class ProductMissing(MimecastError):
    title = "A product is missing"
    remedy = (
        "Make a new API 2.0 application whose products include Awareness Training: products cannot be added to one "
        "that was saved."
    )


class RateLimited(MimecastError):
    title = "Too many requests"
    remedy = "Wait until Mimecast takes requests again; other tools that use the same application count too."
    can_retry = True
    automatic_retries = 3


class ServiceError(MimecastError):
    title = "Mimecast has a fault"
    remedy = "Try again in a few minutes; if it stays so, look at Mimecast's service status page."
    can_retry = True
    automatic_retries = 3


class RequestRejected(MimecastError):
    title = "Mimecast refused the request"
    remedy = "Send the request id and the code to Mimecast's support."


class ResponseUnreadable(MimecastError):
    title = "The answer cannot be read"
    remedy = (
        "Check that base_url is Mimecast's API and that no proxy answers in its place; if both are right, "
        "Mimecast may have changed its answer: look for a newer version of this dashboard."
    )
