import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { merchantNamed } from '../config/merchant.ts';
import { makeToken, SCOPES } from '../functions/erp/tokens.ts';
import { temporaryFolder } from '../lib/temporary-folder.ts';
import { type Cloud, type CloudOptions, startCloud } from '../local/cloud/cloud.ts';
import type { ShopStore } from '../local/shop/stores.ts';
import { pointAtSimulators, secretsOf, startStores, stopStores } from '../local/shop/stores.ts';
import { synthesizeApart } from '../local/shop/synthesize-apart.ts';
import { pathOf } from './pipeline/ack-app.ts';
import { pushingStore, simulatedStores } from './pipeline/pushing-store.ts';
import type { Deployed } from './units.ts';

/** What a template says of a function, as far as time and bill depend on it. */
export interface FunctionProperties {
  MemorySize: number;
  TracingConfig?: { Mode: string };
  LoggingConfig?: { SystemLogLevel?: string };
}

/** What the bill depends on of a function. */
export function billedAs({ MemorySize, TracingConfig, LoggingConfig }: FunctionProperties): Deployed {
  const level = LoggingConfig?.SystemLogLevel ?? 'INFO';
  return {
    memoryMb: MemorySize,
    traced: TracingConfig?.Mode === 'Active',
    systemLog: level === 'INFO' || level === 'DEBUG',
  };
}

/** The demo merchant's whole deployment on this machine. */
export interface DeployedCloud {
  cloud: Cloud;
  /** Lets in everywhere. */
  token: string;
  /** @param name as `cloud.functions` has it */
  propertiesOf(name: string): FunctionProperties;
  /** Name of a function for the merchant's own system, by the id of its construct: `Publisher`. */
  erpFunction(id: string): string;
  /** The merchant's stores. */
  stores: readonly ShopStore[];
  /** Sends the webhook of a new order, and waits for its row. */
  pushOrder(): Promise<void>;
  stop(): Promise<void>;
}

/** @param platforms `started`: the simulated platforms answer; else nobody has started them */
export async function openDeployedCloud(
  options: Partial<CloudOptions> = {},
  platforms?: 'started',
): Promise<DeployedCloud> {
  const assembly = temporaryFolder('bench');
  const demo = merchantNamed('demo');
  const stores = platforms === 'started' ? await startStores(demo, 1) : simulatedStores();
  const forget = async () => {
    rmSync(assembly, { recursive: true, force: true });
    if (platforms === 'started') await stopStores(stores);
  };
  try {
    await synthesizeApart(platforms === 'started' ? pointAtSimulators(demo, stores) : demo, assembly);
    const { token, stored } = makeToken({ name: 'bench', client: 'bench', scopes: SCOPES }, Date.now());
    const cloud = await startCloud({
      assembly,
      schedules: 'off',
      ...options,
      secrets: { ...secretsOf(stores), 'Erp/Tokens': JSON.stringify({ tokens: [stored] }) },
    });
    const properties = propertiesIn(assembly);
    return {
      cloud,
      token,
      stores,
      propertiesOf(name) {
        const { logicalId = '' } = cloud.functions.find((one) => one.name === name) ?? {};
        return properties.get(logicalId) ?? { MemorySize: 128 };
      },
      erpFunction(id) {
        const found = cloud.functions.find(({ path }) => path.includes(`/Erp/${id}/`));
        if (found === undefined) throw new Error(`the deployment has no function ${id}`);
        return found.name;
      },
      pushOrder: () => push(cloud, pushingStore(stores)),
      async stop() {
        await cloud.stop();
        await forget();
      },
    };
  } catch (error) {
    await forget();
    throw error;
  }
}

async function push(cloud: Cloud, store: ShopStore): Promise<void> {
  const body = JSON.stringify(store.truth(store.place())[0]?.json);
  const headers = store.webhooks?.headersFor(body) ?? {};
  const { status } = await fetch(`${cloud.apiUrl}${pathOf(store)}`, { method: 'POST', headers, body });
  if (status !== 200) throw new Error(`the receiver answered ${status}`);
  await cloud.idle();
}

/** By the logical ids of functions. */
export function propertiesIn(assembly: string): Map<string, FunctionProperties> {
  const found = new Map<string, FunctionProperties>();
  for (const file of readdirSync(assembly).filter((name) => name.endsWith('.template.json'))) {
    const { Resources } = JSON.parse(readFileSync(join(assembly, file), 'utf8')) as {
      Resources: Record<string, { Type: string; Properties: FunctionProperties }>;
    };
    for (const [id, { Type, Properties }] of Object.entries(Resources))
      if (Type === 'AWS::Lambda::Function') found.set(id, Properties);
  }
  return found;
}
