import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { Channel } from '../config/merchant.ts';
import { secretOutput } from '../config/output-names.ts';
import type { CredentialSpec } from '../functions/platforms/store.ts';
import { checkSecret, UNUSED_FIELD } from '../functions/runtime/secrets.ts';
import type { OperatorContext } from './context.ts';
import { jsonOf } from './json.ts';

/** One secret of a deployment: a credential of a platform, or of one of its stores. */
export interface Slot {
  readonly credential: string;
  readonly spec: CredentialSpec;
  /** Absent where all stores share it. */
  readonly storeId: string | undefined;
  readonly secretId: string;
  /** The installation in a browser fills it in. */
  readonly installed: boolean;
}

/** `filled`: it has the shape that the platform needs. `unfilled`: nobody has filled it in. `unusable`: see the problem. */
export type SlotState =
  | { state: 'filled'; value: unknown }
  | { state: 'unfilled' }
  | { state: 'unusable'; problem: string };

type Secrets = Pick<OperatorContext, 'secretsManager' | 'outputs'>;

/** The secrets of a platform, those that all stores share first. */
export function slotsOf({ outputs }: Pick<Secrets, 'outputs'>, { platform, stores }: Channel): Slot[] {
  return Object.entries(platform.credentials)
    .flatMap(([credential, spec]) =>
      (spec.per === 'store' ? stores.map(({ id }) => id) : [undefined]).map((storeId) => ({
        credential,
        spec,
        storeId,
        secretId: outputs(secretOutput(platform.name, credential, storeId, stores.length)),
        installed: credential === platform.oauth?.tokenCredential,
      })),
    )
    .sort((a, b) => Number(a.storeId !== undefined) - Number(b.storeId !== undefined));
}

/** What a secret holds now; its value goes to no output. */
export async function readSlot({ secretsManager }: Secrets, { spec, secretId }: Slot): Promise<SlotState> {
  const { SecretString = '' } = await secretsManager.send(new GetSecretValueCommand({ SecretId: secretId }));
  const json = jsonOf(SecretString);
  if (json === undefined) return { state: 'unusable', problem: 'it is not JSON' };
  const checked = checkSecret(spec.schema(), json);
  if ('value' in checked) return { state: 'filled', value: checked.value };
  const keys = typeof json === 'object' && json !== null ? Object.keys(json) : [];
  return keys.every((key) => key === UNUSED_FIELD)
    ? { state: 'unfilled' }
    : { state: 'unusable', problem: checked.problem };
}

export async function writeSlot(
  { secretsManager }: Secrets,
  { secretId }: Slot,
  value: unknown,
): Promise<void> {
  await secretsManager.send(
    new PutSecretValueCommand({ SecretId: secretId, SecretString: JSON.stringify(value) }),
  );
}

/** As a person calls a secret: its credential, and its store where there are several. */
export const slotName = ({ credential, storeId }: Slot): string =>
  storeId === undefined ? credential : `${credential} of store ${storeId}`;
