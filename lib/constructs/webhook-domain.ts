import { CfnOutput, Stack } from 'aws-cdk-lib';
import { DomainName, type IDomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Construct } from 'constructs';
import type { Merchant } from '../../config/merchant.ts';
import { WEBHOOK_DOMAIN_OUTPUT } from '../../config/output-names.ts';

/**
 * The merchant's own domain in front of the webhooks. It stands in the stack that survives, apart from the API: when the
 * API is made anew, neither the URLs in the platforms' panels nor the DNS record change.
 */
export class WebhookDomain extends Construct {
  readonly domain: IDomainName;

  constructor(
    scope: Construct,
    id: string,
    { name, certificateArn }: NonNullable<Merchant['webhookDomain']>,
  ) {
    super(scope, id);
    const certificate = Certificate.fromCertificateArn(this, 'Certificate', certificateArn);
    const domain = new DomainName(this, 'Domain', { domainName: name, certificate });
    this.domain = domain;
    new CfnOutput(Stack.of(this), WEBHOOK_DOMAIN_OUTPUT, {
      value: domain.regionalDomainName,
      description: `DNS zone of ${name}: a CNAME record from it to this name`,
    });
  }
}
