import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { buildSync } from 'esbuild';
import { type Channel, channelsOf, merchantNamed } from '../../config/merchant.ts';
import { secretName } from '../../functions/runtime/environment.ts';
import { Bundles } from '../../lib/bundles/bundles.ts';
import { functionName } from '../../lib/bundles/sources.ts';
import { temporaryFolder } from '../../lib/temporary-folder.ts';
import type { ShopStore } from '../../local/shop/stores.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The path of the bare receiver. */
export const BARE_PATH = '/bare';

/** The path of our receiver. */
export function pathOf({ platform, store }: ShopStore): string {
  const [route] = platform.webhook?.routes([store]) ?? [];
  if (route === undefined) throw new Error(`${platform.title} sends no webhooks`);
  return route.path;
}

/**
 * Synthesizes an app with our receiver of a store's webhooks and the bare one behind one API, each with a queue that nobody
 * reads: what is measured is the acknowledgement alone.
 *
 * @returns the folder of the cloud assembly
 */
export function synthesizeAckApp(store: ShopStore): string {
  const app = new App({ outdir: temporaryFolder('bench'), analyticsReporting: false });
  const stack = new Stack(app, 'Ack');
  const api = new HttpApi(stack, 'Api');
  const secret = new Secret(stack, 'Secret');
  const channels = channelsOf(merchantNamed('demo')).filter(
    ({ platform }) => platform.name === store.platform.name,
  );
  const bundles = new Bundles(channels);
  const credential = store.platform.webhook?.credential ?? '';
  const receivers = [
    {
      path: pathOf(store),
      target: receiver(stack, 'Ours', bundles.codeOf(functionName(store.platform.name, 'receive'), stack), {
        MERCHANT: 'bench',
        SECRETS: stack.toJsonString({ [nameOf(credential, store, channels)]: secret.secretArn }),
      }),
    },
    { path: BARE_PATH, target: receiver(stack, 'Bare', bareCode(), {}) },
  ];
  for (const { path, target } of receivers) {
    secret.grantRead(target);
    const integration = new HttpLambdaIntegration(`${target.node.id}Integration`, target);
    api.addRoutes({ path, methods: [HttpMethod.POST], integration });
  }
  const { directory } = app.synth();
  bundles.discard();
  return directory;
}

function nameOf(credential: string, { storeId }: ShopStore, [channel]: readonly Channel[]): string {
  const per = channel?.platform.credentials[credential]?.per;
  return secretName(credential, per === 'store' ? storeId : undefined);
}

function bareCode(): Code {
  const folder = temporaryFolder('bundle');
  buildSync({
    entryPoints: [join(ROOT, 'bench/pipeline/bare.lambda.ts')],
    outfile: join(folder, 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    logLevel: 'silent',
  });
  return Code.fromAsset(folder);
}

function receiver(stack: Stack, id: string, code: Code, environment: Record<string, string>): LambdaFunction {
  const queue = new Queue(stack, `${id}Queue`);
  const made = new LambdaFunction(stack, id, {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code,
    timeout: Duration.seconds(5),
    memorySize: 512,
    environment: { ...environment, QUEUE_URL: queue.queueUrl },
  });
  queue.grantSendMessages(made);
  return made;
}
