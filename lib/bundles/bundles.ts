import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { Channel } from '../../config/merchant.ts';
import type { StockSettings } from '../../functions/domain/stock/settings.ts';
import type { Job } from '../../functions/runtime/environment.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { bundleInto } from './bundler.ts';
import { entryOf, sourcesOf } from './sources.ts';

/**
 * The bundles of one deployment's functions. They are made in one run of the bundler when the first is asked for,
 * which parses what the functions share once: six in the time of two. They lie in a temporary folder until the assembly
 * has its copies; call `discard` then.
 *
 * A platform's bundle holds that platform and the merchant's settings of it. Lambda's environment has room for 4 KB only, and a chain
 * may have hundreds of outlets.
 *
 * Not the CDK's own hook for local bundling: it runs once per function, needs a container image to be named, and wraps
 * an error in the code into a page of text.
 */
export class Bundles {
  private readonly channels: readonly Channel[];
  private readonly entryOf: (job: Job) => string;
  private readonly stock: StockSettings | undefined;
  private folder: string | undefined;

  /** @param stock how the merchant's stock is counted, where somebody counts it */
  constructor(channels: readonly Channel[], entry = entryOf, stock?: StockSettings) {
    this.channels = channels;
    this.entryOf = entry;
    this.stock = stock;
  }

  /**
   * The code of one function as an asset whose hash is taken of the bundle, so an edit that changes no byte of it
   * deploys nothing. A stack that the CDK was told not to bundle gets an empty one.
   *
   * @throws DeployError when a source is missing or does not bundle.
   */
  codeOf(name: string, scope: Construct): Code {
    if (!Stack.of(scope).bundlingRequired) return Code.fromInline(`// ${name}, not bundled`);
    this.folder ??= this.build();
    return Code.fromAsset(join(this.folder, name));
  }

  /** Removes the temporary folder. */
  discard(): void {
    if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
    this.folder = undefined;
  }

  /** Bundles each function into a CommonJS module `<name>/index.js` that exports `handler`. Returns the folder. */
  private build(): string {
    const folder = temporaryFolder('bundles');
    try {
      bundleInto(folder, sourcesOf(this.channels, this.entryOf, this.stock));
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
    return folder;
  }
}
