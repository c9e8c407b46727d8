import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { buildSync } from 'esbuild';
import type { FunctionName } from '../functions/runtime/environments.ts';
import { DeployError } from './deploy-error.ts';

const ROOT = join(import.meta.dirname, '..');

/** Source file of each function, from the project's root. */
export const ENTRIES = {
  'nuvemshop-webhook': 'functions/pipeline/old/nuvemshop-webhook.lambda.ts',
  'pedidosya-webhook': 'functions/pipeline/old/pedidosya-webhook.lambda.ts',
  'nuvemshop-install': 'functions/pipeline/old/nuvemshop-install.lambda.ts',
  'imotriz-poll': 'functions/pipeline/old/imotriz-poll.lambda.ts',
  'nuvemshop-orders': 'functions/pipeline/old/nuvemshop-orders.lambda.ts',
  'pedidosya-orders': 'functions/pipeline/old/pedidosya-orders.lambda.ts',
  'imotriz-orders': 'functions/pipeline/old/imotriz-orders.lambda.ts',
  'nuvemshop-reconcile': 'functions/pipeline/old/reconcile-nuvemshop-reconcile.lambda.ts',
  'pedidosya-reconcile': 'functions/pipeline/old/reconcile-pedidosya-reconcile.lambda.ts',
  'imotriz-reconcile': 'functions/pipeline/old/reconcile-imotriz-reconcile.lambda.ts',
} as const satisfies Record<FunctionName, string>;

/**
 * The bundles of one deployment's functions. They are made in one run of the bundler when the first is asked for,
 * which parses what the functions share once: six in the time of two. They lie in a temporary folder until the assembly
 * has its copies; call `discard` then.
 *
 * Not the CDK's own hook for local bundling: it runs once per function, needs a container image to be named, and wraps
 * an error in the code into a page of text.
 */
export class Bundles {
  private readonly names: readonly FunctionName[];
  private readonly entries: Readonly<Record<FunctionName, string>>;
  private folder: string | undefined;

  constructor(names: readonly FunctionName[], entries: Readonly<Record<FunctionName, string>> = ENTRIES) {
    this.names = names;
    this.entries = entries;
  }

  /**
   * The code of one function as an asset whose hash is taken of the bundle, so an edit that changes no byte of it
   * deploys nothing. A stack that the CDK was told not to bundle gets a stand-in.
   *
   * @throws DeployError when a source is missing or does not bundle.
   */
  codeOf(name: FunctionName, scope: Construct): Code {
    if (!Stack.of(scope).bundlingRequired) return Code.fromInline(`// ${name}, not bundled`);
    this.folder ??= build(this.names, this.entries);
    return Code.fromAsset(join(this.folder, name));
  }

  /** Removes the temporary folder. */
  discard(): void {
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
    this.folder = undefined;
  }
}

/** Bundles each function into a CommonJS module `<name>/index.js` that exports `handler`. Returns the folder. */
function build(names: readonly FunctionName[], entries: Readonly<Record<FunctionName, string>>): string {
  for (const name of names) {
    if (!existsSync(resolve(ROOT, entries[name]))) {
      throw new DeployError(`${entries[name]} is missing, and a function is made from it. Restore the file.`);
    }
  }
  const folder = mkdtempSync(join(tmpdir(), 'acopio-bundles-'));
  bundle(Object.fromEntries(names.map((name) => [`${name}/index`, entries[name]])), folder);
  for (const name of names) {
    // The assembly may lie inside a package of type "module", where index.js would not be CommonJS.
    writeFileSync(join(folder, name, 'package.json'), '{"type":"commonjs"}\n');
  }
  return folder;
}

function bundle(entryPoints: Record<string, string>, outdir: string): void {
  try {
    buildSync({
      entryPoints,
      outdir,
      absWorkingDir: ROOT,
      bundle: true,
      platform: 'node',
      target: 'node24',
      // CommonJS loads 5 to 25 ms quicker than ESM with the SDK in it.
      format: 'cjs',
      mainFields: ['module', 'main'],
      minify: true,
      legalComments: 'none',
      charset: 'utf8',
      logLevel: 'silent',
    });
  } catch (error) {
    rmSync(outdir, { recursive: true, force: true });
    const [, ...reasons] = error instanceof Error ? error.message.split('\n') : ['', String(error)];
    throw new DeployError(`a function does not bundle: ${reasons.slice(0, 3).join('; ')}`);
  }
}
