import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { project } from "@towpath/testkit";
import { afterEach, describe, expect, it } from "vitest";
import { connect, openDatabase } from "../src/database.ts";
import { openJournal } from "../src/index.ts";
import { codeOf } from "./code-of.ts";
import { nthChange } from "./nth-change.ts";
import { isInstalled, runWriter } from "./programs.ts";
import { changesIn } from "./story.ts";

async function newRoot(): Promise<string> {
  return (await project({})).root;
}

function journalIn(root: string): string {
  return join(root, ".towpath/journal.db");
}

describe("a journal's connection", () => {
  it("syncs each commit, keeps a log, and believes nothing that the file says about code", async () => {
    const root = await newRoot();
    openJournal({ root }).close();
    const db = openDatabase(journalIn(root), 0);
    const pragma = (name: string): unknown => Object.values(db.prepare(`pragma ${name}`).get() ?? {})[0];
    expect(pragma("synchronous")).toBe(2);
    expect(pragma("journal_mode")).toBe("wal");
    expect(pragma("trusted_schema")).toBe(0);
    expect(pragma("foreign_keys")).toBe(1);
    expect(pragma("busy_timeout")).toBe(5000);
    db.close();
  });

  it("has only strict tables", async () => {
    const root = await newRoot();
    openJournal({ root }).close();
    const db = connect(journalIn(root));
    const tables = db.prepare("select name, strict from pragma_table_list where schema = 'main'").all();
    const loose = tables.filter(({ name, strict }) => strict !== 1 && !String(name).startsWith("sqlite_"));
    expect(loose).toEqual([]);
    expect(tables.length).toBeGreaterThan(8);
    db.close();
  });
});

describe("with an SQLite that could damage a shared log", () => {
  const versions = process.versions;
  afterEach(() => void Object.defineProperty(process, "versions", { value: versions }));

  it("keeps none, and still syncs each commit", async () => {
    const root = await newRoot();
    openJournal({ root }).close();
    Object.defineProperty(process, "versions", { value: { ...versions, sqlite: "3.51.2" } });
    const journal = openJournal({ root });
    journal.commit(nthChange("r1", 1));
    expect(existsSync(`${journalIn(root)}-wal`)).toBe(false);
    expect(changesIn(journal, "r1")).toBe(1);
    journal.close();
    const db = openDatabase(journalIn(root), 0);
    expect(db.prepare("pragma journal_mode").get()).toEqual({ journal_mode: "delete" });
    expect(db.prepare("pragma synchronous").get()).toEqual({ synchronous: 2 });
    db.close();
  });
});

describe("the files of a journal", () => {
  it("can be read by their owner only, and git does not see them", async () => {
    const root = await newRoot();
    const journal = openJournal({ root });
    journal.commit(nthChange("r1", 1));
    const mode = (name: string): string => (statSync(join(root, ".towpath", name)).mode & 0o777).toString(8);
    expect(mode(".")).toBe("700");
    const files = ["journal.db", "journal.db-wal", "journal.db-shm", "ballast"];
    expect(files.map(mode)).toEqual(["600", "600", "600", "600"]);
    expect(readFileSync(join(root, ".towpath/.gitignore"), "utf8")).toBe("*\n");
    journal.close();
  });

  it("leave a folder and a .gitignore that stand already as they are", async () => {
    const { root } = await project({ ".towpath/.gitignore": "own\n" });
    openJournal({ root }).close();
    expect(readFileSync(join(root, ".towpath/.gitignore"), "utf8")).toBe("own\n");
  });

  it.each([
    ".towpath",
    ".towpath/journal.db",
    ".towpath/journal.db-wal",
    ".towpath/journal.db-shm",
    ".towpath/journal.db-journal",
    ".towpath/journal.db.bak",
    ".towpath/ballast",
  ])("are refused when a link stands in place of %s", async (place) => {
    const root = await newRoot();
    const elsewhere = await newRoot();
    const target = place === ".towpath" ? elsewhere : join(elsewhere, "file");
    mkdirSync(join(root, place, ".."), { recursive: true });
    symlinkSync(target, join(root, place));
    expect(codeOf(() => openJournal({ root }))).toBe("TP1005");
    expect(existsSync(join(elsewhere, "file"))).toBe(false);
  });

  it("are not read through a link either", async () => {
    const { root } = await project({ ".towpath/.gitignore": "*\n" });
    const other = await newRoot();
    openJournal({ root: other }).close();
    symlinkSync(journalIn(other), journalIn(root));
    expect(codeOf(() => openJournal({ root, readOnly: true }))).toBe("TP1005");
  });

  it("are refused when they are none of ours, and stay as they are", async () => {
    const root = await newRoot();
    mkdirSync(join(root, ".towpath"));
    for (const content of ["", "not a database, whatever its name says".repeat(200)]) {
      writeFileSync(journalIn(root), content);
      for (const readOnly of [false, true])
        expect(codeOf(() => openJournal({ root, readOnly }))).toBe("TP6106");
      expect(readFileSync(journalIn(root), "utf8")).toBe(content);
    }
  });

  it("are refused when another program's database stands in their place", async () => {
    const root = await newRoot();
    mkdirSync(join(root, ".towpath"));
    const other = new DatabaseSync(journalIn(root));
    other.exec("create table bookmark (url text)");
    other.close();
    const before = readFileSync(journalIn(root));
    for (const readOnly of [false, true])
      expect(codeOf(() => openJournal({ root, readOnly }))).toBe("TP6106");
    expect(readFileSync(journalIn(root)).equals(before)).toBe(true);
  });

  it("are refused where the folder cannot be made", async () => {
    const { root } = await project({ file: "" });
    expect(codeOf(() => openJournal({ root: join(root, "file") }))).toBe("TP6102");
    expect(codeOf(() => openJournal({ root: join(root, "missing", "folder") }))).toBe("TP6102");
  });
});

it.skipIf(!isInstalled("strace"))(
  "a file system of the network is refused, and nothing is made there (needs strace)",
  async () => {
    const root = await newRoot();
    const nfs = [
      "strace",
      "-f",
      "-qq",
      "-o",
      "/dev/null",
      "-e",
      "inject=statfs:poke_exit=@arg2=6969000000000000",
    ];
    const { lines } = await runWriter([root, "r1", "1"], nfs);
    expect(lines).toEqual(["refused open TP6102"]);
    expect(existsSync(journalIn(root))).toBe(false);
    expect((await runWriter([root, "r1", "1"])).lines).toEqual(["ack 1"]);
  },
);
