import type { Mutation } from './mutation.ts';
import { CALLS } from './of-calls.ts';
import { CLAIMS } from './of-claims.ts';
import { COMMANDED } from './of-commands.ts';
import { FEED } from './of-feed.ts';
import { INTAKE } from './of-intake.ts';
import { MEMORY } from './of-memory.ts';
import { OPERATOR } from './of-operator.ts';
import { ORDERS } from './of-orders.ts';
import { PRODUCTS } from './of-products.ts';
import { RECONCILE } from './of-reconcile.ts';
import { ROWS } from './of-rows.ts';
import { STOCK } from './of-stock.ts';

/** Mistakes that the simulated worlds and our tests must notice. */
export const MUTATIONS: readonly Mutation[] = [
  ...INTAKE,
  ...ROWS,
  ...CALLS,
  ...MEMORY,
  ...RECONCILE,
  ...CLAIMS,
  ...OPERATOR,
  ...ORDERS,
  ...FEED,
  ...COMMANDED,
  ...STOCK,
  ...PRODUCTS,
];
