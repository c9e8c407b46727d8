import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { createRuntime, flushing } from '../../runtime/lambda.ts';
import { receive } from '../receive.ts';
import { createPedidosyaReceiver } from './pedidosya-receiver.ts';

const runtime = createRuntime('pedidosya-webhook');
const receiver = createPedidosyaReceiver(runtime);

export const handler = flushing(runtime, (event: APIGatewayProxyEventV2) => receive(receiver, event));
