import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Merchant } from '../../config/merchant.ts';
import { synthesizeApart } from '../../local/shop/synthesize-apart.ts';
import { SHARED_FOLDER } from './shared-folder.ts';

/** Simulators listen on ports of their own, and their addresses stand in the bundles: as these until they are known. */
const PLACEHOLDER = 'http://127.0.0.1:1000';
const ADDRESS = /http:\/\/127\.0\.0\.1:\d+/g;

/**
 * Synthesizes a merchant's app once for all test files of a run, and copies it: most of them deploy the same merchant, and
 * differ in the addresses of their simulators alone.
 */
export async function synthesizeOnce(
  merchant: Merchant,
  outdir: string,
  signal?: AbortSignal,
): Promise<void> {
  const shared = process.env[SHARED_FOLDER];
  if (shared === undefined) return synthesizeApart(merchant, outdir, signal);
  const addresses: string[] = [];
  const text = JSON.stringify(merchant).replace(ADDRESS, (address) => {
    if (!addresses.includes(address)) addresses.push(address);
    return `${PLACEHOLDER}${addresses.indexOf(address)}`;
  });
  const made = join(shared, createHash('sha256').update(text).digest('hex'));
  if (!existsSync(made)) await make(JSON.parse(text) as Merchant, made, shared, signal);
  cpSync(made, outdir, { recursive: true });
  for (const file of readdirSync(outdir, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(?:js|json)$/.test(file)) continue;
    const path = join(outdir, file);
    const before = readFileSync(path, 'utf8');
    const after = before.replaceAll(
      new RegExp(`${PLACEHOLDER}(\\d)`, 'g'),
      (_, index: string) => addresses[Number(index)] ?? '',
    );
    if (after !== before) writeFileSync(path, after);
  }
}

async function make(merchant: Merchant, to: string, shared: string, signal?: AbortSignal): Promise<void> {
  const folder = mkdtempSync(join(shared, 'making-'));
  await synthesizeApart(merchant, folder, signal);
  try {
    renameSync(folder, to);
  } catch (error) {
    // Another worker made the same one meanwhile.
    rmSync(folder, { recursive: true });
    if (!existsSync(to)) throw error;
  }
}
