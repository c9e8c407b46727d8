import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { keptOr } from '../../lib/bundles/kept.ts';
import { ROOT } from '../../lib/bundles/sources.ts';

let folder: string;
let kept: string;
let source: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'acopio-test-'));
  kept = join(folder, 'kept');
  source = join(folder, 'source.ts');
  writeFileSync(source, 'one');
  vi.stubEnv('ACOPIO_BUNDLES', kept);
  return () => vi.unstubAllEnvs();
});
afterEach(() => rmSync(folder, { recursive: true }));

const entries = { 'bazaar-poll/index': 'import "./source.ts";' };

/** Asks for the bundles of some entries, and says whether they were bundled for it. */
function ask(of: Record<string, string> = entries) {
  let isMade = false;
  const files = keptOr(of, () => {
    isMade = true;
    return { files: { 'bazaar-poll/index.js': '1' }, inputs: [relative(ROOT, source)] };
  });
  return { isMade, files };
}

describe('bundles that were made before', () => {
  test('are taken as they are while nothing changed', () => {
    const { files } = ask();

    expect(ask()).toEqual({ isMade: false, files });
  });

  test('are made again when a byte of a source changed', () => {
    ask();
    writeFileSync(source, 'two');

    expect(ask().isMade).toBe(true);
  });

  test('are not taken for other entries', () => {
    ask();

    expect(ask({ 'bazaar-poll/index': 'import "./other.ts";' }).isMade).toBe(true);
  });

  test('are made again when they were cut off', () => {
    ask();
    for (const name of readdirSync(kept)) writeFileSync(join(kept, name), '{"inputs":{},');

    expect(ask().isMade).toBe(true);
  });

  test('are made each time where nothing can be kept', () => {
    writeFileSync(kept, 'a file in the place of the folder');

    expect([ask().isMade, ask().isMade]).toEqual([true, true]);
  });

  test('stay for the ten sets that were used last', () => {
    mkdirSync(kept);
    for (let n = 0; n < 13; n += 1) ask({ [`set-${n}`]: '' });

    expect(readdirSync(kept)).toHaveLength(10);
    expect(ask({ 'set-12': '' }).isMade).toBe(false);
  });
});
