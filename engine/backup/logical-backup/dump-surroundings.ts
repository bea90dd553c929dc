import type { Connection } from "../../postgres/session/connection.ts";
import { variablesOfLibpq } from "../../process/child-environment.ts";
import { quoteForShell } from "../shell-word.ts";
import type { LogicalBackupIdentity } from "./logical-backup-identity.ts";

/** Lines that create the folder. If another user created it after the preview, that user would get the data. */
export function folderLines(folder: string): string[] {
  const inside = quoteForShell(`${folder === "/" ? "" : folder}/.`);
  return [
    `mkdir -p ${quoteForShell(folder)}`,
    `if [ -z "$(find ${inside} -prune -type d -user "$(id -u)" ! -perm -0020 ! -perm -0002)" ]; then`,
    `  echo "The folder for the dump belongs to another user, or others may write to it: chown and chmod go-w it." >&2`,
    "  exit 1",
    "fi",
  ];
}

/** Lines that read the password from the variable that the connection names. */
export function passwordLines({ password, passwordVariable, url, urlVariable }: Connection): string[] {
  if (password !== undefined) return [];
  if (passwordVariable !== undefined)
    return [
      `PGPASSWORD=\${${passwordVariable}:?is not set, and should hold the password}`,
      "export PGPASSWORD",
    ];
  if (url !== undefined || urlVariable === undefined) return [];
  return [
    `: "\${${urlVariable}:?is not set, and should hold the connection URL}"`,
    `password=$(LC_ALL=C awk 'BEGIN {`,
    `  url = ENVIRON["${urlVariable}"]; query = url; sub(/^[a-z]+:\\/\\//, "", url); sub(/[\\/?#].*/, "", url)`,
    `  if (match(url, /.*@/)) credentials = substr(url, 1, RLENGTH - 1)`,
    `  if (colon = index(credentials, ":")) password = substr(credentials, colon + 1)`,
    `  if (sub(/^[^?]*[?]/, "", query)) for (part = split(query, parts, "&"); part > 0; part--)`,
    `    if (index(parts[part], "password=") == 1) password = substr(parts[part], 10)`,
    `  while (match(password, /%[0-9A-Fa-f][0-9A-Fa-f]/)) {`,
    `    high = digit(RSTART + 1); low = digit(RSTART + 2)`,
    `    printf "%s%c", substr(password, 1, RSTART - 1), 16 * high + low`,
    `    password = substr(password, RSTART + 3)`,
    `  }`,
    `  printf "%s.", password`,
    `}`,
    `function digit(place) { return index("0123456789abcdef", tolower(substr(password, place, 1))) - 1 }')`,
    `if [ "$password" != . ]; then PGPASSWORD=\${password%.}; export PGPASSWORD; fi`,
  ];
}

/** Lines that leave pg_dump only the variables that it needs. Some belong to the shell and cannot be unset. */
export function environmentLines({ libpq }: LogicalBackupIdentity): string[] {
  const kept = [
    ...["PATH", "LD_LIBRARY_PATH", "TMPDIR", "TZ", "PGPASSWORD", ...variablesOfLibpq, ...Object.keys(libpq)],
    ...["PWD", "SHELLOPTS", "BASHOPTS", "PPID", "UID", "EUID"],
  ];
  return [
    "for name in $(awk 'BEGIN { for (name in ENVIRON) if (name ~ /^[A-Za-z_][A-Za-z0-9_]*$/) print name }'); do",
    `  case $name in ${kept.join("|")}) ;; *) unset "$name" ;; esac`,
    "done",
  ];
}
