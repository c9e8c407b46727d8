import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { buildSync } from 'esbuild';

const ROOT = join(import.meta.dirname, '../..');

/** The paths of both receivers. */
export const ACK_PATHS = { ours: '/ours', bare: '/bare' } as const;

/**
 * Synthesizes an app with our receiver and the bare one behind one API, each with a queue that nobody reads: what is
 * measured is the acknowledgement alone.
 *
 * @returns the folder of the cloud assembly
 */
export function synthesizeAckApp(): string {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'acopio-bench-')), analyticsReporting: false });
  const stack = new Stack(app, 'Ack');
  const api = new HttpApi(stack, 'Api');
  const secret = new Secret(stack, 'Secret');
  const receivers = {
    ours: receiver(stack, 'Ours', 'functions/pipeline/old/pedidosya-webhook.lambda.ts', {
      MERCHANT: 'bench',
      SECRET_ID: secret.secretArn,
    }),
    bare: receiver(stack, 'Bare', 'bench/pipeline/bare.lambda.ts', {}),
  };
  secret.grantRead(receivers.ours);
  for (const name of ['ours', 'bare'] as const) {
    const integration = new HttpLambdaIntegration(`${name}Integration`, receivers[name]);
    api.addRoutes({ path: ACK_PATHS[name], methods: [HttpMethod.POST], integration });
  }
  return app.synth().directory;
}

function receiver(
  stack: Stack,
  id: string,
  entry: string,
  environment: Record<string, string>,
): LambdaFunction {
  const queue = new Queue(stack, `${id}Queue`);
  const folder = mkdtempSync(join(tmpdir(), 'acopio-bundle-'));
  buildSync({
    entryPoints: [join(ROOT, entry)],
    outfile: join(folder, 'index.js'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    minify: true,
    logLevel: 'silent',
  });
  const made = new LambdaFunction(stack, id, {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromAsset(folder),
    timeout: Duration.seconds(5),
    memorySize: 512,
    environment: { ...environment, QUEUE_URL: queue.queueUrl },
  });
  queue.grantSendMessages(made);
  return made;
}
