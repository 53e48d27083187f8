'use strict';
// Which steps a profile takes, and how often.
const { steps } = require('./statements.cjs');
const values = require('./values.cjs');
const ddl = require('./ddl.cjs');

/** Values by client, order alone: [weight, step]. */
const mixed = [
  [30, steps.updateAccount], [4, steps.updateTwo], [10, steps.updateCustomer], [1.5, steps.updateByCode], [8, steps.updateStock],
  [8, steps.readAccount], [2, steps.readPurchases], [7, steps.lockThenSet], [2, steps.shareThenUpdate],
  [9, steps.insertPurchase], [6, steps.updatePurchase], [3, steps.updateLine], [2, steps.deletePurchase],
  [0.4, steps.replaceCustomer], [1, steps.duplicate], [0.7, steps.summarise],
  [0.8, steps.allStock], [0.5, steps.aisle], [0.3, steps.region], [0.3, steps.purchasesOf], [0.1, steps.statesUp],
];
/** Rows by key alone, at the server's usual isolation: the order is certain, so the tables must be equal. */
const keyed = [[30, steps.updateAccount], [4, steps.updateTwo], [10, steps.updateCustomer], [8, steps.updateStock], [8, steps.readAccount], [7, steps.lockThenSet], [2, steps.shareThenUpdate]];
const made = [
  [12, values.insertTicket], [8, values.insertTicketAndNotes], [6, values.hitTicket], [3, values.insertNote], [1, values.deleteTicket],
  [6, values.insertToken], [6, values.hitToken], [3, values.useToken], [10, steps.updateAccount],
];

exports.profiles = {
  low: { level: 'low', steps: mixed },
  medium: { level: 'medium', steps: mixed },
  hot: { level: 'hot', steps: mixed },
  keyed: { level: 'hot', steps: keyed, usualIsolation: true },
  values: { level: 'medium', steps: made },
  ddl: { level: 'medium', steps: [...mixed, [0.3, ddl.index], [0.3, ddl.column], [0.4, ddl.table], [0.2, ddl.truncate]] },
};
