// Stands in the place of '@aws/lambda-invoke-store' in a bundle. Lambda's runtime makes the store of each invocation before a
// function is loaded, and the package gives that one out: its own would stay empty. The clients read the trace of the invocation there.

interface InvokeStore {
  getXRayTraceId(): string | undefined;
}

const ofRuntime = globalThis as { awslambda?: { InvokeStore?: InvokeStore } };

export const InvokeStore = {
  getInstanceAsync: async (): Promise<InvokeStore | undefined> => ofRuntime.awslambda?.InvokeStore,
};
