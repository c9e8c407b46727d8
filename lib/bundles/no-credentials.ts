/**
 * Stands in every bundle in the place of what looks for credentials in files, at other services and on instances: Lambda
 * puts those of a function's role into its environment.
 */
throw new Error('a function finds its credentials in its environment, and there are none');
