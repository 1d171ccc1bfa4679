"""What tests read of slides."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from pptx import Presentation

from mimecast.reports.pptx.slides import render_pptx
from mimecast.reports.report import Report


def opened(report: Report, template: Path | None = None) -> Any:
    """Return the slides of a report as python-pptx reads them."""
    return Presentation(io.BytesIO(render_pptx(report, template=template)))


def titles(deck: Any) -> list[str]:
    """Return the title of each slide."""
    return [slide.shapes.title.text for slide in deck.slides]


def charts(deck: Any) -> dict[str, Any]:
    """Return the charts of all slides by their names."""
    return {shape.name: shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart}


def text_of(slide: Any) -> str:
    """Return the texts of a slide."""
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
