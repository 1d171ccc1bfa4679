"""The browser's print of a page: A4, light, without what can only be clicked, and nothing cut.

A chart is drawn for the width it has on the screen. Before printing, each is given the view box of that size, so that
it shrinks with the paper's width as a picture would; afterwards it is taken away again.
"""

from __future__ import annotations

from typing import Final

INK: Final = "#0f1822"

_ON_SCREEN_ONLY: Final = (
    "[data-testid=stSidebar]",
    "[data-testid=stExpandSidebarButton]",
    "[data-testid=stHeader]",
    "[data-testid=stToolbar]",
    "[data-testid=stStatusWidget]",
    "[data-testid=stElementToolbar]",
    "[data-testid=stButton]",
    "[data-testid=stDownloadButton]",
    "[data-testid=stButtonGroup]",
    "[data-testid=stDateInput]",
    "[data-testid=stSelectbox]",
    "[data-testid=stTextInput]",
    "[data-testid=stMultiSelect]",
    "[data-testid=stNumberInput]",
    "[data-testid=stFileUploader]",
    "[data-testid=stPopover]",
    "[data-testid=stForm]",
    "[data-testid=stDataFrame]",
    "[data-testid=stTooltipIcon]",
    "[data-testid=stSkeleton]",
    ".modebar",
)
"""What can be clicked, and tables that scroll: on paper they would show their first rows only."""

PRINT_STYLE: Final = f"""
@page {{ size: A4; margin: 12mm; }}
@media print {{
  {", ".join(_ON_SCREEN_ONLY)} {{ display: none !important; }}
  html, body, #root, .stApp, [data-testid=stAppViewContainer], [data-testid=stMain] {{
    display: block !important; position: static !important; height: auto !important; min-height: 0 !important;
    overflow: visible !important; background: #ffffff !important;
  }}
  [data-testid=stMainBlockContainer] {{ padding: 0 1px !important; max-width: none !important; }}
  .stApp {{ -webkit-print-color-adjust: exact; print-color-adjust: exact; }}
  .stApp :is(h1, h2, h3, h4, p, li, td, th, label, span, div) {{ color: {INK} !important; }}
  .stApp :is(.card, [data-testid=stAlertContainer], .numbers :is(td, th)) {{
    background-color: #ffffff !important; border-color: #d9dee5 !important;
  }}
  .js-plotly-plot .main-svg {{ background: none !important; }}
  .js-plotly-plot .bg {{ fill: none !important; }}
  .dark-on-screen .js-plotly-plot:not(.st-key-report_canvas *) text {{ fill: {INK} !important; }}
  [data-testid=stHorizontalBlock]:has(> [data-testid=stColumn]) {{
    display: flex !important; flex-wrap: nowrap !important; break-inside: avoid;
  }}
  [data-testid=stColumn] {{ min-width: 0 !important; }}
  [data-testid=stElementContainer], [data-testid=stFullScreenFrame], [data-testid=stColumn] {{
    height: auto !important;
  }}
  [data-testid=stElementContainer]:has([data-testid=stHeading]):has(+ * [data-testid=stDataFrame]) {{
    display: none !important;
  }}
  [data-testid=stPlotlyChart], [data-testid=stPlotlyChart] :is(.js-plotly-plot, .plot-container) {{
    width: 100% !important; height: auto !important;
  }}
  .js-plotly-plot .svg-container {{ width: 100% !important; height: auto !important; aspect-ratio: var(--drawn); }}
  .js-plotly-plot .main-svg {{ width: 100% !important; height: 100% !important; }}
  [data-testid=stPlotlyChart], .card, .numbers, [data-testid=stAlert],
  tr {{ break-inside: avoid; }}
  h1, h2, h3, [data-testid=stHeading] {{ break-after: avoid; }}
}}
"""

PRINT_SCRIPT: Final = """
{
  const drawn = () => document.querySelectorAll('.js-plotly-plot .main-svg');
  addEventListener('beforeprint', () => {
    const paper = getComputedStyle(document.querySelector('.stApp')).backgroundColor.match(/\\d+/g);
    document.documentElement.classList.toggle('dark-on-screen', paper !== null && Number(paper[0]) < 128);
    drawn().forEach(svg => {
      const width = svg.width.baseVal.value, height = svg.height.baseVal.value;
      svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
      svg.closest('.svg-container').style.setProperty('--drawn', `${width} / ${height}`);
    });
  });
  addEventListener('afterprint', () => drawn().forEach(svg => svg.removeAttribute('viewBox')));
}
"""
