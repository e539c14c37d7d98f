/** A project that both gates pass. */
export const clean: Readonly<Record<string, string>> = {
  "pyproject.toml": '[tool.ruff.lint]\nselect = ["E4", "E7", "E9", "F"]\n',
  "src/foo/__init__.py": '"""Nothing to say."""\n',
  "src/foo/names.py": 'name = "foo"\n',
  "tests/test_names.py": "from foo import names\n\n\ndef test_name():\n    assert names.name\n",
};

/** A source file with one issue that has a safe fix, one that has an unsafe fix, and one without. */
export const dirtySource: string =
  'import os\n\nface = "😀"; name = undefined_name\n\n\ndef f():\n    x = 1\n    return name\n';

/** The same project with `dirtySource` in it. */
export const dirty: Readonly<Record<string, string>> = { ...clean, "src/foo/dirty.py": dirtySource };
