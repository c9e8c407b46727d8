import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { bundleOptions, leanPackages } from '../../lib/bundles/bundler.ts';
import { temporaryFolder } from '../../lib/temporary-folder.ts';
import type { ObservedCall } from '../../local/cloud/gateway/gateway.ts';

/** The bundle of an empty handler: what Node itself takes. */
export const buildEmpty = (): string => build('empty.lambda.ts', {});

/**
 * The bundle of a handler that has the clients which these calls need, and makes them: in the best build that we know of,
 * without a map of sources.
 */
export function buildBare(calls: readonly Pick<ObservedCall, 'service'>[]): string {
  const needs = (service: string) => String(calls.some((call) => call.service === service));
  return build('bare.lambda.ts', {
    TABLES: needs('dynamodb'),
    SECRETS: needs('secretsmanager'),
    QUEUES: needs('sqs'),
  });
}

function build(entry: string, define: Record<string, string>): string {
  const folder = temporaryFolder('bundle');
  const outfile = join(folder, 'index.js');
  buildSync({
    ...bundleOptions,
    alias: leanPackages(folder),
    entryPoints: [join(import.meta.dirname, entry)],
    outfile,
    define,
    sourcemap: false,
  });
  return outfile;
}
