import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createRuntime, flushing } from '../../runtime/lambda.ts';
import { receive } from '../receive.ts';
import { createNuvemshopReceiver } from './nuvemshop-receiver.ts';

const runtime = createRuntime('nuvemshop-webhook');
const receiver = createNuvemshopReceiver(runtime);

export const handler = flushing(runtime, (event: APIGatewayProxyEventV2) => receive(receiver, event));
