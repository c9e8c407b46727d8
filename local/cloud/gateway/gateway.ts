import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ServiceError } from '../errors.ts';
import type { Authorizer, Principal } from '../iam/authorizer.ts';
import { asObject, type JsonObject } from '../json.ts';
import { readBody } from './body.ts';
import type { Service } from './service.ts';

/** A call of AWS that was allowed, and what came of it. */
export interface ObservedCall {
  /** Name of the function, or `admin`. */
  caller: string;
  /** As in a signature: `dynamodb`. */
  service: string;
  operation: string;
  input: JsonObject;
  /** With `ConsumedCapacity`, where the service reports it. Absent when the call was refused. */
  output?: JsonObject;
}

/** How a service of AWS is spoken to and how it refuses. */
interface Dialect {
  contentType: string;
  accessDenied: { code: string; status: number };
  /** SQS clients read the error's name from a header of its older protocol. */
  queryErrorHeader?: true;
  /** CloudFormation, SNS and STS still speak the query protocol. */
  xml?: true;
}

/** By the service name in the credential scope of a signature. */
const DIALECTS: Readonly<Record<string, Dialect>> = {
  dynamodb: {
    contentType: 'application/x-amz-json-1.0',
    accessDenied: { code: 'AccessDeniedException', status: 400 },
  },
  sqs: {
    contentType: 'application/x-amz-json-1.0',
    accessDenied: { code: 'AccessDenied', status: 403 },
    queryErrorHeader: true,
  },
  secretsmanager: {
    contentType: 'application/x-amz-json-1.1',
    accessDenied: { code: 'AccessDeniedException', status: 400 },
  },
  events: {
    contentType: 'application/x-amz-json-1.1',
    accessDenied: { code: 'AccessDeniedException', status: 400 },
  },
  lambda: { contentType: 'application/json', accessDenied: { code: 'AccessDeniedException', status: 403 } },
  sns: { contentType: 'text/xml', accessDenied: { code: 'AuthorizationError', status: 403 }, xml: true },
  sts: { contentType: 'text/xml', accessDenied: { code: 'AccessDenied', status: 403 }, xml: true },
  // There is none here, and its clients shall read that.
  cloudformation: { contentType: 'text/xml', accessDenied: { code: 'AccessDenied', status: 403 }, xml: true },
};
const FALLBACK: Dialect = {
  contentType: 'application/x-amz-json-1.1',
  accessDenied: { code: 'AccessDeniedException', status: 403 },
};
const MOST_BYTES = 17 * 1024 * 1024;
const INVOKE_PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

/** Answers every AWS call of functions, tests and tools: finds the caller and the service, checks the permission. */
export function createGateway(options: {
  services: Readonly<Record<string, Service>>;
  authorizer: Authorizer;
  callerOf: (accessKeyId: string) => Principal | undefined;
  onCall?: ((call: ObservedCall) => void) | undefined;
}): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const [accessKeyId = '', , , service = ''] =
      request.headers.authorization?.match(/Credential=([^,\s]+)/)?.[1]?.split('/') ?? [];
    const dialect = DIALECTS[service] ?? FALLBACK;
    try {
      if (!isLoopback(request.headers.host)) {
        throw new ServiceError(
          'MisdirectedRequest',
          'The local cloud answers for 127.0.0.1, [::1] and localhost only. Call it by one of these names.',
          421,
        );
      }
      const body = await readBody(request, MOST_BYTES);
      if (!body) throw new ServiceError('RequestEntityTooLarge', 'The request is too large.', 413);
      const caller = options.callerOf(accessKeyId);
      if (!caller) {
        throw new ServiceError(
          'UnrecognizedClientException',
          `The local cloud does not know the access key "${accessKeyId}". Use adminCredentials, or those of a function.`,
          403,
        );
      }
      const { operation, input } = readCall(request, body);
      const target = options.services[service];
      if (!target) {
        throw new ServiceError(
          'NotImplemented',
          `The local cloud has no service "${service}" (operation ${operation}). See docs/local-cloud.md.`,
          501,
        );
      }
      options.authorizer.check(caller, target.permissions(operation, input));
      const call = { caller: caller.name, service, operation, input };
      reply(response, dialect, operation, await observed(call, options.onCall, target, caller));
    } catch (error) {
      refuse(response, dialect, error);
    }
  };
}

