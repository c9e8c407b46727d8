/** The same object without the keys whose value is undefined: an absent field and an undefined one must be stored, hashed and compared alike. */
export function omitUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as T;
}

/** Like {@link compact}, and undefined when nothing is left. */
export function omitUndefinedOrNothing<T extends object>(value: T): T | undefined {
  const kept = omitUndefined(value);
  return Object.keys(kept).length === 0 ? undefined : kept;
}
