// oxlint-disable-next-line no-control-regex -- characters that no XML 1.0 document may hold, not even escaped
const illegal = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;

/** An element: its attributes in order, its children or its text. */
export interface XmlElement {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | number | undefined>>;
  readonly children?: readonly XmlElement[];
  readonly text?: string;
}

/**
 * Writes an XML document. Any text is safe in it; characters that XML cannot hold become U+FFFD.
 * @example xml({ name: "a", attributes: { b: "<" }, text: "]]>" })
 */
export function xml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(root, "")}`;
}

function element({ name, attributes = {}, children = [], text = "" }: XmlElement, indent: string): string {
  const pairs = Object.entries(attributes).map(([key, value]) =>
    value === undefined ? "" : ` ${key}="${attribute(String(value))}"`,
  );
  const start = `${indent}<${name}${pairs.join("")}`;
  if (children.length === 0 && text === "") return `${start}/>\n`;
  if (children.length === 0) return `${start}>${escaped(text)}</${name}>\n`;
  return `${start}>\n${children.map((child) => element(child, `${indent}  `)).join("")}${indent}</${name}>\n`;
}

/** A reader makes a space of every line break and tab in an attribute that is not written as a reference. */
function attribute(text: string): string {
  return escaped(text).replaceAll('"', "&quot;").replaceAll("\n", "&#10;").replaceAll("\t", "&#9;");
}

function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      .replaceAll(illegal, "\ufffd")
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll("\r", "&#13;")
      // In a log of GitHub these would be commands.
      .replaceAll(/^(\s*):(?=:)/gm, "$1&#58;")
      .replaceAll("##[", "#&#35;[")
  );
}
