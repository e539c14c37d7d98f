import { mkdir, readdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { newSession, type ContextStore, type Message, type Session } from "@towpath/core";
import { project, type Project } from "@towpath/testkit";
import { describe, expect, it } from "vitest";
import { fileStore } from "./file-store.ts";

const at = (second: number): string => new Date(Date.UTC(2026, 10, 22, 10, 0, second)).toISOString();
const message = (content: string, second: number, more: Partial<Message> = {}): Message => ({
  role: "user",
  content,
  at: at(second),
  importance: 0.9,
  untrusted: true,
  ...more,
});
const sessionOf = (messages: readonly Message[], id = "foo-workflow-2026-11-22"): Session => ({
  id,
  component: "foo",
  messages,
});
const raw = (content: string, timestamp: string, more: object = {}): object => ({
  role: "user",
  content,
  timestamp,
  metadata: {},
  tokens: 3,
  importance: 1.0,
  ...more,
});
const file = (messages: readonly object[], more: object = {}): string =>
  JSON.stringify(
    { session_id: "x", messages, max_tokens: 8000, current_tokens: 3, metadata: {}, ...more },
    undefined,
    2,
  );
const own = ".towpath/sessions";
const theirs = ".augment/context/sessions";

async function made(
  files: Record<string, string> = {},
  folder?: string,
): Promise<Project & { store: ContextStore }> {
  const one = await project(files);
  return {
    ...one,
    store: fileStore({ root: one.root, folder, now: () => Date.parse("2026-11-22T12:00:00Z") }),
  };
}
const read = async ({ root }: Project, path: string): Promise<string> => readFile(join(root, path), "utf8");
const json = async (
  one: Project,
  path: string,
): Promise<Record<string, unknown> & { messages: Record<string, unknown>[] }> =>
  JSON.parse(await read(one, path));
const code = (expected: string): unknown =>
  expect.objectContaining({ data: expect.objectContaining({ code: expected }) });
const contents = (session: Session | undefined): readonly string[] | undefined =>
  session?.messages.map(({ content }) => content);

describe("saving", () => {
  it("writes exactly the keys of the format, in their order, with what is ours in metadata.towpath", async () => {
    const one = await made();
    const refs = { spec: { "FR-1": "d1" }, paths: { "src/a.py": "d2" } };
    await one.store.save(
      sessionOf([
        message("hello world", 1, { run: "r1", refs, kind: "test_results", metadata: { type: "note" } }),
      ]),
    );
    const text = await read(one, `${own}/foo-workflow-2026-11-22.json`);
    expect(JSON.parse(text)).toEqual({
      session_id: "foo-workflow-2026-11-22",
      messages: [
        {
          role: "user",
          content: "hello world",
          timestamp: "2026-11-22T10:00:01.000000+00:00",
          metadata: { type: "note", towpath: { untrusted: true, run: "r1", kind: "test_results", refs } },
          tokens: 2,
          importance: 0.9,
        },
      ],
      max_tokens: 8000,
      current_tokens: 2,
      metadata: { towpath: { component: "foo" } },
    });
    expect(Object.keys(JSON.parse(text))).toEqual([
      "session_id",
      "messages",
      "max_tokens",
      "current_tokens",
      "metadata",
    ]);
    expect(text).toContain('\n  "session_id"');
  });

  it("gives back what was saved", async () => {
    const { store } = await made();
    const session = sessionOf([
      message("first", 1, {
        run: "r1",
        kind: "requirements",
        importance: 1,
        refs: { spec: { "FR-1": "d" }, commit: "c" },
      }),
      message("second", 2, { role: "assistant", metadata: { tool: "x" }, closes: true }),
    ]);
    await store.save(session);
    expect(await store.read(session.id)).toEqual(session);
    expect(await store.load("foo")).toEqual(session);
  });

  it("adds to a file what it lacks, and leaves all else as it was: keys, figures, order", async () => {
    const text = `{
  "session_id": "foo-workflow-2026-11-22",
  "extra": {"big": 12345678901234567890, "one": 1.0},
  "messages": [
    {"role": "system", "content": "head", "timestamp": "2025-10-20T20:52:46.824822", "mood": "calm", "tokens": 3, "importance": 1.0},
    {"role": "user", "content": "later", "timestamp": "2026-11-22T10:00:05", "tokens": 0}
  ],
  "max_tokens": 8000
}`;
    const one = await made({ [`${theirs}/foo-workflow-2026-11-22.json`]: text });
    await one.store.save(sessionOf([message("between", 3), message("last", 9)]));
    const path = `${theirs}/foo-workflow-2026-11-22.json`;
    const after = await json(one, path);
    expect(after.messages.map(({ content }) => content)).toEqual(["head", "between", "later", "last"]);
    expect(after.messages[0]).toMatchObject({ mood: "calm", tokens: 3 });
    expect(await read(one, path)).toContain('"big": 12345678901234567890');
    expect(await read(one, path)).toContain('"one": 1.0');
    expect(after["current_tokens"]).toBe(5);
  });

  it("writes nothing when nothing is new", async () => {
    const one = await made({ [`${theirs}/foo-2026-11-22.json`]: file([raw("a", "2026-11-22T10:00:01")]) });
    const before = await read(one, `${theirs}/foo-2026-11-22.json`);
    const session = await one.store.load("foo");
    await one.store.save(session ?? newSession("foo", 0));
    expect(await read(one, `${theirs}/foo-2026-11-22.json`)).toBe(before);
  });

  it.each([
    ["naive", "2026-11-22T09:00:00.000001", "2026-11-22T10:00:01.000000"],
    ["aware", "2026-11-22T09:00:00.000001+00:00", "2026-11-22T10:00:01.000000+00:00"],
  ])("keeps the style of a file: %s", async (_style, before, written) => {
    const one = await made({ [`${theirs}/foo-workflow-2026-11-22.json`]: file([raw("a", before)]) });
    await one.store.save(sessionOf([message("b", 1)]));
    const { messages } = await json(one, `${theirs}/foo-workflow-2026-11-22.json`);
    expect(messages.map(({ timestamp }) => timestamp)).toEqual([before, written]);
  });

  it("gives a new file the style of the newest session", async () => {
    const one = await made({
      [`${theirs}/bar-2026-11-21.json`]: file([raw("a", "2026-11-21T09:00:00.000001")]),
      [`${theirs}/bar-2026-11-20.json`]: file([raw("a", "2026-11-20T09:00:00.000001+00:00")]),
    });
    await one.store.save(sessionOf([message("b", 1)]));
    const { messages } = await json(one, `${theirs}/foo-workflow-2026-11-22.json`);
    expect(messages[0]?.["timestamp"]).toBe("2026-11-22T10:00:01.000000");
  });

  it("keeps what others have added since it was loaded", async () => {
    const one = await made({ [`${theirs}/foo-2026-11-22.json`]: file([raw("a", "2026-11-22T09:00:00")]) });
    const loaded = (await one.store.load("foo")) ?? newSession("foo", 0);
    const theirsNow = file([raw("a", "2026-11-22T09:00:00"), raw("theirs", "2026-11-22T09:30:00")]);
    await one.write(`${theirs}/foo-2026-11-22.json`, theirsNow);
    await one.store.save({ ...loaded, messages: [...loaded.messages, message("ours", 1)] });
    expect(contents(await one.store.load("foo"))).toEqual(["a", "theirs", "ours"]);
  });

  it("writes ASCII into a file of ASCII, and characters into one that has them", async () => {
    const one = await made({ [`${own}/bar-2026-11-22.json`]: file([raw("é", "2026-11-22T09:00:00")]) });
    await one.store.save(sessionOf([message("≥ 70 % 😀", 1)]));
    await one.store.save({ id: "bar-2026-11-22", component: "bar", messages: [message("≥", 1)] });
    expect(await read(one, `${own}/foo-workflow-2026-11-22.json`)).toMatch(/"\\u2265 70 % \\ud83d\\ude00"/);
    expect(await read(one, `${own}/bar-2026-11-22.json`)).toContain('"≥"');
    expect(contents(await one.store.load("foo"))).toEqual(["≥ 70 % 😀"]);
  });

  it("finds a message with half a character again", async () => {
    const { store } = await made();
    const session = sessionOf([message("half \ud83d", 1)]);
    await store.save(session);
    await store.save(session);
    expect((await store.load("foo"))?.messages.length).toBe(1);
  });
});

describe("a session that has outgrown its limit", () => {
  const words = (n: number): string => Array.from({ length: n }, (_, index) => `word${index}`).join(" ");

  it("is cut to it; what is cut stands in the archive and does not come back", async () => {
    const one = await made();
    const messages = [
      message("the architecture", 0, { role: "system", importance: 1 }),
      ...Array.from({ length: 40 }, (_, n) =>
        message(`${n} ${words(150)}`, n + 1, { importance: n % 2 === 0 ? 0.5 : 0.9 }),
      ),
    ];
    await one.store.save(sessionOf(messages));
    const path = `${own}/foo-workflow-2026-11-22.json`;
    const first = await json(one, path);
    expect(first["current_tokens"]).toBeLessThanOrEqual(8000);
    const kept = first.messages.map(({ content }) => content);
    expect(kept[0]).toBe("the architecture");
    expect(kept.slice(-5)).toEqual(messages.slice(-5).map(({ content }) => content));
    expect(first.messages.slice(1, -5).every(({ importance }) => importance === 0.9)).toBe(true);
    const log = (await read(one, `${own}/archive/foo-workflow-2026-11-22.jsonl`)).trim().split("\n");
    const all = [...kept, ...log.map((line): unknown => JSON.parse(line).content)];
    expect(all.toSorted()).toEqual(messages.map(({ content }) => content).toSorted());
    await one.store.save(sessionOf([...messages, message("one more", 99)]));
    const second = await json(one, path);
    expect(second.messages.map(({ content }) => content)).toEqual([...kept, "one more"]);
  });

  it("loses nothing when the archive was cut short by a crash", async () => {
    const one = await made({ [`${own}/archive/foo-workflow-2026-11-22.jsonl`]: '{"role": "user", "conte' });
    await one.store.save(sessionOf([message(words(5000), 1), message("b", 2)]));
    const lines = (await read(one, `${own}/archive/foo-workflow-2026-11-22.jsonl`)).split("\n");
    expect(JSON.parse(lines[1] ?? "")).toMatchObject({ content: words(5000) });
    expect(contents(await one.store.load("foo"))).toEqual(["b"]);
  });
});

describe("finding", () => {
  it("takes the newest session of the component that is not archived, whatever form its name has", async () => {
    const { store } = await made({
      [`${theirs}/foo-2026-11-20.json`]: file([raw("old", "2026-11-20T09:00:00")]),
      [`${theirs}/foo-workflow-2026-11-21.json`]: file([raw("newest", "2026-11-21T09:00:00")]),
      [`${theirs}/foo-workflow-2026-11-21-2.json`]: file([raw("second", "2026-11-21T09:00:00")]),
      [`${theirs}/foobar-workflow-2026-11-22.json`]: file([raw("other", "2026-11-22T09:00:00")]),
      [`${theirs}/archive/foo-workflow-2026-11-23.json`]: file([raw("archived", "2026-11-23T09:00:00")]),
    });
    expect(contents(await store.load("foo"))).toEqual(["second"]);
    await store.archive("foo-workflow-2026-11-21-2");
    expect(contents(await store.load("foo"))).toEqual(["newest"]);
    expect(contents(await store.read("foo-workflow-2026-11-23"))).toEqual(["archived"]);
    expect(await store.load("nobody")).toBe(undefined);
  });

  it("goes on with it on another day", async () => {
    const { store } = await made();
    await store.save(sessionOf([message("day one", 1)], "foo-workflow-2026-11-20"));
    const loaded = await store.load("foo");
    await store.save({
      ...(loaded ?? newSession("foo", 0)),
      messages: [...(loaded?.messages ?? []), message("day two", 2)],
    });
    expect(await store.list()).toEqual([
      { id: "foo-workflow-2026-11-20", component: "foo", archived: false },
    ]);
    expect(contents(await store.load("foo"))).toEqual(["day one", "day two"]);
  });

  it("lists sessions, newest first, archived ones last, and free names too", async () => {
    const { store } = await made({
      [`${own}/foo-workflow-2026-11-20.json`]: file([]),
      [`${own}/tta-refactor.json`]: file([raw("a", "2026-11-21T09:00:00")]),
      [`${own}/bar-2026-11-22.json`]: file([]),
      [`${own}/archive/foo-2026-11-30.json`]: file([]),
      [`${own}/notes.txt`]: "",
      [`${own}/.hidden.json`]: "",
    });
    expect(await store.list()).toEqual([
      { id: "bar-2026-11-22", component: "bar", archived: false },
      { id: "tta-refactor", archived: false },
      { id: "foo-workflow-2026-11-20", component: "foo", archived: false },
      { id: "foo-2026-11-30", component: "foo", archived: true },
    ]);
  });

  it("takes the folder that is named, before that of other tools, before its own", async () => {
    const named = await made({ [`${theirs}/x`]: "" }, "docs/sessions");
    await named.store.save(sessionOf([message("a", 1)]));
    expect(await readdir(join(named.root, "docs/sessions"))).toContain("foo-workflow-2026-11-22.json");
    const foreign = await made({ [`${theirs}/x`]: "" });
    await foreign.store.save(sessionOf([message("a", 1)]));
    expect(await readdir(join(foreign.root, theirs))).toContain("foo-workflow-2026-11-22.json");
  });
});

describe("archiving", () => {
  it("puts a session aside once, and what is said afterwards still reaches it there", async () => {
    const one = await made();
    await one.store.save(sessionOf([message("a", 1)]));
    await one.store.archive("foo-workflow-2026-11-22");
    await one.store.archive("foo-workflow-2026-11-22");
    await one.store.save(sessionOf([message("a", 1), message("b", 2)]));
    expect(await one.store.load("foo")).toBe(undefined);
    expect(contents(await one.store.read("foo-workflow-2026-11-22"))).toEqual(["a", "b"]);
    await expect(one.store.archive("foo-workflow-2026-01-01")).rejects.toEqual(code("TP6201"));
  });
});

describe("a file that cannot be used", () => {
  const head = '{"session_id": "x", "messages": [';
  it.each([
    ["", /empty/],
    ["{", /not valid JSON/],
    ["[]", /the document is no object/],
    ["{}", /`messages` is no list/],
    [`${head}{"role": "robot", "content": "", "timestamp": "2026-11-22T10:00:00"}]}`, /role of message 1/],
    [`${head}{"role": "user", "content": 1, "timestamp": "2026-11-22T10:00:00"}]}`, /content of message 1/],
    [`${head}{"role": "user", "content": "", "timestamp": "today"}]}`, /timestamp of message 1/],
    [
      `${head}{"role": "user", "content": "", "timestamp": "2026-11-22T10:00:00", "tokens": NaN}]}`,
      /not valid JSON/,
    ],
    [`${head}7]}`, /message 1 is no object/],
    [`${head}], "messages": []}`, /given twice/],
    [`${head}], "max_tokens": 0}`, /max_tokens/],
  ])("is refused with its name and the reason, and left as it was: %j", async (text, reason) => {
    const path = `${own}/foo-workflow-2026-11-22.json`;
    const one = await made({ [path]: text });
    const refusal = expect.objectContaining({
      message: expect.stringMatching(new RegExp(`^${path} .*${reason.source}`, "s")),
      data: expect.objectContaining({ code: "TP6202", where: [path] }),
    });
    await expect(one.store.load("foo")).rejects.toEqual(refusal);
    await expect(one.store.save(sessionOf([message("a", 1)]))).rejects.toEqual(refusal);
    expect(await read(one, path)).toBe(text);
  });

  it("is refused when it is not UTF-8, or a link", async () => {
    const one = await made({ "secret.json": file([raw("secret", "2026-11-22T10:00:00")]) });
    await one.write(`${own}/foo-workflow-2026-11-22.json`, new Uint8Array([0x7b, 0xff]));
    await symlink("../../secret.json", join(one.root, own, "foo-workflow-2026-11-23.json"));
    await expect(one.store.read("foo-workflow-2026-11-22")).rejects.toEqual(code("TP6202"));
    await expect(one.store.load("foo")).rejects.toEqual(code("TP6202"));
    const linked = sessionOf([message("a", 1)], "foo-workflow-2026-11-23");
    await expect(one.store.save(linked)).rejects.toEqual(code("TP6202"));
    expect(await read(one, "secret.json")).not.toContain("towpath");
  });
});

describe("what leads out of the folder", () => {
  it.each(["../evil", "a/b", "..", "/etc/passwd"])("the name %j is refused", async (id) => {
    const { store } = await made();
    await expect(store.save(sessionOf([message("a", 1)], id))).rejects.toEqual(code("TP1003"));
    await expect(store.read(id)).rejects.toEqual(code("TP1003"));
    await expect(store.archive(id)).rejects.toEqual(code("TP1003"));
  });

  it.each(["../outside", "/tmp"])("the folder %j is refused", async (folder) => {
    const { store } = await made({}, folder);
    await expect(store.save(sessionOf([message("a", 1)]))).rejects.toEqual(code("TP1005"));
    await expect(store.load("foo")).rejects.toEqual(code("TP1005"));
  });

  it("a link in place of the folder or of the archive is refused", async () => {
    const outside = await project({});
    const one = await made({ "x/y": "" });
    await symlink(outside.root, join(one.root, ".towpath"));
    await expect(one.store.save(sessionOf([message("a", 1)]))).rejects.toEqual(code("TP1005"));
    const two = await made();
    await two.store.save(sessionOf([message("a", 1)]));
    await symlink(outside.root, join(two.root, own, "archive"));
    await expect(two.store.archive("foo-workflow-2026-11-22")).rejects.toEqual(code("TP1005"));
    expect(await readdir(outside.root)).toEqual([]);
  });

  it("a folder in which nobody can write is said to be one", async () => {
    const one = await made({ ".towpath": "a file in the way" });
    await expect(one.store.save(sessionOf([message("a", 1)]))).rejects.toEqual(code("TP6203"));
  });
});

describe("the head of a new session", () => {
  const instruction = (head: string, body: string): string => `---\n${head}\n---\n\n${body}\n`;
  const memory = (head: string): string => instruction(head, "What we learnt.");
  const component = { name: "foo", source: ["src/foo"], tests: ["tests/foo"], spec: "specs/foo.md" };

  it("is the architecture, then instructions, then memories by importance", async () => {
    const { store } = await made({
      ".augment/instructions/a.instructions.md": instruction(
        'applyTo: ["src/**"]\ndescription: scoped one',
        "Scoped.",
      ),
      ".augment/instructions/b.instructions.md": instruction(
        'applyTo: "**/*.py"\ndescription: for all',
        "Global.",
      ),
      ".augment/instructions/README.md": "not one",
      ".augment/memory/successful-patterns/own.memory.md": memory(
        "category: successful-patterns\ndate: 2026-11-22\ncomponent: foo\nseverity: critical\ntags: [retry]",
      ),
      ".augment/memory/implementation-failures/old.memory.md": memory(
        "category: implementation-failures\ndate: 2026-05-26\ncomponent: global\nseverity: low\ntags: []",
      ),
      ".augment/memory/implementation-failures/high.memory.md": memory(
        "category: implementation-failures\ndate: 2026-08-24\ncomponent: global\nseverity: high\ntags: []",
      ),
      ".augment/memory/direct.memory.md": memory("date: 2026-11-22\ncomponent: foo\nseverity: critical"),
    });
    const { messages, problems } = await store.head(component);
    expect(problems).toEqual([]);
    expect(messages.every(({ role, untrusted }) => role === "system" && untrusted)).toBe(true);
    expect(
      messages.map(({ importance, metadata }) => [importance, metadata?.["type"], metadata?.["source"]]),
    ).toEqual([
      [1, "architecture_context", undefined],
      [0.8, "instruction", ".augment/instructions/a.instructions.md"],
      [0.9, "instruction", ".augment/instructions/b.instructions.md"],
      // 0.5 × 0.5 + 0.3 × 1 + 0.2 × 1; the day is half over, so a little less
      [0.749, "memory", ".augment/memory/successful-patterns/own.memory.md"],
      // 0.5 × 0.3 + 0.3 × 0.9 + 0.2 × 0.5
      [0.519, "memory", ".augment/memory/implementation-failures/high.memory.md"],
      // 0.5 × 0.3 + 0.3 × 0.5 + 0
      [0.3, "memory", ".augment/memory/implementation-failures/old.memory.md"],
    ]);
    expect(messages[0]?.content).toContain("specs/foo.md");
    expect(messages[2]).toMatchObject({
      content: "Global.",
      metadata: { scope: "global", description: "for all" },
    });
  });

  it("takes at most ten memories, and none of little importance", async () => {
    const files = Array.from({ length: 12 }, (_, n) => [
      `.augment/memory/patterns/${n}.memory.md`,
      memory(`date: 2026-11-22\ncomponent: foo\nseverity: ${n < 2 ? "low" : "high"}`),
    ]);
    const old = memory("date: 2020-01-01\ncomponent: bar\nseverity: medium");
    const { store } = await made({
      ...Object.fromEntries(files),
      ".augment/memory/patterns/old.memory.md": old,
    });
    const { messages } = await store.head(component);
    expect(messages.length).toBe(11);
    expect(messages.some(({ metadata }) => metadata?.["component"] === "bar")).toBe(false);
  });

  it("says what it left out, and why; nothing from outside is read", async () => {
    const outside = await project({ "x.instructions.md": instruction("applyTo: '**'", "Evil.") });
    const one = await made({
      ".augment/instructions/a.instructions.md": "no front matter",
      ".augment/instructions/b.instructions.md": instruction("description: x", "Text."),
      ".augment/memory/m/a.memory.md": memory("date: yesterday\ncomponent: foo\nseverity: low"),
      ".augment/memory/m/b.memory.md": memory("date: 2026-11-22\ncomponent: foo\nseverity: dire"),
    });
    await symlink(
      join(outside.root, "x.instructions.md"),
      join(one.root, ".augment/instructions/c.instructions.md"),
    );
    await mkdir(join(one.root, ".augment/memory"), { recursive: true });
    await symlink(outside.root, join(one.root, ".augment/memory/out"));
    const { messages, problems } = await one.store.head(component);
    expect(messages.length).toBe(1);
    expect(problems.map((problem) => problem.split(/[ :]/)[0])).toEqual([
      ".augment/instructions/a.instructions.md",
      ".augment/instructions/c.instructions.md",
      ".augment/instructions/b.instructions.md",
      ".augment/memory/m/a.memory.md",
      ".augment/memory/m/b.memory.md",
      ".augment/memory/out",
    ]);
  });
});
