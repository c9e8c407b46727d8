import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAME = /^acopio-(\d+)-/;

/**
 * Makes an empty folder whose name says which process it belongs to: a process that is killed removes nothing.
 *
 * @param purpose one word
 */
export const temporaryFolder = (purpose: string): string =>
  mkdtempSync(join(tmpdir(), `acopio-${process.pid}-${purpose}-`));

/** Removes the folders of processes that are gone. */
export function removeAbandonedFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = NAME.exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner)))
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
