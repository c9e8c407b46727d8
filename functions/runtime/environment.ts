import * as z from 'zod';
import { ENVIRONMENTS, type EnvironmentOf, type FunctionName } from './environments.ts';

/**
 * Reads a function's environment once, at cold start.
 *
 * @throws Error naming each variable that is missing or wrong, so that a bad deployment fails at its first call.
 */
export function readEnvironment<N extends FunctionName>(
  name: N,
  variables: Record<string, string | undefined>,
): EnvironmentOf<N> {
  // One lookup by a generic key widens to the union of all schemas; the registry's own type says which one it is.
  const schema: z.ZodType = ENVIRONMENTS[name];
  const read = schema.safeParse(variables);
  if (!read.success) throw new Error(`environment of ${name} is wrong: ${z.prettifyError(read.error)}`);
  return read.data as EnvironmentOf<N>;
}
