// A shape's charts, drawn by uPlot when the shape is unfolded. Logarithms are ours, so that both axes have the ticks that suit latencies.
const paper = element('div', { class: 'paper', hidden: '' });
const drawn = new Map(); // where, and what has to be undone

function colors(isPrinted) {
  const style = getComputedStyle(isPrinted ? paper : document.documentElement), of = name => style.getPropertyValue('--' + name).trim();
  return { sides: [of('old'), of('new')], soft: of('soft'), line: of('line'), card: of('card') };
}

// Latencies worth a tick between two decimal logarithms.
function latencyTicks(low, high) {
  const span = high - low, ticks = [];
  if (span < 0.5) {
    const from = 10 ** low, to = 10 ** high, raw = (to - from) / 5, unit = 10 ** Math.floor(Math.log10(raw)), step = [1, 2, 5, 10].find(one => one * unit >= raw) * unit;
    for (let at = Math.ceil(from / step) * step; at <= to; at += step) { ticks.push(Math.log10(at)); }
    return ticks;
  }
  const steps = span > 3 ? [1] : span > 1.2 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 7];
  for (let decade = Math.floor(low); decade <= high; decade++) {
    for (const step of steps) {
      const at = decade + Math.log10(step);
      if (at >= low && at <= high) { ticks.push(at); }
    }
  }
  return ticks;
}

function timeTicks(low, high, most) {
  const steps = [10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 108e5, 216e5, 432e5, 864e5, 6048e5];
  const step = steps.find(one => (high - low) / one <= most) ?? steps[steps.length - 1], ticks = [];
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) { ticks.push(at); }
  return { step, ticks };
}

// Labels that would run into the one before are left out.
const thinned = (ticks, words, place, width) => {
  let last = -Infinity;
  return ticks.map(tick => {
    const at = place(tick);
    if (at - last < width) { return null; }
    last = at;
    return words(tick);
  });
};

// One chart: a caption, the canvas, a line that reads out the values under the cursor, and all values as a table.
function chart(where, settings) {
  const { title, data, series, x, y, read, table, isPrinted, toggles = [] } = settings, color = colors(isPrinted), scale = isPrinted ? 2 : 1;
  const canvas = element('div', { class: 'canvas', tabindex: '0', role: 'group', 'aria-label': title + '. Left and right arrow keys read the values; they are a table below.' });
  const readout = element('p', { class: 'readout small', 'aria-live': 'polite' }, read(null));
  const keys = element('p', { class: 'keys small' });
  const figure = element('figure', {}, element('figcaption', {}, element('h3', {}, title)), keys, canvas, readout);
  let plot = null;
  series.forEach((one, i) => {
    const key = element('button', { type: 'button', 'aria-pressed': 'true', class: 'key-button' }, element('span', { class: 'line', style: `border-top: ${one.width ?? 2}px ${one.dash ? 'dashed' : 'solid'} ${one.color}` }), one.label);
    key.addEventListener('click', () => {
      const isShown = key.getAttribute('aria-pressed') !== 'true';
      key.setAttribute('aria-pressed', String(isShown));
      plot.setSeries(i + 1, { show: isShown });
    });
    keys.append(key);
  });
  if (toggles.length > 0) { keys.append(element('span', { class: 'modes' }, ...toggles)); }
  const unfolded = element('details', { class: 'values' }, element('summary', {}, 'As a table'));
  unfolded.addEventListener('toggle', () => { if (unfolded.open && unfolded.children.length === 1) { unfolded.append(table()); } });
  figure.append(unfolded);
  where.append(figure);

  const font = (isPrinted ? 9 : 12) * scale + 'px system-ui, sans-serif', width = () => isPrinted ? 330 * scale : Math.max(240, canvas.clientWidth), height = (isPrinted ? 150 : 210) * scale;
  const axis = of => ({ stroke: color.soft, font, ticks: { stroke: color.line, size: 5 * scale, width: scale }, grid: { stroke: color.line, width: scale * 0.6 }, gap: 4 * scale, ...of });
  if (isPrinted) { canvas.style.zoom = 1 / scale; }
  plot = new uPlot({
    width: width(),
    height,
    padding: [10 * scale, 14 * scale, 0, 0],
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 7 }, y: false },
    scales: { x: { time: false, range: x.range }, y: { range: y.range } },
    axes: [axis({ splits: x.splits, values: x.values, size: 30 * scale }), axis({ splits: y.splits, values: y.values, size: y.size * scale })],
    series: [{}, ...series.map(one => ({ label: one.label, stroke: one.color, width: (one.width ?? 2) * scale, dash: one.dash?.map(length => length * scale), fill: one.fill, paths: one.paths, points: one.points ?? { show: false }, spanGaps: false }))],
    hooks: { setCursor: [made => { readout.textContent = read(made.cursor.idx); }] },
  }, data, canvas);

  canvas.addEventListener('keydown', event => {
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity }[event.key];
    if (!step) { return; }
    event.preventDefault();
    const last = data[0].length - 1, from = plot.cursor.idx ?? (step > 0 ? -1 : last + 1), to = Math.min(last, Math.max(0, from + step));
    plot.setCursor({ left: plot.valToPos(data[0][to], 'x'), top: 20 });
  });
  const watch = new ResizeObserver(() => { if (!isPrinted && Math.abs(plot.width - width()) > 1) { plot.setSize({ width: width(), height }); } });
  watch.observe(canvas);
  return () => { watch.disconnect(); plot.destroy(); };
}

