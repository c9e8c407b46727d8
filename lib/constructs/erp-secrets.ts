import { CfnOutput, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Secret, type SecretStringGenerator } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ERP_OUTPUTS } from '../../config/output-names.ts';
import { EMAIL_KEY_FIELD } from '../../functions/erp/email-hash.ts';
import { UNUSED_FIELD } from '../../functions/runtime/secrets.ts';

/** Letters and digits: about 380 bits. */
const EMAIL_KEY_LENGTH = 64;

/** The secrets between us and the merchant's own system. The deployment or the operator's commands fill them; nobody types them in. */
export class ErpSecrets extends Construct {
  /** Hashes of the API's tokens. */
  readonly tokens: Secret;
  /** What deliveries to the merchant's endpoints are signed with. */
  readonly signing: Secret;
  /** What e-mail addresses are hashed with. Apart, because whoever reads it can tell whether a hash is of an address. */
  readonly emailKey: Secret;

  constructor(scope: Construct, id: string, merchant: string) {
    super(scope, id);
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: "Whoever uses them changes them by the operator's commands; AWS cannot rotate them.",
    });
    this.tokens = this.create(
      'Tokens',
      `Acopio ${merchant}: hashes of the API's tokens. "npx acopio --merchant ${merchant} tokens create" fills it in`,
      ERP_OUTPUTS.tokens,
    );
    this.signing = this.create(
      'Signing',
      `Acopio ${merchant}: what deliveries to endpoints are signed with. "npx acopio --merchant ${merchant} webhooks add" fills it in`,
      ERP_OUTPUTS.signing,
    );
    this.emailKey = this.create(
      'EmailKey',
      `Acopio ${merchant}: key of the hashes by which "npx acopio --merchant ${merchant} find" finds an e-mail. Generated; nobody fills it in`,
      ERP_OUTPUTS.emailKey,
      { generateStringKey: EMAIL_KEY_FIELD, passwordLength: EMAIL_KEY_LENGTH, excludePunctuation: true },
    );
  }

  private create(
    name: string,
    description: string,
    output: string,
    generated: SecretStringGenerator = { generateStringKey: UNUSED_FIELD },
  ): Secret {
    const secret = new Secret(this, name, {
      description,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      // Never changes once it is deployed: a new key would find nothing of what was noted by the old one.
      generateSecretString: { secretStringTemplate: '{}', ...generated },
    });
    new CfnOutput(Stack.of(this), output, { value: secret.secretArn, description });
    return secret;
  }
}
