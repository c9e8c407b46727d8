import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson } from '../../functions/http/json.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures', 'nuvemshop');
/** Payloads of the platform's documentation, where they lie beside the project. */
const EXAMPLES = join(import.meta.dirname, '..', '..', '..', 'shared', 'examples', 'nuvemshop');

export interface PayloadFile {
  /** Name without its ending. */
  name: string;
  from: 'fixtures' | 'examples';
  json: unknown;
}

/** Every payload there is, ours and the documentation's. */
export const PAYLOADS: readonly PayloadFile[] = [
  ...readAll(FIXTURES, 'fixtures'),
  ...(existsSync(EXAMPLES) ? readAll(EXAMPLES, 'examples') : []),
];

function readAll(folder: string, from: PayloadFile['from']): PayloadFile[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({
      name: file.replace(/\.json$/, ''),
      from,
      json: parseJson(readFileSync(join(folder, file), 'utf8')),
    }));
}
