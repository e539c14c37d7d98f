import type {
  Criterion,
  Place,
  ProofKind,
  Scenario,
  Section,
  SpecDoc,
  SpecExample,
  SpecRequirement as Requirement,
} from "@towpath/core";
import { apiBlocksOf } from "./api-blocks.ts";
import { calledNames, namesSpokenOf } from "./called-names.ts";
import { dependenciesOf } from "./dependencies.ts";
import { endpointsOf } from "./endpoints.ts";
import { examplesOf, type ExampleDraft } from "./examples/examples-of.ts";
import { readFeature } from "./feature-file.ts";
import { featureRequirements } from "./feature-requirements.ts";
import { fencedScenarios } from "./fenced-gherkin.ts";
import { figuresOf } from "./figures/figures-of.ts";
import type { Gherkin } from "./gherkin.ts";
import { headingRequirements } from "./heading-form.ts";
import { listRequirements } from "./list-form.ts";
import { parseMarkdown } from "./markdown.ts";
import { markdownScenarios } from "./markdown-scenarios.ts";
import { metaOf } from "./meta.ts";
import { everySection, outlineOf, type OutlineSection } from "./outline.ts";
import { ownersOf } from "./owners.ts";
import { proseOf } from "./prose.ts";
import { refuseSpec } from "./refuse-spec.ts";
import { statementOf, type Body, type Statement } from "./requirement-body.ts";
import type { RequirementDraft, RequirementForm } from "./requirement-draft.ts";
import { synthesiseId } from "./requirement-id.ts";
import type { ScenarioDraft } from "./scenario-draft.ts";
import { sharedCriteria, type SharedCriterion } from "./shared-criteria.ts";
import { placeOf, sourceOf, type Source } from "./source.ts";
import { specForm } from "./spec-form.ts";
import { stageTargetsOf } from "./stage-targets.ts";
import { earsIn, modalIn } from "./statements.ts";
import { tableRequirements } from "./table-form.ts";
import { BudgetExceeded, withinBudget } from "./within-budget.ts";

/** The ways of writing requirements that are understood. A new way is a new entry. */
const forms: readonly RequirementForm[] = [headingRequirements, listRequirements, tableRequirements];

/** Longest time that reading a specification may take, in milliseconds. */
const parseBudgetMs = 700;

/**
 * Reads a specification. Pure: the same text gives the same document, and no text makes it throw but one that costs
 * more than its time, as nesting bombs do, or a file of Gherkin that is none.
 * @param file path that the places in the result name; one that ends with `.feature.md` is Markdown with Gherkin
 * @param budgetMs limit in milliseconds @default 700
 * @param gherkin what `gherkinFor` gives for this text. Without it fenced Gherkin is read for its steps alone
 * @throws {Breakage} `no-input` when the time was up, the nesting is too deep, or the Gherkin of a `.feature.md` cannot
 *   be read
 * @example parseSpec("# Shelf\n\n## Requirements\n\n- **FR-1**: keep books\n", "specs/shelf.md").requirements[0].id // "FR-1"
 */
export function parseSpec(
  text: string,
  file: string,
  budgetMs: number = parseBudgetMs,
  gherkin?: Gherkin,
): SpecDoc {
  try {
    return withinBudget(() => readDocument(plainLines(text), file, gherkin), budgetMs);
  } catch (error) {
    if (error instanceof BudgetExceeded) {
      throw refuseSpec(
        file,
        `reading it takes longer than ${budgetMs} ms; split it, or nest it less deeply`,
        error,
      );
    }
    // The parser recurses: too deep a nesting exhausts the stack before the time is up.
    if (error instanceof RangeError) throw refuseSpec(file, "it is nested too deeply", error);
    throw error;
  }
}

/** Without a byte order mark, and with one kind of line ends: no reader of a part has to think of them. */
function plainLines(text: string): string {
  return text.replace(/^\uFEFF/, "").replaceAll(/\r\n?/g, "\n");
}

function readDocument(text: string, file: string, gherkin: Gherkin | undefined): SpecDoc {
  const root = parseMarkdown(text);
  const source = sourceOf(text, file);
  const top = outlineOf(root);
  const meta = metaOf(source, root, top);
  const form = specForm(file, meta, top);
  const rules = form === "gherkin" ? readFeature(source, root, gherkin) : [];
  const drafts = [
    ...forms
      .flatMap((read) => read(source, top))
      .filter(({ lead }) => form !== "gherkin" || lead !== undefined),
    ...featureRequirements(rules, source.lines.length),
  ].toSorted((a, b) => a.at.line - b.at.line);
  const shared = sharedCriteria(source, top);
  const requirements = requirementsOf(source, drafts, shared);
  const ids = new Set(requirements.map(({ id }) => id));
  const ownerOf = ownersOf(
    drafts.map(({ at, until }, index) => ({ id: requirements[index]?.id ?? "", from: at.line, until })),
    source.lines.length,
  );
  const scenarios =
    form === "gherkin"
      ? rules.flatMap((rule) => rule.scenarios)
      : [...markdownScenarios(source, top), ...fencedScenarios(source, top, gherkin)];
  return {
    file,
    form,
    meta,
    sections: sectionsOf(source, top),
    requirements,
    criteria: shared.filter((each) => !each.ids.some((id) => ids.has(id))).map(({ criterion }) => criterion),
    scenarios: inOrder(scenarios.map((each) => scenarioOf(each, ids, ownerOf))),
    apiBlocks: apiBlocksOf(source, top),
    endpoints: endpointsOf(source, top),
    examples: linkedExamples(source, examplesOf(source, top), ids, ownerOf),
    figures: figuresOf(source, root, top),
    dependencies: dependenciesOf(source, top),
    stageTargets: stageTargetsOf(source, top),
    prose: proseOf(source, text, root),
  };
}

