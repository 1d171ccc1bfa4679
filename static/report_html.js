/* The charts of the report as one HTML file: their text takes the colour of the theme, and before printing they are
   drawn again for the room that they have on paper, in pixels: the first two take what is left of the first page. */
{
  const pageHeight = 690;
  const maxHeight = 480;
  const root = document.documentElement;
  const grid = document.querySelector('.charts');
  const charts = [...document.querySelectorAll('.js-plotly-plot')];
  const heights = charts.map(chart => chart.layout.height);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const ink = light => light ? '#0f1822' : '#e6eaef';
  const redraw = layout => charts.forEach((chart, index) => Plotly.relayout(chart, layout(index)));
  const paint = () => redraw(() => ({'font.color': ink(!dark.matches)}));
  dark.addEventListener('change', paint);
  paint();
  addEventListener('beforeprint', () => {
    root.classList.add('printing');
    const room = Math.min(pageHeight - grid.getBoundingClientRect().top - scrollY, maxHeight);
    const widths = charts.map(chart => chart.closest('figure').clientWidth);
    redraw(index => ({
      'font.color': ink(true), autosize: false, width: widths[index],
      height: index < 2 ? Math.max(room, heights[index]) : heights[index],
    }));
  });
  addEventListener('afterprint', () => {
    root.classList.remove('printing');
    redraw(index => ({'font.color': ink(!dark.matches), width: null, height: heights[index], autosize: true}));
  });
}
