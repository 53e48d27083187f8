'use strict';
// One client: transactions of one to five steps, with pauses between them, on a connection of its own. Each seed and number gives the same choices.
const { randomFrom, between } = require('../../Demo/pace.cjs');
const { sessionOf } = require('./connection.cjs');

const modes = [[0.4, 'text'], [0.25, 'unnamed'], [0.35, 'prepared']];
const thinkMilliseconds = 1.5;
const shares = { alone: 0.4, savepoint: 0.05, rollback: 0.06, unsorted: 0.25 };
// PostgreSQL's usual one is READ COMMITTED, InnoDB's REPEATABLE READ.
const isolations = {
  postgres: [[90, null], [7, 'REPEATABLE READ'], [3, 'SERIALIZABLE']],
  mysql: [[88, null], [10, 'READ COMMITTED'], [2, 'SERIALIZABLE']],
};

const weighted = (random, pairs) => {
  let left = random() * pairs.reduce((sum, [weight]) => sum + weight, 0);
  return (pairs.find(([weight]) => (left -= weight) < 0) ?? pairs[pairs.length - 1])[1];
};
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const exponential = (random, mean) => Math.min(-Math.log(1 - random()) * mean, mean * 8);

class Actor {
  constructor({ engine, where, seed, number, level, profile, pauseMilliseconds, world, counts }) {
    Object.assign(this, { engine, where, number, level, profile, pauseMilliseconds, world, counts });
    this.isPostgres = engine === 'postgres';
    this.random = randomFrom(seed * 7919 + number);
    this.Session = sessionOf(engine);
    this.ids = 0;
    this.salt = 0;
  }

  /** So many transactions; after the first `early` of them as many more as it takes until the snapshot has been taken. */
  async live(early, transactions) {
    this.session = await this.Session.open(this.where);
    for (let left = transactions; left > 0; left -= left > transactions - early || this.world.isCut() ? 1 : 0) {
      await sleep(exponential(this.random, this.pauseMilliseconds));
      await this.transaction();
      this.world.done++;
    }
    await this.session.close();
  }

  nextId() { return this.number * 1000000 + ++this.ids; }
  think() { return sleep(exponential(this.random, thinkMilliseconds)); }
  afterCommit(work) { this.committed.push(work); }

  async run(sql, values) {
    this.counts.statements++;
    return this.session.run(weighted(this.random, modes), sql, values);
  }

  count(error) {
    const code = this.Session.codeOf(error);
    this.counts.errors[code] = (this.counts.errors[code] ?? 0) + 1;
  }

  async transaction() {
    const plan = this.plan();
    this.committed = [];
    let ended = true;
    try {
      if (plan.alone) await plan.steps[0].work(this);
      else {
        ended = false;
        await this.begin(plan.isolation);
        for (const [i, step] of plan.steps.entries()) {
          if (i > 0) await this.think();
          await (i === plan.savepointAt ? this.savepoint(step) : step.work(this));
        }
        ended = true;
        await this.run(plan.rollback ? 'ROLLBACK' : 'COMMIT', []);
      }
      if (plan.rollback) this.counts.rolledBack++;
      else { this.counts.committed++; this.committed.forEach((work) => work()); }
    } catch (e) {
      this.count(e);
      if (!ended || !plan.alone) await this.run('ROLLBACK', []);
    }
  }

  plan() {
    const { random } = this;
    const pick = () => weighted(random, this.profile.steps)(this);
    const first = pick();
    if (first.alone || (!first.inTransaction && random() < shares.alone)) return { alone: true, steps: [first] };
    const steps = [first, ...Array.from({ length: between(random, 0, 4) }, pick)].filter((step) => !step.alone);
    if (random() >= shares.unsorted) steps.sort((a, b) => a.rank - b.rank);
    return {
      steps,
      isolation: this.profile.usualIsolation ? null : weighted(random, isolations[this.engine]),
      savepointAt: random() < shares.savepoint ? between(random, 0, steps.length - 1) : -1,
      rollback: random() < shares.rollback,
    };
  }

  async begin(isolation) {
    if (isolation !== null && !this.isPostgres) await this.run(`SET TRANSACTION ISOLATION LEVEL ${isolation}`, []);
    await this.run(isolation !== null && this.isPostgres ? `BEGIN ISOLATION LEVEL ${isolation}` : 'BEGIN', []);
  }

  /** A step that is undone, or not; an error in it is forgiven by PostgreSQL too. */
  async savepoint(step) {
    await this.run('SAVEPOINT here', []);
    const known = this.committed.length;
    let failed = false;
    try { await step.work(this); } catch (e) {
      // After a deadlock InnoDB has rolled all back: there is no savepoint any more.
      if (!this.isPostgres && this.Session.codeOf(e) !== '1062') throw e;
      this.count(e);
      failed = true;
    }
    if (failed || this.random() < 0.5) { this.committed.length = known; await this.run('ROLLBACK TO SAVEPOINT here', []); }
    else await this.run('RELEASE SAVEPOINT here', []);
  }
}

exports.Actor = Actor;
