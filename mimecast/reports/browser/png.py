"""The report's picture as a PNG file, drawn by Kaleido with an installed browser."""

from __future__ import annotations

import asyncio
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mimecast.problem import Problem
from mimecast.reports.browser.installed import (
    MAX_SECONDS,
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
    try:
        async with asyncio.timeout(max_seconds):
            await kaleido.open()
            options: Any = {
                "format": "png",
                "scale": SCALE,
                "width": figure.layout.width,
                "height": figure.layout.height,
            }
            content: bytes = await kaleido.calc_fig(figure, opts=options)
            return content
    except TimeoutError:
        raise BrowserFailed(f"{browser} did not finish within {max_seconds:.0f} seconds.") from None
    except (BrowserClosedError, BrowserFailedError, ChannelClosedError, JavascriptError, KaleidoError):
        raise BrowserFailed(f"{browser} could not draw the picture.") from None
    finally:
        await _end(kaleido)


async def _end(kaleido: Kaleido) -> None:
    """Kill the browser, which Kaleido would wait for, and have Kaleido remove its temporary files."""
    if hasattr(kaleido, "subprocess"):
        kill_group(kaleido.subprocess)
    await kaleido.close()
