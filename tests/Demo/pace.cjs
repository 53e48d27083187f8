'use strict';
// Seeded numbers and an even pace for the demo's Node clients.

/** A generator of numbers in [0, 1) that gives the same sequence for the same seed (mulberry32). */
function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Whole numbers from low to high, both included. */
function between(random, low, high) {
  return low + Math.floor(random() * (high - low + 1));
}

/** Calls work(i) every everyMilliseconds, on an absolute schedule, for so many seconds; a late call is made at once. */
async function pace(seconds, everyMilliseconds, work) {
  const start = performance.now();
  const count = Math.floor((seconds * 1000) / everyMilliseconds);
  for (let i = 0; i < count; i++) {
    const wait = start + i * everyMilliseconds - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    await work(i);
  }
}

module.exports = { randomFrom, between, pace };