const sideWords = ['old', 'new'];
const dashes = [undefined, [6, 3], [2, 3], [9, 3, 2, 3]];

function runSeries(runs, color) {
  const of = [0, 0];
  return runs.map(([label, side]) => ({ label: label + ' ' + sideWords[side], color: color.sides[side], dash: dashes[of[side]++ % dashes.length], width: side ? 2 : 1.5 }));
}

// mode 'share': executions by latency; 'slower': the share that took longer, on a logarithmic scale, which shows the tail.
function distribution(where, shape, runs, isPrinted, mode, again) {
  const [begin, step] = shape.h, bars = shape.c[0].length, color = colors(isPrinted);
  const totals = shape.c.map(run => run.reduce((sum, one) => sum + one, 0));
  const edges = Array.from({ length: bars + 1 }, (_, i) => begin + i * step);
  const shares = shape.c.map((run, k) => run.map(one => totals[k] ? one / totals[k] : null));
  const least = 1 / Math.max(2, ...totals);
  const slower = shape.c.map((run, k) => {
    let left = totals[k];
    return [...run.map(one => { const at = left; left -= one; return at > 0 ? Math.log10(at / totals[k]) : null; }), null];
  });
  const isShare = mode === 'share', most = Math.max(0.01, ...shares.flat());
  const between = i => shortDuration(10 ** edges[i]) + ' to ' + shortDuration(10 ** edges[Math.min(bars, i + 1)]);
  const toggle = [['share', 'How many'], ['slower', 'Slower than']].map(([name, words]) => {
    const button = element('button', { type: 'button', class: 'mode', 'aria-pressed': String(name === mode) }, words);
    button.addEventListener('click', () => again(name));
    return button;
  });
  return chart(where, {
    title: 'Latency of all executions, by run', isPrinted, toggles: isPrinted ? [] : toggle,
    data: [edges, ...(isShare ? shares.map(run => [...run, run[bars - 1]]) : slower)],
    series: runSeries(runs, color).map(one => ({ ...one, paths: uPlot.paths.stepped({ align: 1 }) })),
    x: { range: () => [edges[0], edges[bars]], splits: () => latencyTicks(edges[0], edges[bars]), values: (plot, ticks) => thinned(ticks, tick => shortDuration(10 ** tick), tick => plot.valToPos(tick, 'x'), isPrinted ? 88 : 56) },
    y: isShare
      ? { range: () => [0, most * 1.05], splits: undefined, values: (_, ticks) => ticks.map(percent), size: 48 }
      : { range: () => [Math.log10(least), 0], splits: () => { const ticks = []; for (let at = 0; at >= Math.log10(least); at--) { ticks.push(at); } return ticks; }, values: (_, ticks) => ticks.map(tick => +(100 * 10 ** tick).toPrecision(1) + ' %'), size: 62 },
    read: i => i == null ? 'Point at the chart, or use the arrow keys, to read values.'
      : isShare ? between(i) + ': ' + runs.map(([label], k) => label + ' ' + (totals[k] ? percent(shares[k][Math.min(bars - 1, i)]) : '-')).join(', ')
        : 'Slower than ' + shortDuration(10 ** edges[i]) + ': ' + runs.map(([label], k) => label + ' ' + (slower[k][i] == null ? '-' : +(100 * 10 ** slower[k][i]).toPrecision(2) + ' %')).join(', '),
    table: () => textTable('Latency of all executions', ['Latency', ...runs.map(([label, side]) => label + ' ' + sideWords[side])],
      Array.from({ length: bars }, (_, i) => i).filter(i => shape.c.some(run => run[i] > 0)).map(i => [between(i), ...shape.c.map(run => count(run[i]))])),
  });
}

