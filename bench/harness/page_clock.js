// Records inside the page when its charts are drawn. Times are milliseconds of performance.now().
//
// A page is drawn at the frame after which it has the expected number of charts, each with its SVG, and, on a Streamlit
// page, the script has ended.
(() => {
  const EXPECTED_CHARTS = 'bench: expected charts';
  const charts = () => [...document.querySelectorAll('.js-plotly-plot')];
  const app = () => document.querySelector('[data-testid=stApp]');
  const scriptState = () => app()?.dataset.testScriptState;

  const isDrawn = () => {
    if (!charts().length) return false;
    const hasEnded = !app() || (scriptState() === 'notRunning' && app().dataset.testConnectionState === 'CONNECTED');
    const placeholders = document.querySelectorAll('[data-testid=stPlotlyChart]').length;
    const expected = Math.max(placeholders, Number(sessionStorage.getItem(EXPECTED_CHARTS) || 1));
    return hasEnded && charts().length >= expected && charts().every(chart => chart.querySelector('.main-svg'));
  };

  const clock = window.pageClock = {
    drawnAt: 0,
    lastChartChange: 0,
    scriptEndedAt: 0,
    hasRun: false,
    countCharts: () => charts().length,
    expectCharts: count => sessionStorage.setItem(EXPECTED_CHARTS, count),

    // Starts to record the changes inside charts and the runs of the script.
    watchChanges: () => {
      Object.assign(clock, {lastChartChange: 0, scriptEndedAt: 0, hasRun: false});
      const chartObserver = new MutationObserver(() => { clock.lastChartChange = performance.now(); });
      const everything = {subtree: true, childList: true, attributes: true, characterData: true};
      charts().forEach(chart => chartObserver.observe(chart, everything));
      new MutationObserver(() => {
        if (scriptState() === 'notRunning') clock.scriptEndedAt = performance.now();
        else clock.hasRun = true;
      }).observe(app(), {attributes: true});
    },
    lastChange: () => Math.max(clock.lastChartChange, clock.scriptEndedAt),
    isQuiet: milliseconds => clock.hasRun && clock.lastChartChange && scriptState() === 'notRunning'
      && performance.now() - clock.lastChange() > milliseconds,
  };

  const drawObserver = new MutationObserver(() => {
    if (!isDrawn()) return;
    drawObserver.disconnect();
    requestAnimationFrame(() => { clock.drawnAt = performance.now(); });
  });
  drawObserver.observe(document, {subtree: true, childList: true, attributes: true});
})();
