import { describeError } from '../../functions/runtime/describe-error.ts';
import { permissionHint } from '../failure-hints.ts';
import type { Finding } from './finding.ts';

/** Something to be looked at, and what it is called where looking fails. */
export interface Look {
  what: string;
  find(): Promise<Finding[]> | Finding[];
}

/** One thing that cannot be looked at hides none of the others. */
export async function lookAt(what: string, find: Look['find']): Promise<Finding[]> {
  try {
    return await find();
  } catch (error) {
    return [unseen(what, error)];
  }
}

/** What a failed look says. Whoever may not look at something learns nothing bad of it: the viewer's policy opens no secret. */
export function unseen(what: string, error: unknown): Finding {
  const why = `could not be looked at: ${describeError(error)}`;
  const hint = permissionHint(error);
  return hint === undefined
    ? { level: 'red', what, why, command: 'doctor' }
    : { level: 'unknown', what, why, next: hint };
}
