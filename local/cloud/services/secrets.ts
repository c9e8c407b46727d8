import { createHash } from 'node:crypto';
import { ServiceError } from '../errors.ts';
import type { Service } from '../gateway/service.ts';
import type { Permission } from '../iam/authorizer.ts';
import { asText, type JsonObject } from '../json.ts';
import type { Selected } from '../resources/select.ts';

type SecretResource = Selected<'AWS::SecretsManager::Secret'>;

interface Secret {
  arn: string;
  name: string;
  createdAt: number;
  /** Staging label -> version id. */
  stages: Map<string, string>;
  versions: Map<string, string>;
}

/** Secrets Manager: values with versions and the labels AWSCURRENT and AWSPREVIOUS. */
export class SecretService implements Service {
  readonly #secrets: Secret[] = [];
  readonly #now: () => number;

  /** `initial` gives the secret string of a resource; without one it is generated as the template says. */
  constructor(
    resources: readonly SecretResource[],
    initial: (resource: SecretResource) => string | undefined,
    now: () => number,
  ) {
    this.#now = now;
    for (const resource of resources) {
      const name = resource.ref.slice(resource.ref.indexOf(':secret:') + 8, -7);
      const secret = { arn: resource.ref, name, createdAt: now(), stages: new Map(), versions: new Map() };
      this.#secrets.push(secret);
      this.#put(secret, initial(resource) ?? generate(resource));
    }
  }

  permissions(operation: string, input: JsonObject): Permission[] {
    const id = asText(input.SecretId);
    const resource = id === undefined ? '*' : (this.#lookUp(id)?.arn ?? id);
    return [{ action: `secretsmanager:${operation}`, resource }];
  }

  async handle(operation: string, input: JsonObject): Promise<JsonObject> {
    const secret = this.#find(asText(input.SecretId) ?? '');
    const base = { ARN: secret.arn, Name: secret.name };
    switch (operation) {
      case 'GetSecretValue': {
        const label = asText(input.VersionStage) ?? 'AWSCURRENT';
        const VersionId = asText(input.VersionId) ?? secret.stages.get(label);
        const SecretString = VersionId === undefined ? undefined : secret.versions.get(VersionId);
        if (VersionId === undefined || SecretString === undefined) {
          throw notFound(`Secrets Manager can't find the specified secret value for staging label: ${label}`);
        }
        return {
          ...base,
          VersionId,
          SecretString,
          VersionStages: labelsOf(secret, VersionId),
          ...created(secret),
        };
      }
      case 'PutSecretValue':
      case 'UpdateSecret': {
        const VersionId = this.#put(
          secret,
          asText(input.SecretString) ?? '',
          asText(input.ClientRequestToken),
        );
        return { ...base, VersionId, VersionStages: ['AWSCURRENT'] };
      }
      case 'DescribeSecret': {
        const ids = [...secret.versions.keys()].map((id) => [id, labelsOf(secret, id)]);
        return { ...base, VersionIdsToStages: Object.fromEntries(ids), ...created(secret) };
      }
      default:
        throw new ServiceError('NotImplemented', `The local cloud has no secretsmanager:${operation}.`, 501);
    }
  }

  #put(secret: Secret, value: string, token?: string): string {
    const count = secret.versions.size;
    const id = token ?? `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`;
    const current = secret.stages.get('AWSCURRENT');
    if (current === id) return id;
    if (current !== undefined) secret.stages.set('AWSPREVIOUS', current);
    secret.stages.set('AWSCURRENT', id);
    secret.versions.set(id, value);
    secret.createdAt = this.#now();
    return id;
  }

  #find(id: string): Secret {
    const found = this.#lookUp(id);
    if (!found) throw notFound("Secrets Manager can't find the specified secret.");
    return found;
  }

  #lookUp(id: string): Secret | undefined {
    return this.#secrets.find(({ arn, name }) => id === arn || id === name || id === arn.slice(0, -7));
  }
}

/** A generated secret that is the same in every run, so that a local deployment keeps its passwords. */
function generate({ ref, properties }: SecretResource): string {
  const { SecretString, GenerateSecretString: rules } = properties;
  if (SecretString !== undefined) return SecretString;
  if (!rules) return '';
  const groups = [
    rules.ExcludeLowercase ? '' : 'abcdefghijklmnopqrstuvwxyz',
    rules.ExcludeUppercase ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    rules.ExcludeNumbers ? '' : '0123456789',
    rules.ExcludePunctuation ? '' : '!#$%&()*+,-./:;<=>?@[]^_`{|}~',
    rules.IncludeSpace ? ' ' : '',
  ];
  const alphabet = [...groups.join('')].filter((character) => !rules.ExcludeCharacters.includes(character));
  const password = Array.from({ length: rules.PasswordLength }, (_, index) => {
    const byte = createHash('sha256').update(`${ref}/${index}`).digest().readUInt16BE(0);
    return alphabet[byte % alphabet.length];
  }).join('');
  if (rules.GenerateStringKey === undefined) return password;
  return JSON.stringify({
    ...JSON.parse(rules.SecretStringTemplate ?? '{}'),
    [rules.GenerateStringKey]: password,
  });
}

function labelsOf(secret: Secret, versionId: string): string[] {
  return [...secret.stages].filter(([, id]) => id === versionId).map(([label]) => label);
}

function created({ createdAt }: Secret): JsonObject {
  return { CreatedDate: createdAt / 1000 };
}

function notFound(message: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', message);
}
