// Numbers as the rest of the page writes them, and elements. Text of strangers only ever becomes a text node.
const digits = value => value >= 100 ? Math.round(value).toLocaleString('en-US') : value >= 10 ? value.toFixed(1) : value.toFixed(2);
const duration = us => us == null || !isFinite(us) ? '-' : us < 1e3 ? digits(us) + ' us' : us < 1e6 ? digits(us / 1e3) + ' ms' : digits(us / 1e6) + ' s';
const shortDuration = us => us < 1e3 ? +us.toPrecision(3) + ' us' : us < 1e6 ? +(us / 1e3).toPrecision(3) + ' ms' : +(us / 1e6).toPrecision(3) + ' s';
const ratio = value => isFinite(value) ? digits(value) : '-';
const percent = share => share === 0 ? '0 %' : share < 0.001 ? '< 0.1 %' : +(share * 100).toFixed(share < 0.1 ? 1 : 0) + ' %';
const count = value => value.toLocaleString('en-US');
const two = value => String(value).padStart(2, '0');
const clock = (ms, step) => {
  const at = new Date(ms);
  return two(at.getUTCHours()) + ':' + two(at.getUTCMinutes()) + (step < 6e4 ? ':' + two(at.getUTCSeconds()) : '') + (step < 1e3 ? '.' + String(at.getUTCMilliseconds()).padStart(3, '0') : '');
};
const day = ms => new Date(ms).toISOString().slice(5, 10);

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const key in attributes) { made.setAttribute(key, attributes[key]); }
  made.append(...children);
  return made;
}

function textTable(label, head, rows) {
  const line = (cells, name) => element('tr', {}, ...cells.map((cell, i) => element(i === 0 && name === 'td' ? 'th' : name, i === 0 ? { scope: name === 'th' ? 'col' : 'row' } : name === 'th' ? { scope: 'col', class: 'num' } : { class: 'num' }, cell)));
  return element('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': label },
    element('table', {}, element('thead', {}, line(head, 'th')), element('tbody', {}, ...rows.map(row => line(row, 'td')))));
}
