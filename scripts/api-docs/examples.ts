import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** A request as it is typed, and what is answered. A test reads them with the schemas of the route. */
const example = z.object({
  /** Path and query. */
  request: z.string(),
  body: z.union([z.looseObject({}), z.array(z.unknown())]).optional(),
  answer: z.looseObject({}),
});

/** By operation. They are published, because whoever writes a client needs something to test it with. */
export const EXAMPLES = z
  .record(z.string(), example)
  .parse(JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/api-examples.json'), 'utf8')));

export const PROBLEM_EXAMPLE = {
  pointer: '/body/version',
  code: 'wrong-type',
  detail: 'Invalid input: expected number, received string.',
};
