import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names the folder that all processes of one run of the tests share; `shared-assembly.ts` keeps assemblies in it. */
export const SHARED_FOLDER = 'ACOPIO_TEST_FOLDER';

/** Makes the folder before the first test file, and removes it after the last one. */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'acopio-tests-'));
  process.env[SHARED_FOLDER] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
