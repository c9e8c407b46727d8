import { CfnOutput, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Secret, type SecretStringGenerator } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Channel, Merchant } from '../../config/merchant.ts';
import { pascal, secretOutput } from '../../config/output-names.ts';
import type { CredentialSpec } from '../../functions/platforms/store.ts';
import { UNUSED_FIELD } from '../../functions/runtime/secrets.ts';

/** The secret of one credential, or of one store's. */
interface StoreSecret {
  /** Absent when all stores share the secret. */
  readonly storeId: string | undefined;
  readonly secret: Secret;
}

/**
 * The secrets of the merchant's platforms. A new one holds nothing that the functions would use, but for what the
 * platform lets us choose, which is generated. A store's secret has the store's id in its construct path, so it stays when
 * other stores come and go.
 */
export class PlatformSecrets extends Construct {
  private readonly byName = new Map<string, readonly StoreSecret[]>();
  private readonly merchant: string;

  constructor(scope: Construct, id: string, merchant: Merchant, channels: readonly Channel[]) {
    super(scope, id);
    this.merchant = merchant.name;
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'The platforms hand out these credentials, in their panels or to the app; AWS cannot rotate them.',
    });
    for (const channel of channels) {
      for (const [credential, spec] of Object.entries(channel.platform.credentials))
        this.byName.set(`${channel.platform.name}/${credential}`, this.create(channel, credential, spec));
    }
  }

  /**
   * The secrets of a credential: one, or one for each store.
   *
   * @throws Error when the platform has no such credential: a mistake in its value.
   */
  of(platform: string, credential: string): readonly StoreSecret[] {
    const secrets = this.byName.get(`${platform}/${credential}`);
    if (secrets === undefined) throw new Error(`platform ${platform} declares no credential "${credential}"`);
    return secrets;
  }

  private create({ platform, stores }: Channel, credential: string, spec: CredentialSpec): StoreSecret[] {
    const name = `${pascal(platform.name)}${pascal(credential)}`;
    const scope = spec.per === 'store' ? new Construct(this, name) : this;
    const storeIds = spec.per === 'store' ? stores.map(({ id }) => id) : [undefined];
    return storeIds.map((storeId) => {
      const whose = storeId === undefined ? '' : ` of store ${storeId}`;
      const secret = new Secret(scope, storeId ?? name, {
        description: `Acopio ${this.merchant}: ${spec.description}${whose}`,
        removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        generateSecretString: generated(spec),
      });
      new CfnOutput(Stack.of(this), secretOutput(platform.name, credential, storeId, stores.length), {
        value: secret.secretArn,
        description: `${spec.description}${whose}. ${instructionOf(spec)}`,
      });
      return { storeId, secret };
    });
  }
}

/** Letters and digits of a generated secret: about 190 bits, and any panel takes them. */
const GENERATED_LENGTH = 32;

/**
 * What a new secret holds. Once a secret exists this never changes: CloudFormation generates a secret anew when any of it
 * does, and what a person typed in is then gone. So it does not depend on the fields that a release asks for.
 */
const generated = ({ generated: key }: CredentialSpec): SecretStringGenerator => ({
  secretStringTemplate: '{}',
  // Secrets Manager asks for a field to generate into, also where the platform hands out all of them.
  ...(key === undefined
    ? { generateStringKey: UNUSED_FIELD }
    : { generateStringKey: key, passwordLength: GENERATED_LENGTH, excludePunctuation: true }),
});

/** What a person does with a new secret. */
function instructionOf({ fields, generated: key }: CredentialSpec): string {
  const json = `{${fields.map((field) => `"${field}":"..."`).join(',')}}`;
  return key === undefined
    ? `Put in: ${json}`
    : `Generated: read its field "${key}" with "aws secretsmanager get-secret-value" and type it into that panel. ` +
        `To use another, put in: ${json}`;
}
