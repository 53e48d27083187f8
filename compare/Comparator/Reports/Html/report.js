(function () {
  'use strict';
  var table = document.getElementById('shapes-table');
  var body = table.tBodies[0];
  var rows = Array.prototype.slice.call(body.rows);
  var search = document.getElementById('search');
  var chips = Array.prototype.slice.call(document.querySelectorAll('.tools button'));
  var shown = document.getElementById('shown');

  function filter() {
    var words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    var wanted = chips.filter(function (c) { return c.getAttribute('aria-pressed') === 'true'; }).map(function (c) { return c.dataset.tag; });
    var count = 0;
    rows.forEach(function (row) {
      var text = row.dataset.text, tags = row.dataset.tags.split(' ');
      var ok = words.every(function (w) { return text.indexOf(w) >= 0; }) &&
        (wanted.length === 0 || wanted.some(function (t) { return tags.indexOf(t) >= 0; }));
      row.classList.toggle('hidden', !ok);
      count += ok ? 1 : 0;
    });
    shown.textContent = count === rows.length ? '' : count + ' of ' + rows.length + ' shown';
  }

  search.addEventListener('input', filter);
  chips.forEach(function (chip) {
    chip.addEventListener('click', function () {
      chip.setAttribute('aria-pressed', chip.getAttribute('aria-pressed') === 'true' ? 'false' : 'true');
      filter();
    });
  });

  Array.prototype.forEach.call(table.tHead.rows[0].cells, function (cell, column) {
    var button = cell.querySelector('button');
    if (!button) { return; }
    button.addEventListener('click', function () {
      var down = cell.getAttribute('aria-sort') !== 'descending';
      Array.prototype.forEach.call(table.tHead.rows[0].cells, function (c) { c.removeAttribute('aria-sort'); });
      cell.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      rows.sort(function (a, b) {
        var x = a.cells[column].dataset.sort, y = b.cells[column].dataset.sort;
        var order = cell.dataset.kind === 'text' ? x.localeCompare(y) : (parseFloat(x) || 0) - (parseFloat(y) || 0);
        return down ? -order : order;
      });
      rows.forEach(function (row) { body.appendChild(row); });
    });
  });

  function open() {
    var target = location.hash.length > 1 ? document.getElementById(location.hash.slice(1)) : null;
    if (target && target.tagName === 'DETAILS') { target.open = true; target.scrollIntoView(); }
  }

  window.addEventListener('hashchange', open);
  window.addEventListener('beforeprint', function () {
    Array.prototype.forEach.call(document.querySelectorAll('details.failing'), function (d) { d.open = true; });
  });
  document.querySelector('.tools').classList.remove('hidden');
  open();
})();
