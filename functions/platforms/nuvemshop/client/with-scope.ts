import { PlatformError } from '../../../http/errors.ts';

/** What an app needs for a call, for people. */
interface Needed {
  /** Such as `read_products`. */
  readonly scope: string;
  /** What else helps, with a comma before it. */
  readonly otherwise?: string;
}

/**
 * Makes a call that an app may lack the scope for: a 403 is a refusal then, with its remedy. The app still gets its orders, so
 * it says nothing of the token.
 */
export async function withScope<T>({ scope, otherwise = '' }: Needed, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof PlatformError) || error.status !== 403 || error.kind !== 'auth-failed')
      throw error;
    const { operation, outcomeUnknown, said } = error;
    throw new PlatformError({
      platform: 'nuvemshop',
      operation,
      kind: 'refused',
      status: 403,
      outcomeUnknown,
      detail: `The app may not ${scope.replace('_', ' ')}.`,
      remedy: `Give it the scope ${scope} in the partner panel and open the installation link again${otherwise}.`,
      ...(said === undefined ? {} : { said }),
    });
  }
}
