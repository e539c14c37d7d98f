/** Base names of the files that configure pytest. */
export const configFiles: readonly string[] = [
  "pytest.toml",
  ".pytest.toml",
  "pytest.ini",
  ".pytest.ini",
  "pyproject.toml",
  "tox.ini",
  "setup.cfg",
  "conftest.py",
];
