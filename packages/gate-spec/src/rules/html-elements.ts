/** The HTML elements that people use in Markdown. `<name>` and `<title>` are none of them: they look like templates. */
export const htmlElements: ReadonlySet<string> = new Set(
  [
    "a abbr article aside audio b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn div dl",
    "dt em embed figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i iframe img input ins kbd li main mark nav",
    "object ol p picture pre q rp rt ruby s samp script section small source span strike strong style sub summary sup",
    "svg path table tbody td tfoot th thead time tr tt u ul var video wbr",
  ].flatMap((line) => line.split(" ")),
);
