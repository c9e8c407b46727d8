import { existsSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { AssetHashType, DockerImage, Stack } from 'aws-cdk-lib';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { buildSync } from 'esbuild';
import type { FunctionName } from '../functions/contract/environment.ts';
import { DeployError } from './deploy-error.ts';

const ROOT = join(import.meta.dirname, '..');

/** Source file of each function, from the project's root. */
export const ENTRIES = {
  'nuvemshop-webhook': 'functions/intake/nuvemshop-webhook.lambda.ts',
  'pedidosya-webhook': 'functions/intake/pedidosya-webhook.lambda.ts',
  'imotriz-poll': 'functions/intake/imotriz-poll.lambda.ts',
  'nuvemshop-orders': 'functions/orders/nuvemshop-orders.lambda.ts',
  'pedidosya-orders': 'functions/orders/pedidosya-orders.lambda.ts',
  'imotriz-orders': 'functions/orders/imotriz-orders.lambda.ts',
} as const satisfies Record<FunctionName, string>;

/**
 * The bundles of one deployment's functions. They are made in one run of the bundler when the first is asked for,
 * which parses what the functions share once: six in the time of two.
 */
export class Bundles {
  private readonly names: readonly FunctionName[];
  private built: ReadonlyMap<FunctionName, Uint8Array> | undefined;

  constructor(names: readonly FunctionName[]) {
    this.names = names;
  }

  /**
   * The code of one function as an asset whose hash is taken of the bundle, so an edit that changes no byte of it
   * deploys nothing. Nothing is bundled for a stack that the CDK was told not to bundle.
   *
   * @throws DeployError when a source is missing or does not bundle.
   */
  codeOf(name: FunctionName, scope: Construct): AssetCode {
    // Before the asset asks for it: the asset would wrap the error into a page of text.
    if (Stack.of(scope).bundlingRequired) this.built ??= build(this.names);
    return Code.fromAsset(ROOT, {
      assetHashType: AssetHashType.OUTPUT,
      bundling: {
        // Never run: the bundle is there already.
        image: DockerImage.fromRegistry('unused'),
        // Not a command either: it keeps apart assets which differ in nothing else the staging cache looks at.
        command: [name],
        local: {
          tryBundle: (outputDirectory) => {
            const code = this.built?.get(name);
            if (code === undefined) return false;
            writeFileSync(join(outputDirectory, 'index.js'), code);
            // The assembly may lie inside a package of type "module", where index.js would not be CommonJS.
            writeFileSync(join(outputDirectory, 'package.json'), '{"type":"commonjs"}\n');
            return true;
          },
        },
      },
    });
  }
}

/** Bundles each function into one CommonJS module that exports `handler`. */
function build(names: readonly FunctionName[]): Map<FunctionName, Uint8Array> {
  for (const name of names) {
    if (!existsSync(join(ROOT, ENTRIES[name]))) {
      throw new DeployError(`${ENTRIES[name]} is missing, and a function is made from it. Restore the file.`);
    }
  }
  const files = bundle(names);
  return new Map(
    names.map((name) => {
      const file = files.find((one) => basename(dirname(one.path)) === name);
      if (file === undefined) throw new Error(`the bundler returned nothing for ${name}`);
      return [name, file.contents];
    }),
  );
}

function bundle(names: readonly FunctionName[]) {
  try {
    return buildSync({
      entryPoints: Object.fromEntries(names.map((name) => [`${name}/index`, ENTRIES[name]])),
      outdir: 'bundles',
      write: false,
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
    }).outputFiles;
  } catch (error) {
    const [, ...reasons] = error instanceof Error ? error.message.split('\n') : ['', String(error)];
    throw new DeployError(`a function does not bundle: ${reasons.slice(0, 3).join('; ')}`);
  }
}
