// The number in a cell's first or last line, in microseconds if it is a time; what is not known sorts lowest.
const units = { us: 1, ms: 1e3, s: 1e6 };
function numberIn(cell, by) {
  const lines = [...cell.childNodes].map(node => node.textContent).filter(Boolean), word = by === 'last' && lines[lines.length - 1] !== '-' ? lines[lines.length - 1] : lines[0] ?? '';
  const [, less, number, unit] = /^(< )?([\d.,]+) ?(\w*)/.exec(word) ?? [];
  return number === undefined ? -1 : parseFloat(number.replaceAll(',', '')) * (units[unit] ?? 1) * (less ? 0.5 : 1);
}

// Safari has no idle time to give.
const whenIdle = work => window.requestIdleCallback ? requestIdleCallback(work, { timeout: 500 }) : setTimeout(work, 50);

// The table of shapes: search, filter, sort, all of them over all rows. Of those that fit, the first are put into the page at once and the others when there is time: what is slow is their layout.
// texts: what of long statements the rows do not show, once it is unpacked.
function shapesTable(texts) {
  const table = document.getElementById('shapes-table'), body = table.tBodies[0], portion = 100;
  const search = document.getElementById('search'), shown = document.getElementById('shown'), sorter = document.getElementById('sort');
  const chips = [...document.querySelectorAll('.tools button[data-tag]')], heads = [...table.tHead.rows[0].cells];
  const facts = new Map();
  let ordered = null, fitting = null, isPlanned = false;

  // All rows: those in the page, and those that wait as text.
  function rows() {
    if (ordered === null) {
      const waiting = document.getElementById('more-rows'), holder = document.createElement('template');
      holder.innerHTML = waiting?.textContent ?? ''; // encoded as the rest of the page, by the same program
      ordered = fitting = [...body.rows, ...holder.content.querySelectorAll('tbody > tr')];
      ordered.forEach((row, place) => facts.set(row, { text: null, tags: row.dataset.tags.split(' '), place }));
      waiting?.remove();
    }
    return ordered;
  }

  function append(most) {
    rows();
    const from = body.rows.length;
    body.append(...fitting.slice(from, from + most));
    if (body.rows.length === ordered.length) { performance.mark('rows'); } // for bench report
  }

  function appendWhenIdle() {
    if (isPlanned || body.rows.length === fitting?.length) { return; }
    isPlanned = true;
    whenIdle(() => {
      isPlanned = false;
      append(portion);
      appendWhenIdle();
    });
  }

  const textOf = row => {
    const hex = row.querySelector('a').hash.slice(3), of = facts.get(row);
    return of.text ??= (row.cells[1].textContent + ' ' + row.cells[0].textContent + ' ' + row.dataset.class + ' ' + hex + ' ' + (texts[hex] ?? '')).toLowerCase();
  };

  function show() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = chips.filter(chip => chip.getAttribute('aria-pressed') === 'true').map(chip => chip.dataset.tag);
    fitting = rows().filter(row => words.every(word => textOf(row).includes(word)) && (wanted.length === 0 || wanted.some(tag => facts.get(row).tags.includes(tag))));
    shown.textContent = fitting.length === ordered.length ? '' : fitting.length + ' of ' + ordered.length + ' shown';
    body.replaceChildren(...fitting.slice(0, portion));
    appendWhenIdle();
  }

  // Column -1 is the order of the page: what fails first, then what holds most of the time.
  function sort(column, descends) {
    heads.forEach((head, i) => i === column ? head.setAttribute('aria-sort', descends ? 'descending' : 'ascending') : head.removeAttribute('aria-sort'));
    const by = heads[column]?.dataset.sort, numbers = new Map(by === 'text' ? [] : rows().map(row => [row, column < 0 ? 0 : numberIn(row.cells[column], by)]));
    const order = column < 0 ? (a, b) => facts.get(a).place - facts.get(b).place
      : by === 'text' ? (a, b) => a.cells[column].textContent.localeCompare(b.cells[column].textContent)
        : (a, b) => numbers.get(a) - numbers.get(b);
    rows().sort((a, b) => (descends ? -1 : 1) * order(a, b) || facts.get(a).place - facts.get(b).place);
    sorter.value = String(column);
    show();
  }

  search.addEventListener('input', show);
  for (const chip of chips) {
    chip.addEventListener('click', () => {
      chip.setAttribute('aria-pressed', String(chip.getAttribute('aria-pressed') !== 'true'));
      show();
    });
  }

  heads.forEach((head, column) => head.querySelector('button')?.addEventListener('click', () => sort(column, head.getAttribute('aria-sort') ? head.getAttribute('aria-sort') !== 'descending' : head.dataset.sort !== 'text')));
  sorter.addEventListener('change', () => sort(+sorter.value, +sorter.value >= 0 && heads[+sorter.value].dataset.sort !== 'text'));
  addEventListener('beforeprint', () => append(Infinity));
  document.querySelector('.tools').hidden = false;
  appendWhenIdle();
}
