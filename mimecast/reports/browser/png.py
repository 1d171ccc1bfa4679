"""The report's picture as a PNG file, drawn by Kaleido with an installed browser."""

from __future__ import annotations

import asyncio
import importlib.util
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mimecast.problem import Problem
from mimecast.reports.browser.installed import (
    MAX_SECONDS,
    SECONDS_TO_END,
    BrowserFailed,
    find_browser,
    has_sandbox,
    kill_group,
    one_at_a_time,
)

if TYPE_CHECKING:
    from kaleido import Kaleido

    from mimecast.reports.report import Report

SCALE: Final = 2
"""Pixels of the file for each pixel of the picture, which makes 3200 by 1800."""


class KaleidoMissing(Problem):
    """Pictures need the library Kaleido, which is optional."""

    title = "Pictures need one more library"
    remedy = "Install it with: pip install -r requirements-images.txt."


def render_png(report: Report, *, max_seconds: float = MAX_SECONDS) -> bytes:
    """Return the report's picture. Raises BrowserMissing, KaleidoMissing, BrowserFailed, BrowserBusy."""
    browser = find_browser()
    if importlib.util.find_spec("kaleido") is None:
        raise KaleidoMissing("Kaleido, which draws pictures, is not installed.")
    from mimecast.reports.picture import draw_picture

    figure = draw_picture(report).figure
    with one_at_a_time():
        return asyncio.run(_draw(browser, figure, max_seconds))


async def _draw(browser: Path, figure: Any, max_seconds: float) -> bytes:
    """Return a figure as a PNG file.

    MathJax, which Kaleido would load from the internet, is left out: no chart of ours has formulas.
    """
    from choreographer.errors import BrowserClosedError, BrowserFailedError, ChannelClosedError
    from kaleido import Kaleido
    from kaleido.errors import JavascriptError, KaleidoError

    kaleido = Kaleido(path=browser, mathjax=False, enable_sandbox=has_sandbox(), timeout=None)
    options: Any = {"format": "png", "scale": SCALE, "width": figure.layout.width, "height": figure.layout.height}
    deadline = asyncio.timeout(max_seconds)
    try:
        async with deadline:
            await kaleido.open()
            content: bytes = await kaleido.calc_fig(figure, opts=options)
    except (TimeoutError, BrowserClosedError, BrowserFailedError, ChannelClosedError, JavascriptError, KaleidoError):
        _kill(kaleido)  # closing it would wait for its answer
        reason = (
            f"did not finish within {max_seconds:.0f} seconds" if deadline.expired() else "could not draw the picture"
        )
        raise BrowserFailed(f"{browser} {reason}.") from None
    finally:
        await _close(kaleido)
    return content


async def _close(kaleido: Kaleido) -> None:
    """End the browser, in good order where it answers in time, and have Kaleido remove its temporary files."""
    with suppress(TimeoutError):
        async with asyncio.timeout(SECONDS_TO_END):
            await kaleido.close()
    _kill(kaleido)


def _kill(kaleido: Kaleido) -> None:
    if hasattr(kaleido, "subprocess"):
        kill_group(kaleido.subprocess)
