import * as pulumi from "@pulumi/pulumi";

/** True if a program runs under `pulumi.runtime.setMocks`: then there is no database to connect to. */
export function isMocked(): boolean {
  const monitor: unknown = pulumi.runtime.getMonitor();
  return typeof monitor === "object" && monitor !== null && "mocks" in monitor;
}

/** An output of a resource; under mocks that give none, a value that a program can go on with. */
export function orUnderMocks<Value>(
  output: pulumi.Output<Value>,
  standIn: pulumi.Input<NonNullable<Value>>,
): pulumi.Output<Value> {
  if (!isMocked()) return output;
  return pulumi.all([output, standIn]).apply(([given, value]) => (given ?? value) as Value);
}
