import { PlatformError } from '../../../http/errors.ts';

/** What was asked for; undefined where the platform does not find it. @throws PlatformError of any other kind */
export async function ifThere<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof PlatformError && error.kind === 'not-found') return undefined;
    throw error;
  }
}
