const mask = "[secret]";

/** Names of parameters whose values may be secret. */
const secretName = /token|secret|passw|pwd|api.?key|^key$|auth|sig|credential|session|^code$/i;

/** True if a text is an HTTP or HTTPS URL. */
export function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol);
}

/** True if these can be sent as headers. */
export function areHeaders(headers: Readonly<Record<string, string>>): boolean {
  try {
    return [...new Headers(headers)].length === Object.keys(headers).length;
  } catch {
    return false;
  }
}

/** The URL and headers that are sent: user and password move from the URL to a header. */
export function requestOf(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): { address: URL; headers: Headers } {
  const address = new URL(url);
  const sent = new Headers(headers);
  const user = `${decodeURIComponent(address.username)}:${decodeURIComponent(address.password)}`;
  if (user !== ":" && !sent.has("authorization"))
    sent.set("authorization", `Basic ${Buffer.from(user).toString("base64")}`);
  address.username = "";
  address.password = "";
  return { address, headers: sent };
}

/** A URL that may be shown: without user and password, and without parts of path and query that look secret. */
export function withoutSecretParts(url: string): string {
  const { protocol, host, pathname, search } = new URL(url);
  const path = pathname.split("/").map((part) => (looksSecret(part) ? mask : part));
  const query = search
    .slice(1)
    .split("&")
    .map((parameter) => {
      const [name = "", ...value] = parameter.split("=");
      return secretName.test(name) || looksSecret(value.join("=")) ? `${name}=${mask}` : parameter;
    });
  return `${protocol}//${host}${path.join("/")}${search === "" ? "" : `?${query.join("&")}`}`;
}

/** True for a long text that is neither words alone nor digits alone. */
function looksSecret(text: string): boolean {
  return /^[\w.~%+=-]{20,}$/.test(text) && /\d/.test(text) && /[a-z]/i.test(text);
}
