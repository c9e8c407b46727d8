import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { createRuntime, flushing } from '../../runtime/lambda.ts';
import { createInstaller } from '../install/install-parts.ts';
import { visit } from '../install/visit.ts';

const runtime = createRuntime('nuvemshop-install');
const installer = createInstaller(runtime);

export const handler = flushing(runtime, (event: APIGatewayProxyEventV2, context: Context) =>
  visit(installer, event, () => context.getRemainingTimeInMillis()),
);
