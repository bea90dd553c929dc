import { isIPv4 } from "node:net";

/** Whether a host is the directory of a Unix socket. */
export function isSocket(host: string): boolean {
  return host.startsWith("/") || host.startsWith("@");
}

/** Whether a host is this machine by its very name or address; what a resolver would make of other names is not asked. */
export function isLoopback(host: string): boolean {
  const address = host.toLowerCase().replace(/^::ffff:/, "");
  return address === "localhost" || address === "::1" || (isIPv4(address) && address.startsWith("127."));
}
