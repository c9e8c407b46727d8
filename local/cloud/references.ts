import { LocalCloudError } from './errors.ts';

/** Something of the deployment that a person names. */
export interface Referable {
  readonly logicalId: string;
  readonly path: string;
  readonly ref: string;
}

/**
 * Finds one thing by logical id, construct path, physical name, or an ending of its path (whole segments) or a beginning
 * of its logical id that no other shares.
 *
 * @throws LocalCloudError listing the candidates when none or several match.
 */
export function findByReference<T extends Referable>(kind: string, all: readonly T[], reference: string): T {
  const exact = all.filter(
    ({ logicalId, path, ref }) => logicalId === reference || path === reference || ref === reference,
  );
  const found =
    exact.length > 0
      ? exact
      : all.filter(
          ({ logicalId, path }) => path.endsWith(`/${reference}`) || logicalId.startsWith(reference),
        );
  const [only, ...others] = found;
  if (only && others.length === 0) return only;
  const candidates = (only ? found : all).map(({ path, logicalId }) => `${path} (${logicalId})`).join(', ');
  throw only
    ? new LocalCloudError(
        'ambiguous-reference',
        `"${reference}" could be several: ${candidates}. Name the ${kind} by more of its path.`,
      )
    : new LocalCloudError(
        'unknown-reference',
        `This deployment has no ${kind} "${reference}". It has: ${candidates || 'none'}.`,
      );
}
