const prefix =
  /^(?:scenario|example)(?: outline| template)?(?: [\w.-]{0,12}\d[\w.-]{0,12})?\s{0,3}(?:[:–—-]\s{0,3}|$)/i;

/**
 * Whether a title announces a scenario.
 * @example isScenarioTitle("Scenario 2: An empty shelf") // true
 */
export function isScenarioTitle(title: string): boolean {
  return /^scenario/i.test(title) && prefix.test(title);
}

/**
 * The name in a title: without `Scenario:`, `User Story 2 -`, and a priority in parentheses.
 * @example scenarioName("User Story 2 - Lending (Priority: P1)") // "Lending"
 */
export function scenarioName(title: string): string {
  const name = title
    .replace(prefix, "")
    .replace(/^user story \d{1,6}\s{0,3}[:–—-]\s{0,3}/i, "")
    .replace(/ ?\((?:priority: ?)?P\d\)$/i, "")
    .replace(/:$/, "")
    .trim();
  return name === "" ? title.replace(/:$/, "") : name;
}

/** The priority that the heading of a user story names, as a tag: `P1`. */
export function priorityTag(title: string): string | undefined {
  return /\((?:priority: ?)?(P\d)\)/i.exec(title)?.[1]?.toUpperCase();
}
