/** The type token of a component. Tokens are in users' state and never change. */
export function tokenOf(component: string): string {
  return `pulumi-pg-migrations:index:${component}`;
}
