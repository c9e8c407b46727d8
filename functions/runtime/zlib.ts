/**
 * Node's compression, loaded when something is first compressed: that takes a function that has just started 4 ms, and most
 * first calls compress nothing.
 */
export const zlib = () => process.getBuiltinModule('node:zlib');
