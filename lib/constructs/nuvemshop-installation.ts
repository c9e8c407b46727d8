import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { INSTALL_ROUTES, ROUTES } from '../../functions/platforms/routes.ts';
import type { NuvemshopSettings } from '../../functions/platforms/settings.ts';
import type { Deployment } from '../deployment.ts';
import { AcopioFunction } from './acopio-function.ts';
import type { WebhookApi, WebhookRoute } from './webhook-api.ts';

export interface NuvemshopInstallationProps {
  readonly deployment: Deployment;
  readonly settings: NuvemshopSettings;
  readonly api: WebhookApi;
  readonly control: Table;
  /** The app's credentials, which the function reads. */
  readonly app: Secret;
  /** The store's token, which the function replaces and cannot read. */
  readonly store: Secret;
}

const PAGES: readonly WebhookRoute[] = [
  {
    output: 'NuvemshopInstallUrl',
    path: INSTALL_ROUTES.nuvemshopStart,
    pasteInto:
      'Open it in a browser, logged in to the store, to install the Nuvemshop app or to install it again; no panel field',
  },
  {
    output: 'NuvemshopRedirectUrl',
    path: INSTALL_ROUTES.nuvemshopCallback,
    pasteInto:
      'Nuvemshop partner panel, your app, field "Redirect URL" (where a merchant returns after agreeing)',
  },
];

/** Lets a merchant allow the app into the store: no token is ever copied by hand. */
export class NuvemshopInstallation extends Construct {
  constructor(scope: Construct, id: string, props: NuvemshopInstallationProps) {
    super(scope, id);
    const { deployment, api, app, store, control } = props;
    const installer = new AcopioFunction(this, 'Installer', {
      name: 'nuvemshop-install',
      deployment,
      description:
        'Exchanges the code of an installation for a token and subscribes the webhooks of the store',
      // The API hangs up after 30 s, and a cold start counts there but not here.
      timeout: Duration.seconds(28),
      memorySize: 512,
      variables: {
        APP_SECRET_ID: app.secretArn,
        STORE_SECRET_ID: store.secretArn,
        CONTROL_TABLE: control.tableName,
        WEBHOOK_URL: api.urlOf(ROUTES.nuvemshopEvents),
        SETTINGS: JSON.stringify(props.settings),
      },
    });
    installer.allow(['secretsmanager:GetSecretValue'], [app.secretArn]);
    installer.allow(['secretsmanager:PutSecretValue'], [store.secretArn]);
    installer.allow(
      ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'],
      [control.tableArn],
    );
    api.show(installer.function, PAGES);
    deployment.alarms.raise(this, 'installation-failed', { subject: 'nuvemshop', platform: 'nuvemshop' });
  }
}
