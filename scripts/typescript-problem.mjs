/** The message that names the Node to install if this one does not run TypeScript natively. Runs on every Node. */
export function typeScriptProblem() {
  if (process.features.typescript) return undefined;
  return (
    `Node ${process.version} cannot run this checkout, which is written in TypeScript. ` +
    "Install Node 24, or at least 22.18, and run the command again."
  );
}
