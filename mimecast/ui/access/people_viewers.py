"""Who may see names: users in `people_viewers`, or anyone at this computer where no one has to sign in."""

from __future__ import annotations

from mimecast.settings.auth import ASCII_LOWER_CASE
from mimecast.settings.dashboard import read_dashboard
from mimecast.ui.access.gate import why_reachable_by_others
from mimecast.ui.access.identity import current_user_email
from mimecast.ui.access.policy import load_auth
from mimecast.ui.secrets import read_secrets


def why_no_names() -> str:
    """Return why the user of this session may not see names now, as a sentence; empty where they may. Raises Problem.

    The settings are read again, since a fragment can run long after its page did.
    """
    dashboard = read_dashboard(read_secrets())
    if not dashboard.people_level.has_names:
        return "Names are not shown: the setting people in [dashboard] is no longer “names”."
    if load_auth() is None:
        reason = why_reachable_by_others()
        return f"Names are not shown: no one has to sign in, and {reason}." if reason else ""
    if current_user_email().translate(ASCII_LOWER_CASE) in dashboard.people_viewers:
        return ""
    return "Names are shown only to the users in people_viewers of [dashboard], and your address is not among them."
