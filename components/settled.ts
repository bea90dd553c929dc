import type * as pulumi from "@pulumi/pulumi";

/** Waits for an output. In a preview its value may stay unknown. */
export async function settled<Value>(
  output: pulumi.Output<Value>,
): Promise<{ known: true; value: Value } | { known: false }> {
  const { isKnown, promise } = output as unknown as {
    isKnown: Promise<boolean>;
    promise: () => Promise<Value>;
  };
  const value = await promise.call(output);
  return (await isKnown) ? { known: true, value } : { known: false };
}
