// Unpacks, unfolds what is asked for, draws what is unfolded, and draws it again for other colours and for paper.
const texts = {};
let unpacked = null;

async function unpack() {
  if (typeof DecompressionStream === 'undefined') { throw new Error('this browser is too old to unpack the charts: it has no DecompressionStream'); }
  const text = atob(document.getElementById('pack').textContent), bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) { bytes[i] = text.charCodeAt(i); } // a tenth of what Uint8Array.from takes for a million
  const pack = JSON.parse(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text());
  Object.assign(texts, pack.texts);
  unpacked = pack;
  performance.mark('unpacked');
  return pack;
}

const holders = shape => shape.querySelectorAll('.charts');

// The details of a shape; those that are packed are put into the page.
function shapeOf(id, pack) {
  const there = document.getElementById(id);
  if (there || !id.startsWith('s-') || !Object.hasOwn(pack.details, id.slice(2))) { return there; }
  const holder = document.createElement('template');
  holder.innerHTML = pack.details[id.slice(2)]; // encoded as the rest of the page, by the same program
  document.getElementById('shape-details').append(holder.content);
  return document.getElementById(id);
}

document.body.append(paper);
shapesTable(texts);
performance.mark('table'); // for bench report
const ready = unpack();
ready.catch(error => {
  const note = document.getElementById('unpacked');
  note.textContent = 'The charts could not be drawn: ' + error.message;
  note.hidden = false;
});

async function unfold() {
  const id = decodeURIComponent(location.hash.slice(1));
  if (!id.startsWith('s-')) { return; }
  const shape = shapeOf(id, await ready);
  if (shape) {
    shape.open = true;
    shape.scrollIntoView();
    shape.querySelector('summary').focus({ preventScroll: true });
  } else {
    const others = document.getElementById('others'); // says where the details are that the page had no room for
    others?.scrollIntoView();
    others?.focus({ preventScroll: true });
  }
}

document.addEventListener('toggle', async event => {
  if (!event.target.matches('details.shape')) { return; }
  const pack = await ready;
  for (const where of holders(event.target)) { event.target.open ? drawCharts(where, pack, false) : eraseCharts(where); }
}, true);

function redraw(isPrinted) {
  for (const where of [...drawn.keys()]) { drawCharts(where, unpacked, isPrinted); }
}

addEventListener('hashchange', unfold);
// A click on the link of the shape that the address names already changes nothing, and should unfold it all the same.
document.addEventListener('click', event => { if (event.target.closest?.('a[href^="#s-"]')?.hash === location.hash) { unfold(); } });
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => redraw(false));
addEventListener('beforeprint', () => {
  for (const shape of document.querySelectorAll('details.failing')) {
    shape.open = true;
    if (unpacked) { holders(shape).forEach(where => drawCharts(where, unpacked, true)); }
  }
  redraw(true);
});
addEventListener('afterprint', () => redraw(false));
unfold();