function requirementsOf(
  source: Source,
  drafts: readonly RequirementDraft[],
  shared: readonly SharedCriterion[],
): readonly Requirement[] {
  const taken = new Set(drafts.flatMap(({ lead }) => (lead === undefined ? [] : [lead.id])));
  const counts = new Map<string, number>();
  const named = new Map<string, Criterion[]>();
  for (const { criterion, ids } of shared) {
    for (const id of ids) {
      const criteria = named.get(id) ?? [];
      criteria.push(criterion);
      named.set(id, criteria);
    }
  }
  return drafts.map((draft) => {
    const { lead, title, headline, nonFunctional, body, at } = draft;
    const id = lead?.id ?? synthesiseId(title, taken, counts);
    const field = (name: string): string | undefined =>
      body.labels.find(({ label }) => label === name)?.value;
    const [priority, proof] = [field("priority"), proofKind(field("proof") ?? "")];
    const criteria = [...body.criteria, ...(nonFunctional ? body.targets : []), ...(named.get(id) ?? [])];
    const statements = statementsOf(body);
    const text = statements.map((each) => each.text).join("\n");
    const ears = [
      ...[headline, ...statements.map(({ lined }) => lined)].flatMap((lined) => earsIn(source, lined)),
      ...criteria.flatMap((each) => earsIn(source, { text: each.text, lineAt: () => each.at.line })),
    ];
    const modal = modalIn(`${title}\n${text}`, ears);
    return {
      id,
      synthetic: lead === undefined,
      kind: nonFunctional ? "non-functional" : "functional",
      title,
      text,
      ...(priority === undefined ? {} : { priority }),
      ...(modal === undefined ? {} : { modal }),
      ears,
      criteria,
      ...(proof === undefined ? {} : { proof }),
      at,
    };
  });
}

function statementsOf({ text, labels }: Body): readonly Statement[] {
  const labelled = labels.filter(({ label }) =>
    /^(?:description|requirement|statement|user story|historia de usuario|história de usuário)$/.test(label),
  );
  return [...text, ...labelled.flatMap(({ value, values }) => statementOf(values, value) ?? [])];
}

function proofKind(text: string): ProofKind | undefined {
  const word = /^\W{0,3}(tests?|drill|attestation)\b/i.exec(text)?.[1]?.toLowerCase();
  if (word === undefined) return undefined;
  return word === "drill" || word === "attestation" ? word : "test";
}

/** A scenario shows the requirement it stands in, and those that it or a heading above it mentions. */
function scenarioOf(
  { mentions, ...scenario }: ScenarioDraft,
  ids: ReadonlySet<string>,
  ownerOf: (line: number) => string | undefined,
): Scenario {
  return { ...scenario, requirements: shown(scenario.at.line, mentions, ids, ownerOf) };
}

function shown(
  line: number,
  mentions: readonly string[],
  ids: ReadonlySet<string>,
  ownerOf: (line: number) => string | undefined,
): readonly string[] {
  const owner = ownerOf(line);
  const named = mentions.flatMap((id) => existing(id, ids));
  return [...new Set([...(owner === undefined ? [] : [owner]), ...named])];
}

/** The id itself, or that of the requirement whose criterion it names: Kiro writes `Requirement 1.2` for those. */
function existing(id: string, ids: ReadonlySet<string>): readonly string[] {
  if (ids.has(id)) return [id];
  const whole = id.replace(/\.\d+$/, "");
  return whole !== id && ids.has(whole) ? [whole] : [];
}

function linkedExamples(
  source: Source,
  drafts: readonly ExampleDraft[],
  ids: ReadonlySet<string>,
  ownerOf: (line: number) => string | undefined,
): readonly SpecExample[] {
  if (drafts.length === 0) return [];
  const spokenOf = namesSpokenOf(source, ownerOf);
  return drafts.map(({ mentions, ...example }) => {
    const direct = shown(example.at.line, mentions, ids, ownerOf);
    const called = calledNames(example.expression).flatMap((name) => [...(spokenOf.get(name) ?? [])]);
    return { ...example, requirements: direct.length > 0 ? direct : [...new Set(called)] };
  });
}

function inOrder<T extends { readonly at: Place }>(elements: readonly T[]): readonly T[] {
  return elements.toSorted((a, b) => a.at.line - b.at.line || a.at.column - b.at.column);
}

function sectionsOf(source: Source, top: OutlineSection): readonly Section[] {
  return [...everySection(top)].flatMap((section) =>
    section.heading === undefined
      ? []
      : [
          {
            title: section.title,
            depth: section.depth,
            path: pathOf(section),
            at: placeOf(source, section.heading),
          },
        ],
  );
}

function pathOf({ parent }: OutlineSection): readonly string[] {
  return parent?.heading === undefined ? [] : [...pathOf(parent), parent.title];
}
