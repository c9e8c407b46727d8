import type { IntakePlatform, Platform } from '../platforms/platform.ts';
import type { Store } from '../platforms/store.ts';
import { type AwsOptions, PATIENCE, type Patience } from '../runtime/aws-clients.ts';
import { OwnError } from '../runtime/describe-error.ts';
import { type Job, secretName } from '../runtime/environment.ts';
import type { Runtime } from '../runtime/handler.ts';

/** The platform that a function is deployed for, and the merchant's stores at it. */
export interface Deployed<P extends IntakePlatform = Platform> {
  readonly platform: P;
  readonly stores: readonly Store[];
}

/** @param settings the merchant's configuration of the platform, as the platform's schema gave it */
export const deployedFor = <P extends IntakePlatform>(platform: P, settings: unknown): Deployed<P> => ({
  platform,
  stores: platform.stores(settings),
});

/**
 * How the AWS clients of a function are made: no call of theirs lasts longer than what is left of the function's time.
 *
 * @param usual the patience of the job
 */
export const awsOptions = (
  { deadline, patience }: Pick<Runtime<Job>, 'deadline' | 'patience'>,
  usual: Patience = PATIENCE,
): AwsOptions => ({
  patience: patience ?? usual,
  ...(deadline === undefined ? {} : { timeLeftMs: () => deadline.leftMs() }),
});

/** @throws Error when the deployment forgot the secret. */
export function secretIdIn(
  secrets: Readonly<Record<string, string>>,
  credential: string,
  storeId: string | undefined,
): string {
  const name = secretName(credential, storeId);
  const id = secrets[name];
  if (id === undefined) throw new OwnError(`the variable SECRETS names no secret "${name}"`);
  return id;
}
