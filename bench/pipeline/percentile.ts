/** The value below which the share `p` (0 to 1) of the sample lies. Throws a RangeError for an empty sample. */
export function percentile(sample: readonly number[], p: number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
  if (value === undefined) throw new RangeError('a percentile of nothing');
  return value;
}
