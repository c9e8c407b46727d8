/**
 * Stands in every bundle in the place of '@aws-sdk/lib-dynamodb', without what walks over pages: that is made at the start, and so
 * the bundler keeps the whole client of tables wherever one command is used.
 */
export * from '../../node_modules/@aws-sdk/lib-dynamodb/dist-es/commands/index.js';
export { DynamoDBDocumentClient } from '../../node_modules/@aws-sdk/lib-dynamodb/dist-es/DynamoDBDocumentClient.js';
