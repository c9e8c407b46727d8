import * as z from 'zod';

/** Name and message of an error; a schema's complaint names paths and types only, because values may be personal. */
export function describeError(error: unknown): string {
  if (error instanceof z.ZodError)
    return error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`).join('; ');
  return error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error';
}
