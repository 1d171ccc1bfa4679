/* The charts of the report as one HTML file: their text takes the colour of the theme, and before printing they are
   drawn again for the width of A4 between its margins, in pixels. */
{
  const printedWidth = 680;
  const charts = [...document.querySelectorAll('.js-plotly-plot')];
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const ink = light => light ? '#0f1822' : '#e6eaef';
  const redraw = layout => charts.forEach(chart => Plotly.relayout(chart, layout));
  const paint = () => redraw({'font.color': ink(!dark.matches)});
  dark.addEventListener('change', paint);
  paint();
  addEventListener('beforeprint', () => redraw({'font.color': ink(true), autosize: false, width: printedWidth}));
  addEventListener('afterprint', () => redraw({'font.color': ink(!dark.matches), width: null, autosize: true}));
}
