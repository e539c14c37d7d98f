/**
 * Variables for every Python tool of this package. Safe path: `python -m` must not import modules from the working
 * directory, which is the checked tree. UTF-8 mode: which files a tool can read must not depend on the locale.
 */
export const toolEnvironment: Readonly<Record<string, string>> = { PYTHONSAFEPATH: "1", PYTHONUTF8: "1" };
