/** Escapes text for the content of an element. */
export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Changes the content of every element with a name; such elements must not be nested. */
export function mapElements(xml: string, name: string, change: (content: string) => string): string {
  return xml.replace(
    new RegExp(`<${name}>([^]*?)</${name}>`, "g"),
    (_, content: string) => `<${name}>${change(content)}</${name}>`,
  );
}

/** The text of the first element with a name. */
export function textOf(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}

/** Replaces the text of the first element with a name, adding it if it is missing; undefined removes it. */
export function withText(xml: string, name: string, text: string | undefined): string {
  const element = new RegExp(`<${name}>[^]*?</${name}>|<${name} ?/>`);
  const replacement = text === undefined ? "" : `<${name}>${escapeXml(text)}</${name}>`;
  return element.test(xml) ? xml.replace(element, () => replacement) : xml + replacement;
}
