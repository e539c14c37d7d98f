import type { JSX } from "preact";
import { keyHelp } from "./keys.ts";
import { Section, Status, Table } from "./parts.tsx";
import { letters, remember } from "./store.ts";

const states: readonly (readonly [state: string, means: string])[] = [
  ["passed", "measured, and it is what is required"],
  ["warned", "passed, with something that people should know"],
  ["failed", "measured, and it is not what is required"],
  ["errored", "could not be measured: nothing is known, so it never passes"],
  ["inconclusive", "no answer yet: it waits"],
  ["waived", "failed, and a person accepted that until a date"],
  ["skipped", "not asked"],
];

/** What signs, filters and keys mean. */
export function Guide(): JSX.Element {
  return (
    <>
      <h1>Guide</h1>
      <Section title="States">
        <Table caption="What the states mean" hidden columns={[{ title: "State" }, { title: "Means" }]}>
          {states.map(([state, means]) => (
            <tr key={state}>
              <th scope="row">
                <Status state={state} />
              </th>
              <td>{means}</td>
            </tr>
          ))}
        </Table>
      </Section>
      <Section title="Filters">
        <p>
          All conditions must hold. <code>s:failed</code> asks the state, <code>g:</code> the gate,{" "}
          <code>c:</code> the component, <code>t:</code> the target, <code>r:</code> (or <code>reason:</code>)
          the reason or rule, <code>k:</code> the kind, <code>stage:</code> the stage, <code>file:</code> the
          file. Other words are looked for everywhere. <code>!</code> turns a condition round, quotes keep
          spaces: <code>s:failed !r:F401 "no module"</code>. The address keeps the filter.
        </p>
      </Section>
      <Section title="Keys">
        <Keys />
        <LettersSwitch />
      </Section>
      <Section title="What stands where">
        <p>
          Everything here comes from the project's journal. Nothing is sent anywhere, and nothing can be
          changed from here. Past times give estimates: half of the runs are faster than the first figure,
          four of five than the second.
        </p>
      </Section>
    </>
  );
}

/** The keys and what they do. */
export function Keys(): JSX.Element {
  return (
    <dl class="keys">
      {keyHelp.map(([key, does]) => (
        <div key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Single letters can get in the way of speech input and of other tools. */
export function LettersSwitch(): JSX.Element {
  return (
    <label>
      <input
        type="checkbox"
        checked={letters.value}
        onChange={({ currentTarget }) => {
          letters.value = currentTarget.checked;
          remember("letters", currentTarget.checked ? "on" : "off");
        }}
      />{" "}
      Single letters are keys
    </label>
  );
}
