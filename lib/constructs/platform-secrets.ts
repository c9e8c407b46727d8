import { CfnOutput, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Merchant } from '../../config/merchant.ts';
import type { Platform } from '../../functions/platforms/names.ts';

/** One platform credential: which platform it belongs to, what a person puts into it, and the fields it starts with. */
interface Credential {
  readonly platform: Platform;
  readonly description: string;
  readonly fields: readonly string[];
}

/** Every credential, by the name of its secret. The fields are those of functions/platforms/secrets.ts. */
export const CREDENTIALS = {
  NuvemshopApp: {
    platform: 'nuvemshop',
    description: 'Client id and client secret of the app in the Nuvemshop partner panel',
    fields: ['clientId', 'clientSecret'],
  },
  NuvemshopStore: {
    platform: 'nuvemshop',
    description: 'Access token that the app got when it was installed in the Nuvemshop store',
    fields: ['accessToken'],
  },
  PedidosyaWebhook: {
    platform: 'pedidosya',
    description: 'Secret typed into the PedidosYa Partner Portal beside the webhook URL',
    fields: ['secret'],
  },
  PedidosyaApi: {
    platform: 'pedidosya',
    description:
      'Token from the PedidosYa Partner Portal, Shops Integrations (or clientId and clientSecret instead)',
    fields: ['token'],
  },
  ImotrizApi: {
    platform: 'imotriz',
    description: 'Token that iMotriz shows under "Integración API"',
    fields: ['token'],
  },
} as const satisfies Record<string, Credential>;
export type CredentialName = keyof typeof CREDENTIALS;

/** The secrets of the merchant's platforms, each starting with empty fields that the functions refuse to use. */
export class PlatformSecrets extends Construct {
  private readonly byName = new Map<CredentialName, Secret>();

  constructor(scope: Construct, id: string, merchant: Merchant) {
    super(scope, id);
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'The platforms hand out these credentials in their panels and have no API to rotate them.',
    });
    for (const [name, credential] of Object.entries(CREDENTIALS) as [CredentialName, Credential][]) {
      if (merchant.platforms[credential.platform] === undefined) continue;
      const secret = new Secret(this, name, {
        description: `Acopio ${merchant.name}: ${credential.description}`,
        removalPolicy: RemovalPolicy.RETAIN,
        generateSecretString: {
          secretStringTemplate: JSON.stringify(Object.fromEntries(credential.fields.map((key) => [key, '']))),
          generateStringKey: 'unused',
        },
      });
      this.byName.set(name, secret);
      const json = `{${credential.fields.map((key) => `"${key}":"..."`).join(',')}}`;
      new CfnOutput(Stack.of(this), `${name}SecretArn`, {
        value: secret.secretArn,
        description: `${credential.description}. Put in: ${json}`,
      });
    }
  }

  /** @throws Error when the merchant's configuration does not name the platform: a mistake in the stacks. */
  get(name: CredentialName): Secret {
    const secret = this.byName.get(name);
    if (secret === undefined) throw new Error(`no secret ${name} for this merchant`);
    return secret;
  }
}
