import { afterEach, beforeEach, vi } from 'vitest';

/** What commands print in each test of a file. `said` reads the JSON of all that was printed since, and forgets it. */
export function whatIsPrinted() {
  const printed: string[] = [];
  beforeEach(() => {
    printed.length = 0;
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  });
  afterEach(() => vi.restoreAllMocks());
  return { printed, said: () => JSON.parse(printed.splice(0).join('')) };
}
