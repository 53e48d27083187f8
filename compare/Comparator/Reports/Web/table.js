// The number in a cell's first or last line, in microseconds if it is a time; what is not known sorts lowest.
const units = { us: 1, ms: 1e3, s: 1e6 };
function numberIn(cell, by) {
  const lines = [...cell.childNodes].map(node => node.textContent).filter(Boolean), word = by === 'last' && lines[lines.length - 1] !== '-' ? lines[lines.length - 1] : lines[0] ?? '';
  const [, less, number, unit] = /^(< )?([\d.,]+) ?(\w*)/.exec(word) ?? [];
  return number === undefined ? -1 : parseFloat(number.replaceAll(',', '')) * (units[unit] ?? 1) * (less ? 0.5 : 1);
}

// The table of shapes: search, filter, sort. texts: what of long statements the rows do not show, once it is unpacked.
function shapesTable(texts) {
  const table = document.getElementById('shapes-table'), body = table.tBodies[0], rows = [...body.rows];
  const search = document.getElementById('search'), shown = document.getElementById('shown'), sorter = document.getElementById('sort');
  const chips = [...document.querySelectorAll('.tools button[data-tag]')], heads = [...table.tHead.rows[0].cells];
  const facts = new Map(rows.map(row => [row, { text: null, tags: row.dataset.tags.split(' '), place: 0 }]));
  rows.forEach((row, i) => { facts.get(row).place = i; });
  const textOf = row => {
    const hex = row.querySelector('a').hash.slice(3), of = facts.get(row);
    return of.text ??= (row.cells[1].textContent + ' ' + row.cells[0].textContent + ' ' + row.dataset.class + ' ' + hex + ' ' + (texts[hex] ?? '')).toLowerCase();
  };

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = chips.filter(chip => chip.getAttribute('aria-pressed') === 'true').map(chip => chip.dataset.tag);
    let left = 0;
    for (const row of rows) {
      const fits = words.every(word => textOf(row).includes(word)) && (wanted.length === 0 || wanted.some(tag => facts.get(row).tags.includes(tag)));
      row.hidden = !fits;
      left += fits ? 1 : 0;
    }
    shown.textContent = left === rows.length ? '' : left + ' of ' + rows.length + ' shown';
  }

  // Column -1 is the order of the page: what fails first, then what holds most of the time.
  function sort(column, descends) {
    heads.forEach((head, i) => i === column ? head.setAttribute('aria-sort', descends ? 'descending' : 'ascending') : head.removeAttribute('aria-sort'));
    const by = heads[column]?.dataset.sort, numbers = new Map(by === 'text' ? [] : rows.map(row => [row, column < 0 ? 0 : numberIn(row.cells[column], by)]));
    const order = column < 0 ? (a, b) => facts.get(a).place - facts.get(b).place
      : by === 'text' ? (a, b) => a.cells[column].textContent.localeCompare(b.cells[column].textContent)
        : (a, b) => numbers.get(a) - numbers.get(b);
    rows.sort((a, b) => (descends ? -1 : 1) * order(a, b) || facts.get(a).place - facts.get(b).place);
    body.append(...rows);
    sorter.value = String(column);
  }

  search.addEventListener('input', filter);
  for (const chip of chips) {
    chip.addEventListener('click', () => {
      chip.setAttribute('aria-pressed', String(chip.getAttribute('aria-pressed') !== 'true'));
      filter();
    });
  }

  heads.forEach((head, column) => head.querySelector('button')?.addEventListener('click', () => sort(column, head.getAttribute('aria-sort') ? head.getAttribute('aria-sort') !== 'descending' : head.dataset.sort !== 'text')));
  sorter.addEventListener('change', () => sort(+sorter.value, +sorter.value >= 0 && heads[+sorter.value].dataset.sort !== 'text'));
  document.querySelector('.tools').hidden = false;
}
