/* A chart is drawn for its width on the screen. Before printing, each gets a view box of that size, so that it shrinks
   with the paper as a picture would; afterwards the view box is removed. */
{
  const drawn = () => document.querySelectorAll('.js-plotly-plot .main-svg');
  addEventListener('beforeprint', () => {
    const paper = getComputedStyle(document.querySelector('.stApp')).backgroundColor.match(/\d+/g);
    document.documentElement.classList.toggle('dark-on-screen', paper !== null && Number(paper[0]) < 128);
    drawn().forEach(svg => {
      const width = svg.width.baseVal.value, height = svg.height.baseVal.value;
      svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
      svg.closest('.svg-container').style.setProperty('--drawn', `${width} / ${height}`);
    });
  });
  addEventListener('afterprint', () => drawn().forEach(svg => svg.removeAttribute('viewBox')));
}
