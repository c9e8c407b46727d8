import type { CredentialSpec } from '../functions/platforms/store.ts';
import type { SlotState } from './credentials.ts';
import { isObject } from './json.ts';

const typed = (value: unknown): unknown => (typeof value === 'string' ? value.trim() : value);

/**
 * What is given for a secret, with the value that it replaces beside it: what the platform signed with that one is on its way,
 * and comes until the panel is changed too. Where the value stays, so does the one before it: giving it again loses nothing.
 *
 * @param state what the secret holds now
 * @param given fields as a person gave them; a previous value among them counts, and an empty one ends it
 */
export function withPrevious(
  { previous = {} }: Pick<CredentialSpec, 'previous'>,
  state: SlotState,
  given: unknown,
): unknown {
  if (state.state !== 'filled' || !isObject(state.value) || !isObject(given)) return given;
  const stored = state.value;
  const kept = Object.entries(previous).flatMap(([field, before]) => {
    const value = typed(given[field]) === stored[field] ? stored[before] : stored[field];
    return Object.hasOwn(given, before) || value === undefined ? [] : [[before, value] as const];
  });
  return { ...given, ...Object.fromEntries(kept) };
}

/** The fields of a secret whose previous value is good beside the new one. */
export const fieldsWithPrevious = (
  { previous = {} }: Pick<CredentialSpec, 'previous'>,
  value: unknown,
): string[] =>
  Object.entries(previous).flatMap(([field, before]) =>
    isObject(value) && value[before] !== undefined ? [field] : [],
  );
