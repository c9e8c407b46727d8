/**
 * Stands in every bundle in the place of what reads a service's answer as a stream of events: no service that functions call
 * answers so. An import that runs later makes the bundler keep the whole of every module behind it.
 */
throw new Error('a function reads no stream of events of a service of AWS');
