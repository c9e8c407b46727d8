import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** A file whose meaning is known, or a folder to take them from. */
export interface ContractFile {
  name: string;
  text: string;
}

/** The files of a folder, by name; none when it does not exist. */
export function filesIn(folder: URL): ContractFile[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /\.(json|csv)$/.test(name))
    .sort()
    .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));
}
