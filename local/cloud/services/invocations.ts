import { ServiceError } from '../errors.ts';
import type { FunctionService } from '../functions/function-service.ts';
import type { Service } from '../gateway/service.ts';
import type { Permission } from '../iam/authorizer.ts';
import { asText, type JsonObject } from '../json.ts';

/** Lambda's `Invoke`, for tests, tools and functions that call functions. */
export class InvocationService implements Service {
  readonly #functions: FunctionService;

  constructor(functions: FunctionService) {
    this.#functions = functions;
  }

  permissions(_operation: string, input: JsonObject): Permission[] {
    const { resource } = this.#functions.find(asText(input.FunctionName) ?? '');
    return [{ action: 'lambda:InvokeFunction', resource: resource.arn }];
  }

  async handle(_operation: string, input: JsonObject): Promise<JsonObject> {
    if (input.InvocationType !== 'RequestResponse') {
      throw new ServiceError('NotImplemented', 'The local cloud only invokes with RequestResponse.', 501);
    }
    const local = this.#functions.find(asText(input.FunctionName) ?? '');
    const event: unknown = JSON.parse(asText(input.Payload) || '{}');
    const { payload, failure } = await this.#functions.invoke(local, event, 'caller-waits');
    return {
      $headers: {
        'x-amz-executed-version': '$LATEST',
        ...(failure ? { 'x-amz-function-error': 'Unhandled' } : {}),
      },
      $body: JSON.stringify(failure ?? payload ?? null),
    };
  }
}
