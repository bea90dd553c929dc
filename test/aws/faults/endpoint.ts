import type { Aws } from "../aws.ts";
import type { Interception } from "../interception.ts";
import { mapElements, textOf, withText } from "../xml.ts";
import { mapDatabases } from "./database-state.ts";

/** The address of an instance or a cluster. */
export interface DatabaseEndpoint {
  /** Its identifier, or a condition. Default: every instance and cluster. */
  database?: string | ((id: string) => boolean);
  host: string;
  port: number;
}

/** Gives instances and clusters the address of a real server of the test. */
export function pointEndpointsAt(aws: Aws, { database, host, port }: DatabaseEndpoint): Interception {
  const concerns = (id: string): boolean =>
    database === undefined || (typeof database === "string" ? database === id : database(id));
  return aws.intercept(
    { when: (_, { service }) => service === "rds" },
    {
      rewrite: (xml) =>
        mapDatabases(xml, (element, { id, kind }) => {
          if (!concerns(id)) return element;
          return kind === "DBInstance"
            ? withInstanceEndpoint(element, host, port)
            : withClusterEndpoint(element, host, port);
        }),
    },
  );
}

function withInstanceEndpoint(element: string, host: string, port: number): string {
  if (textOf(element, "Address") === undefined)
    return `${element}<Endpoint><Address>${host}</Address><Port>${port}</Port></Endpoint>`;
  return mapElements(element, "Endpoint", (endpoint) =>
    withText(withText(endpoint, "Address", host), "Port", String(port)),
  );
}

function withClusterEndpoint(element: string, host: string, port: number): string {
  return withText(
    withText(withText(element, "Endpoint", host), "ReaderEndpoint", host),
    "Port",
    String(port),
  );
}
