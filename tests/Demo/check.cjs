'use strict';
// Judges the demo's report: both planted faults found, and nothing reported that isn't there. What else it calls regressed has to be confirmed
// by 'dbreplay confirm', which the upgrade has done for what only reads; the rest is executed again here, on both servers. node check.cjs COMPARISON.json WORKLOAD; settings come from demo.sh in the environment.
const { execFileSync } = require('child_process');
const { readFileSync } = require('fs');
const servers = require('./servers.cjs');

const INSTANCES = 8; // captured executions of a shape that are executed again
const ROUNDS = 40; // times each, on old and new in turn
const CONFIRMED_RATIO = 1.02;

const [comparisonFile, workload] = process.argv.slice(2);
const env = process.env;
const planted = env.FAULTS === '1';
const comparison = JSON.parse(readFileSync(comparisonFile, 'utf8'));
const shapes = comparison.shapes.filter((shape) => shape.executions > 0 || shape.errors.candidate > 0); // the snapshot tool's own were not replayed
const problems = [];

function plain(sql) {
  return sql.toLowerCase().replace(/["`]/g, '').replace(/\s+/g, ' ');
}

function label(shape) {
  const text = shape.sql.replace(/\s+/g, ' ');
  return text.length > 90 ? text.slice(0, 87) + '...' : text;
}

/** What the product itself found when it executed a suspect again; nothing if it did not. */
function confirmation(shape) {
  const { outcome, ratio, executions } = shape.confirmation ?? {};
  return outcome && `${outcome}: executed again ${executions} times on each server x ${ratio.estimate?.toFixed(2)} (${ratio.low?.toFixed(2)} to ${ratio.high?.toFixed(2)})`;
}

/** Executions of a shape as the workload has them. */
function instances(shape) {
  const output = execFileSync(env.DBCAPTURE, ['show', workload, '--shape', shape.shape, '--format', 'ndjson'], { maxBuffer: 1 << 28 });
  const all = output.toString().split('\n').filter(Boolean).map((line) => JSON.parse(line))
    .filter((x) => x.type === 'exchange' && x.sql && !x.error && !x.copy);
  const step = Math.max(1, Math.floor(all.length / INSTANCES));
  return all.filter((_, i) => i % step === 0).slice(0, INSTANCES);
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** Executes a shape's instances on both servers in turn: the ratio of the medians, and whether any result differs. */
async function executeAgain(shape, before, after) {
  const some = instances(shape);
  const times = { before: [], after: [] };
  let different = false;
  for (let round = 0; round < ROUNDS && some.length > 0; round++) {
    for (const one of some) {
      const order = round % 2 === 0 ? ['before', 'after'] : ['after', 'before'];
      const answers = {};
      for (const side of order) {
        const { microseconds, answer } = await (side === 'before' ? before : after).execute(one);
        times[side].push(microseconds);
        answers[side] = answer;
      }
      different ||= answers.before !== answers.after;
    }
  }
  return { executed: times.before.length, ratio: median(times.after) / median(times.before), different };
}

function findFaults() {
  const found = { index: null, routine: null };
  for (const shape of shapes) {
    if (plain(shape.sql).includes(env.INDEX_FAULT_TEXT)) found.index = shape;
    if (plain(shape.sql).includes(env.FUNCTION_FAULT_TEXT)) found.routine = shape;
  }
  if (found.index?.verdict !== 'regressed') {
    problems.push(`the missing index was not found: ${found.index ? `${label(found.index)} is ${found.index.verdict}` : 'no shape uses it'}`);
  } else {
    console.log(`  found: ${label(found.index)}\n         regressed, x ${found.index.ratio.estimate.toFixed(2)} (${found.index.ratio.low.toFixed(2)} to ${found.index.ratio.high.toFixed(2)}); ${confirmation(found.index) ?? 'not executed again'}`);
  }
  if (!found.routine?.errors.new.map(String).includes(env.FUNCTION_FAULT_CODE)) {
    problems.push(`the failing function was not found: ${found.routine ? `new errors of ${label(found.routine)}: [${found.routine.errors.new}]` : 'no shape calls it'}`);
  } else {
    console.log(`  found: ${label(found.routine)}\n         new error ${env.FUNCTION_FAULT_CODE}, ${found.routine.errors.candidate} times`);
  }
  return new Set([found.index, found.routine].filter(Boolean));
}

async function judgeOthers(known) {
  const before = await servers.connect(env.ENGINE, env.OLD_URL);
  const after = await servers.connect(env.ENGINE, env.NEW_URL);
  for (const shape of shapes.filter((s) => !known.has(s))) {
    const differs = shape.results.different > 0;
    const isConfirmed = shape.confirmation?.outcome === 'confirmed';
    if (shape.confirmation?.outcome === 'refuted') console.log(`  looked ${shape.confirmation.suspected}, ${confirmation(shape)}: ${label(shape)}`);
    if (shape.verdict === 'regressed' && isConfirmed) console.log(`  regressed too, ${confirmation(shape)}: ${label(shape)}`);
    if (shape.errors.new.length > 0) problems.push(`new error ${shape.errors.new} that was not planted: ${label(shape)}`);
    if ((shape.verdict !== 'regressed' || isConfirmed) && !differs) continue;
    const again = await executeAgain(shape, before, after);
    const told = `${label(shape)}\n         executed again ${again.executed} times on each server: x ${again.ratio.toFixed(2)}, results ${again.different ? 'differ' : 'equal'}`;
    if (shape.verdict === 'regressed' && !isConfirmed) {
      if (again.ratio > CONFIRMED_RATIO) console.log(`  regressed too, and confirmed: ${told}`);
      else problems.push(`reported as regressed, but it is not: ${told}`);
    }
    if (differs) {
      if (again.different) console.log(`  results differ too, and confirmed: ${told}`);
      else problems.push(`reported as different results, but they are not: ${told}`);
    }
  }
  await before.end();
  await after.end();
}

async function main() {
  const wanted = planted ? 'fail' : 'pass';
  if (comparison.verdict !== wanted) problems.push(`the verdict is ${comparison.verdict}, not ${wanted}: ${comparison.reasons.join('; ')}`);
  for (const run of comparison.accounting) {
    if (run.captured !== run.replayed + run.skipped + run.failed) problems.push(`${run.run}: ${run.captured} captured is not ${run.replayed} + ${run.skipped} + ${run.failed}`);
    if (run.replayed === 0) problems.push(`${run.run}: nothing was replayed`);
  }
  await judgeOthers(planted ? findFaults() : new Set());
  for (const problem of problems) console.log(`  WRONG: ${problem}`);
  console.log(problems.length === 0 ? `The report is right: verdict ${comparison.verdict}, ${shapes.length} shapes.` : 'The report is not right.');
  process.exit(problems.length === 0 ? 0 : 1);
}

main().catch((e) => {
  console.error(`check.cjs: ${e.stack}`);
  process.exit(2);
});
