/**
 * Made when it is first asked for, and once. A schema takes a function that has just started a tenth of a millisecond for each
 * of its fields, and a first call needs few of them.
 */
export function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
