import { existsSync } from 'node:fs';
import { LocalCloudError, ServiceError } from '../errors.ts';
import type { Principal } from '../iam/authorizer.ts';
import type { Selected } from '../resources/select.ts';
import type { Fleet, FunctionDefinition, Urgency } from './fleet.ts';
import type { Outcome } from './sandbox.ts';

export type FunctionResource = Selected<'AWS::Lambda::Function'>;

/** A function of the deployment, ready to be run. */
export interface LocalFunction {
  resource: FunctionResource;
  definition: FunctionDefinition;
  principal: Principal;
  accessKeyId: string;
}

/** The functions of a deployment: each real bundle with only its own environment and its own credentials. */
export class FunctionService {
  readonly fleet: Fleet;
  readonly #byArn = new Map<string, LocalFunction>();
  readonly #byKey = new Map<string, LocalFunction>();

  constructor(
    resources: readonly FunctionResource[],
    options: {
      fleet: Fleet;
      endpoint: string;
      region: string;
      environment: Readonly<Record<string, Readonly<Record<string, string>>>>;
    },
  ) {
    this.fleet = options.fleet;
    resources.forEach((resource, index) => {
      const accessKeyId = `LOCALFUNCTION${String(index).padStart(7, '0')}`;
      const overrides = options.environment[resource.logicalId] ?? {};
      const definition = defineFunction(resource, { ...options, accessKeyId, overrides });
      const { functionName } = definition;
      const principal = { name: functionName, roleArn: resource.properties.Role, actor: resource.logicalId };
      const local = { resource, definition, principal, accessKeyId };
      this.#byArn.set(resource.arn, local);
      this.#byKey.set(accessKeyId, local);
    });
  }

  all(): LocalFunction[] {
    return [...this.#byArn.values()];
  }

  /** Finds a function by ARN or name. */
  find(arnOrName: string): LocalFunction {
    const found = this.#byArn.get(arnOrName) ?? this.all().find(({ resource }) => resource.ref === arnOrName);
    if (!found) throw new ServiceError('ResourceNotFoundException', `Function not found: ${arnOrName}`, 404);
    return found;
  }

  callerOf(accessKeyId: string): Principal | undefined {
    return this.#byKey.get(accessKeyId)?.principal;
  }

  invoke(local: LocalFunction, event: unknown, urgency: Urgency): Promise<Outcome> {
    return this.fleet.invoke(local.definition, event, urgency);
  }
}

function defineFunction(
  resource: FunctionResource,
  options: {
    endpoint: string;
    region: string;
    accessKeyId: string;
    overrides: Readonly<Record<string, string>>;
  },
): FunctionDefinition {
  const { Code, Handler, Timeout, MemorySize, Environment, ReservedConcurrentExecutions, Runtime } =
    resource.properties;
  const taskRoot = Code.S3Key === undefined ? undefined : resource.stack.assets.get(Code.S3Key);
  if (taskRoot === undefined || !existsSync(taskRoot)) {
    throw new LocalCloudError(
      'bundle-missing',
      `The bundle of ${resource.place} is not in the cloud assembly (${taskRoot ?? 'no asset of that key'}). ` +
        'Synthesize the app again with bundling on (npm run synth).',
    );
  }
  const variables = Environment?.Variables ?? {};
  checkVariables(resource, variables);
  for (const name of Object.keys(options.overrides)) {
    if (name in variables) continue;
    throw new LocalCloudError(
      'unknown-variable',
      `${resource.place} has no environment variable ${name} that could be given another value. It has: ` +
        `${Object.keys(variables).join(', ') || 'none'}.`,
    );
  }
  return {
    taskRoot,
    handler: Handler,
    functionName: resource.ref,
    functionArn: resource.arn,
    memoryMb: MemorySize,
    project: import.meta.filename,
    timeoutMs: Timeout * 1000,
    ...(ReservedConcurrentExecutions === undefined ? {} : { reserved: ReservedConcurrentExecutions }),
    env: {
      ...variables,
      ...options.overrides,
      _HANDLER: Handler,
      AWS_ACCESS_KEY_ID: options.accessKeyId,
      AWS_SECRET_ACCESS_KEY: 'local-cloud-does-not-check-signatures',
      AWS_ENDPOINT_URL: options.endpoint,
      AWS_REGION: options.region,
      AWS_DEFAULT_REGION: options.region,
      AWS_EXECUTION_ENV: `AWS_Lambda_${Runtime}`,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
      AWS_LAMBDA_FUNCTION_NAME: resource.ref,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${resource.ref}`,
      LAMBDA_TASK_ROOT: taskRoot,
      LANG: 'en_US.UTF-8',
      TZ: ':UTC',
    },
  };
}

/** Largest environment of a function, in bytes of names and values. (Lambda guide, "Lambda quotas".) */
const MOST_ENVIRONMENT_BYTES = 4096;
/** Names that Lambda sets itself. (Lambda guide, "Defined runtime environment variables".) */
const RESERVED =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(REGION|DEFAULT_REGION|EXECUTION_ENV|ACCESS_KEY(_ID)?|SECRET_ACCESS_KEY|SESSION_TOKEN|LAMBDA_.*)|LAMBDA_(TASK_ROOT|RUNTIME_DIR))$/;

/** @throws LocalCloudError for an environment that Lambda refuses. */
function checkVariables(resource: FunctionResource, variables: Readonly<Record<string, string>>): void {
  const refuse = (why: string): LocalCloudError =>
    new LocalCloudError(
      'deployment-refused',
      `AWS would refuse ${resource.place}: ${why}. Change it in the app.`,
    );
  const bytes = Buffer.byteLength(JSON.stringify(variables));
  if (bytes > MOST_ENVIRONMENT_BYTES) {
    throw refuse(
      `its environment variables take ${bytes} bytes, and Lambda allows ${MOST_ENVIRONMENT_BYTES}`,
    );
  }
  const reserved = Object.keys(variables).find((name) => RESERVED.test(name));
  if (reserved) throw refuse(`Lambda reserves the environment variable ${reserved}`);
}
