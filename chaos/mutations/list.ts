import type { Mutation } from './mutation.ts';
import { CALLS } from './of-calls.ts';
import { INTAKE } from './of-intake.ts';
import { ROWS } from './of-rows.ts';

/** Mistakes that the simulated worlds must notice. */
export const MUTATIONS: readonly Mutation[] = [...INTAKE, ...ROWS, ...CALLS];
