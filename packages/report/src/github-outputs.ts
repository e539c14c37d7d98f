/**
 * Lines for the file of outputs of a GitHub step. Each value stands between two delimiters that nobody can guess, so
 * that no value can begin another one.
 * @param random makes a fresh text of at least 16 letters or digits
 * @throws {Error} when a name is no name, or a value holds its delimiter
 * @example githubOutputs({ status: "passed" }, randomUUID)
 */
export function githubOutputs(values: Readonly<Record<string, string>>, random: () => string): string {
  return Object.entries(values)
    .map(([name, value]) => {
      const delimiter = `towpath_${random()}`;
      if (!/^[a-z][a-z0-9_-]*$/i.test(name))
        throw new Error(`${JSON.stringify(name)} is no name of an output`);
      if (value.includes(delimiter)) throw new Error(`the value of ${name} holds its delimiter`);
      return `${name}<<${delimiter}\n${value.toWellFormed()}\n${delimiter}\n`;
    })
    .join("");
}
