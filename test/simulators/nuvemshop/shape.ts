/**
 * What an answer lacks beside an official sample: keys that are missing and values of another JSON type.
 * null stands for any type; where the sample has an object or an array, its inside is compared too.
 */
export function differences(sample: unknown, actual: unknown, path = '$'): string[] {
  if (sample === null || actual === null) return [];
  if (Array.isArray(sample)) {
    if (!Array.isArray(actual)) return [`${path}: expected an array`];
    const [first] = actual;
    return first === undefined
      ? []
      : sample.slice(0, 1).flatMap((item) => differences(item, first, `${path}[]`));
  }
  if (typeof sample === 'object') {
    if (typeof actual !== 'object' || Array.isArray(actual)) return [`${path}: expected an object`];
    return Object.entries(sample as object).flatMap(([key, value]) =>
      key in (actual as object)
        ? differences(value, Reflect.get(actual as object, key), `${path}.${key}`)
        : [`${path}.${key}: missing`],
    );
  }
  return typeof sample === typeof actual
    ? []
    : [`${path}: ${typeof sample} in the sample, ${typeof actual} here`];
}
