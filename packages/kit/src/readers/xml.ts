import { Breakage } from "@towpath/core";
import { SaxesParser } from "saxes";
import { excerpt } from "../text.ts";

/** An element of an XML report. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** The text directly inside the element. */
  readonly text: string;
}

interface OpenElement extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

const deepest = 128;

/**
 * Parses an XML report. A cut document, text around it, a declaration of entities and nesting of more than 128 levels
 * are refused; nothing outside the text is ever read.
 * @param what what the text is, for messages
 * @returns the root element
 * @throws {Breakage} `parse`, with the first 2 KiB of the text
 */
export function parseXml(text: string, what: string): XmlElement {
  const parser = new SaxesParser();
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  parser.on("doctype", (declaration) => {
    if (declaration.includes("[")) throw new Error("it declares entities");
  });
  parser.on("opentag", ({ name, attributes }) => {
    const element: OpenElement = { name, attributes, children: [], text: "" };
    open.at(-1)?.children.push(element);
    open.push(element);
    if (open.length > deepest) throw new Error(`it is nested more than ${deepest} levels deep`);
  });
  parser.on("closetag", () => {
    root = open.pop();
  });
  const addText = (part: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += part;
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  try {
    parser.write(text).close();
  } catch (cause) {
    throw unreadable(
      text,
      `${what} is not valid XML: ${excerpt(cause instanceof Error ? cause.message : "", 200)}`,
      cause,
    );
  }
  if (root === undefined) throw unreadable(text, `${what} is empty`);
  return root;
}

/** The breakage of an XML report that does not say what it should. */
export function unreadable(text: string, message: string, cause?: unknown): Breakage {
  return new Breakage("parse", { message, why: `It begins: ${excerpt(text)}`, cause });
}
