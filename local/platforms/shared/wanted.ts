/** Every value, or the one under a key that is named and known. */
export function wanted<K, V>(values: ReadonlyMap<K, V>, key: K | undefined): V[] {
  if (key === undefined) return [...values.values()];
  const found = values.get(key);
  return found === undefined ? [] : [found];
}
