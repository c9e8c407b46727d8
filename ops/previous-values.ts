import { isObject } from '../functions/domain/json-object.ts';
import type { CredentialSpec } from '../functions/platforms/store.ts';
import type { SlotState } from './credentials.ts';

/** A secret that is to be written, and what becomes of the values that it had. */
export interface Rotated {
  value: unknown;
  /** Fields whose value of before goes on counting beside the new one. */
  keeps: readonly string[];
  /** Fields whose value from before the last rotation counted until now, and is gone. */
  forgets: readonly string[];
}

/**
 * A new secret beside which the values of before go on counting, where the platform's room knows of two: the platform's panel is
 * changed later than this, and what it sends until then is signed with the old one.
 *
 * @param typed what came from the person or the program: a previous value in it is taken as it is, and an empty one means none
 */
export function rotated(
  { previous = {} }: Pick<CredentialSpec, 'previous'>,
  state: SlotState,
  typed: unknown,
  value: unknown,
): Rotated {
  const stored = state.state === 'filled' ? state.value : undefined;
  if (!isObject(stored) || !isObject(value)) return { value, keeps: [], forgets: [] };
  const kept: Record<string, unknown> = {};
  const [keeps, forgets]: [string[], string[]] = [[], []];
  for (const [field, before] of Object.entries(previous)) {
    if (isObject(typed) && Object.hasOwn(typed, before)) continue;
    const isNew = value[field] !== stored[field];
    // The same secret typed in again ends no rotation.
    const old = isNew ? stored[field] : stored[before];
    if (old === undefined) continue;
    kept[before] = old;
    if (!isNew) continue;
    keeps.push(field);
    if (stored[before] !== undefined && stored[before] !== value[field]) forgets.push(field);
  }
  return { value: { ...value, ...kept }, keeps, forgets };
}