async function observed(
  call: ObservedCall,
  onCall: ((call: ObservedCall) => void) | undefined,
  target: Service,
  caller: Principal,
): Promise<JsonObject> {
  const { service, operation, input } = call;
  if (onCall === undefined) return target.handle(operation, input, caller);
  // A transaction of reads does not say here what it took.
  const counts = service === 'dynamodb' && operation !== 'TransactGetItems';
  const told = counts ? { ...input, ReturnConsumedCapacity: 'INDEXES' } : input;
  try {
    const output = await target.handle(operation, told, caller);
    onCall({ ...call, output });
    return output;
  } catch (error) {
    onCall(call);
    throw error;
  }
}

/** By another name, a page in a browser on this machine could have led its own host here (DNS rebinding). */
const isLoopback = (host = ''): boolean => /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(host);

function readCall(request: IncomingMessage, body: Buffer): { operation: string; input: JsonObject } {
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    return { operation: target.slice(target.lastIndexOf('.') + 1), input: parseObject(body) };
  }
  const invoked = (request.url ?? '').split('?')[0]?.match(INVOKE_PATH)?.[1];
  if (invoked !== undefined) {
    const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
    const FunctionName = decodeURIComponent(invoked);
    return {
      operation: 'Invoke',
      input: { FunctionName, InvocationType: String(type), Payload: body.toString() },
    };
  }
  const form = Object.fromEntries(new URLSearchParams(body.toString()));
  if (form.Action === undefined) {
    throw new ServiceError('NotImplemented', `The local cloud has no ${request.method} ${request.url}.`, 501);
  }
  return { operation: form.Action, input: form };
}

function parseObject(body: Buffer): JsonObject {
  try {
    return asObject(JSON.parse(body.toString('utf8') || '{}'));
  } catch {
    throw new ServiceError('SerializationException', 'The request body is not JSON.');
  }
}

function reply(response: ServerResponse, dialect: Dialect, operation: string, output: JsonObject): void {
  const requestId = randomUUID();
  response.setHeader('x-amzn-requestid', requestId);
  response.setHeader('content-type', dialect.contentType);
  const { $headers, $body, ...rest } = output;
  for (const [name, value] of Object.entries(asObject($headers))) response.setHeader(name, String(value));
  if (dialect.xml) {
    const fields = Object.entries(rest).map(
      ([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`,
    );
    response.end(
      `<${operation}Response><${operation}Result>${fields.join('')}</${operation}Result>` +
        `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></${operation}Response>`,
    );
    return;
  }
  response.end($body === undefined ? JSON.stringify(rest) : String($body));
}

function refuse(response: ServerResponse, dialect: Dialect, error: unknown): void {
  const known =
    error instanceof ServiceError
      ? error
      : new ServiceError('InternalFailure', `The local cloud failed: ${String(error)}`, 500);
  const denied = known.code === 'AccessDenied';
  const code = denied ? dialect.accessDenied.code : known.code;
  response.statusCode = denied ? dialect.accessDenied.status : known.status;
  response.setHeader('x-amzn-requestid', randomUUID());
  response.setHeader('x-amzn-errortype', code);
  response.setHeader('content-type', dialect.contentType);
  if (dialect.queryErrorHeader) {
    response.setHeader('x-amzn-query-error', `${code};${known.status < 500 ? 'Sender' : 'Receiver'}`);
  }
  if (dialect.xml) {
    response.end(
      `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(known.message)}</Message>` +
        `</Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`,
    );
    return;
  }
  response.end(
    JSON.stringify({ __type: code, message: known.message, Message: known.message, ...known.fields }),
  );
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