const stretchWords = ms => ms >= 864e5 ? ms / 864e5 + ' d' : ms >= 36e5 ? ms / 36e5 + ' h' : ms >= 6e4 ? ms / 6e4 + ' min' : shortDuration(ms * 1e3);

function overTime(where, shape, grid, isPrinted) {
  const [from, step, many] = grid, color = colors(isPrinted);
  const rows = new Map(shape.t.map(row => [row[0], row]));
  const first = shape.t[0][0], last = shape.t[shape.t.length - 1][0];
  const places = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const middle = place => from + (place + 0.5) * step;
  const value = at => places.map(place => rows.has(place) ? Math.log10(Math.max(0.1, rows.get(place)[at])) : null);
  const columns = [value(2), value(4), value(3), value(5)], all = columns.flat().filter(one => one != null);
  const low = Math.min(...all) - 0.08, high = Math.max(...all) + 0.08, begin = from + first * step, end = from + (last + 1) * step;
  const at = i => (many * step > 864e5 || day(from) !== day(from + many * step) ? day(from + places[i] * step) + ' ' : '') + clock(from + places[i] * step, step);
  return chart(where, {
    title: `Over the time of day (UTC), by ${stretchWords(step)}`, isPrinted,
    data: [places.map(middle), ...columns],
    series: [['old p50', 0], ['new p50', 1], ['old p95', 0], ['new p95', 1]].map(([label, side], i) => ({ label, color: color.sides[side], width: i < 2 ? 2 : 1.2, dash: i < 2 ? undefined : [5, 3], points: { show: i < 2, size: isPrinted ? 9 : 5, fill: color.sides[side], stroke: color.sides[side] } })),
    x: {
      range: () => [begin, end], splits: plot => timeTicks(begin, end, plot.width / (isPrinted ? 140 : 90)).ticks,
      values: (plot, ticks) => ticks.map((tick, i) => i > 0 && day(tick) !== day(ticks[i - 1]) ? day(tick) : clock(tick, timeTicks(begin, end, plot.width / (isPrinted ? 140 : 90)).step)),
    },
    y: { range: () => [low, high], splits: () => latencyTicks(low, high), values: (plot, ticks) => thinned([...ticks].reverse(), tick => shortDuration(10 ** tick), tick => plot.valToPos(tick, 'y'), isPrinted ? 28 : 18).reverse(), size: 66 },
    read: i => i == null || !rows.has(places[i]) ? 'Medians, and what 95 % are not slower than.'
      : at(i) + ': old p50 ' + duration(rows.get(places[i])[2]) + ', p95 ' + duration(rows.get(places[i])[3]) + '; new p50 ' + duration(rows.get(places[i])[4]) + ', p95 ' + duration(rows.get(places[i])[5]),
    table: () => textTable('Over the time of day', ['From (UTC)', 'executions', 'old p50', 'new p50', 'old p95', 'new p95'],
      places.filter(place => rows.has(place)).map(place => { const row = rows.get(place); return [at(place - first), count(row[1]), duration(row[2]), duration(row[4]), duration(row[3]), duration(row[5])]; })),
  });
}

