import { CfnOutput, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ERP_OUTPUTS } from '../../config/output-names.ts';
import { UNUSED_FIELD } from '../../functions/runtime/secrets.ts';

/** The secrets between us and the merchant's own system. The operator's commands fill them; nobody types them in. */
export class ErpSecrets extends Construct {
  /** Hashes of the API's tokens. */
  readonly tokens: Secret;
  /** What deliveries to the merchant's endpoints are signed with. */
  readonly signing: Secret;

  constructor(scope: Construct, id: string, merchant: string) {
    super(scope, id);
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: "Whoever uses them changes them by the operator's commands; AWS cannot rotate them.",
    });
    this.tokens = this.create(
      'Tokens',
      `Acopio ${merchant}: hashes of the API's tokens. "npm run ops -- tokens create" fills it in`,
      ERP_OUTPUTS.tokens,
    );
    this.signing = this.create(
      'Signing',
      `Acopio ${merchant}: what deliveries to endpoints are signed with. "npm run ops -- webhooks add" fills it in`,
      ERP_OUTPUTS.signing,
    );
  }

  private create(name: string, description: string, output: string): Secret {
    const secret = new Secret(this, name, {
      description,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      generateSecretString: { secretStringTemplate: '{}', generateStringKey: UNUSED_FIELD },
    });
    new CfnOutput(Stack.of(this), output, { value: secret.secretArn, description });
    return secret;
  }
}
