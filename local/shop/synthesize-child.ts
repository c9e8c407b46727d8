import { text } from 'node:stream/consumers';
import { merchantSchema } from '../../config/merchant.ts';
import { DeployError } from '../../lib/deploy-error.ts';
import { synthesize } from '../../lib/synthesize.ts';
import { dieWithParent } from './die-with-parent.ts';

/** Reads a merchant from standard input and synthesizes it into the folder named by the first argument. */
dieWithParent();
try {
  const merchant = merchantSchema().parse(JSON.parse(await text(process.stdin)));
  synthesize({ merchant, outdir: process.argv[2] ?? 'cdk.out', nag: false });
} catch (error) {
  const known = error instanceof DeployError;
  process.stderr.write(`${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
}