// A table whose last column draws how the latencies of each value are spread on both sides, on one logarithmic scale: a line from p5 to p95, a bar from p25 to p75, a mark at the median.
function byDimension(where, statement, [name, ...values]) {
  const around = (median, [p5, p25, p75, p95]) => [p5, p25, 0, p75, p95].map(hundredths => Math.max(0.1, median) * 10 ** (hundredths / 100));
  const told = values.map(([value, executions, old, fresh, ...spreads]) => ({ value, executions, old, fresh, olds: around(old, spreads.slice(0, 4)), news: around(fresh, spreads.slice(4)) }));
  const all = told.flatMap(one => [...one.olds, ...one.news]).map(Math.log10), low = Math.min(...all), span = Math.max(0.2, Math.max(...all) - low);
  const at = place => 4 + 92 * (place - low) / span, place = us => at(Math.log10(us)).toFixed(1) + '%', width = (from, to) => (at(Math.log10(to)) - at(Math.log10(from))).toFixed(1) + '%';
  const ticks = latencyTicks(low, low + span).filter((tick, i, of) => i === 0 || i === of.length - 1 || of.length < 4);
  const spread = (of, side) => [
    element('i', { class: side + ' most', style: `left:${place(of[0])};width:${width(of[0], of[4])}` }),
    element('i', { class: side + ' half', style: `left:${place(of[1])};width:${width(of[1], of[3])}` }),
    element('i', { class: side, style: `left:${place(of[2])}` }),
  ];
  const words = (of, side) => `${side}: 5 % below ${duration(of[0])}, half from ${duration(of[1])} to ${duration(of[3])}, 5 % above ${duration(of[4])}`;
  const head = [name, 'executions', 'old p50', 'new p50', 'new / old'].map((one, i) => element('th', i ? { scope: 'col', class: 'num' } : { scope: 'col' }, one));
  const scale = element('td', { class: 'scale', 'aria-hidden': 'true' }, ...ticks.map(tick => element('span', { style: `left:${at(tick).toFixed(1)}%` }, shortDuration(10 ** tick))));
  const rows = told.map(one => {
    const both = words(one.olds, 'old') + '; ' + words(one.news, 'new');
    return element('tr', {},
      element('th', { scope: 'row' }, one.value), element('td', { class: 'num' }, count(one.executions)), element('td', { class: 'num o' }, duration(one.old)), element('td', { class: 'num n' }, duration(one.fresh)),
      element('td', { class: 'num' }, ratio(one.fresh / one.old)),
      element('td', { class: 'pair', title: both }, ...spread(one.olds, 'o'), ...spread(one.news, 'n'), element('span', { class: 'unseen' }, both)));
  });
  const table = element('table', { class: 'plain dimension' }, element('thead', {}, element('tr', {}, ...head, scale)), element('tbody', {}, ...rows));
  where.append(element('div', {}, element('h3', {}, 'By ' + name), element('div', { class: 'scroll bare', tabindex: '0', role: 'region', 'aria-label': 'By ' + name + ': ' + statement }, table)));
}

// Draws all charts of a shape where its details have room for them.
function drawCharts(where, pack, isPrinted, mode = where.dataset.mode ?? 'share') {
  eraseCharts(where);
  where.dataset.mode = mode;
  const shape = pack.charts[where.dataset.shape], undo = [];
  if (!shape) { return; }
  const row = element('div', { class: 'columns' }), left = element('div', {}), right = element('div', {});
  where.append(row);
  row.append(left, right);
  drawn.set(where, () => { undo.forEach(one => one()); where.replaceChildren(); });
  undo.push(distribution(left, shape, pack.runs, isPrinted, mode, next => { drawCharts(where, pack, isPrinted, next); where.querySelector('.mode[aria-pressed=true]').focus(); }));
  if (shape.t) {
    undo.push(overTime(right, shape, pack.grid, isPrinted));
    if (shape.d.length > 0) {
      const tables = element('div', { class: 'dimensions' });
      const statement = where.closest('details').querySelector('summary .sql').textContent; // regions of several shapes need names of their own
      shape.d.forEach(dimension => byDimension(tables, statement, dimension));
      where.append(tables);
    }
    where.append(element('p', { class: 'small soft' }, `Over time and by value: ${count(shape.n)} executions that every run answered, those of all runs of a side together.${shape.d.length > 0 ? ' Lines by value lead from what 5 % are faster than to what 5 % are slower than, bars hold the middle half, marks are medians.' : ''}`));
  }
}

function eraseCharts(where) {
  drawn.get(where)?.();
  drawn.delete(where);
}
