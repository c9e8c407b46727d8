import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAME = /^acopio-(\d+)-/;

const own = new Set<string>();

/**
 * Makes an empty folder that goes with this process at the latest, also where the process ends before its work does. The name
 * says which process it belongs to: one that is killed removes nothing.
 *
 * @param purpose one word
 */
export function temporaryFolder(purpose: string): string {
  const folder = mkdtempSync(join(tmpdir(), `acopio-${process.pid}-${purpose}-`));
  if (own.size === 0) process.once('exit', removeOwnFolders);
  own.add(folder);
  return folder;
}

function removeOwnFolders(): void {
  for (const folder of own) rmSync(folder, { recursive: true, force: true });
}

/** Removes the folders of processes that are gone. */
export function removeAbandonedFolders(): void {
  for (const name of readdirSync(tmpdir())) {
    const owner = NAME.exec(name)?.[1];
    if (owner !== undefined && !isAlive(Number(owner)))
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

/** Whether there is a process of this id, whosever it is. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there, and somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
