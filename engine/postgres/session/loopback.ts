import { isIPv4 } from "node:net";

/** True if a host is the directory of a Unix socket. */
export function isSocket(host: string): boolean {
  return host.startsWith("/") || host.startsWith("@");
}

/** True if a host is this machine by name or address. Other names are not resolved. */
export function isLoopback(host: string): boolean {
  const address = host.toLowerCase().replace(/^::ffff:/, "");
  return address === "localhost" || address === "::1" || (isIPv4(address) && address.startsWith("127."));
}
