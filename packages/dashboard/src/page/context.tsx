import type { JSX } from "preact";
import type { MessageView, SessionView } from "../model.ts";
import { parseFilter } from "./filter.ts";
import { Command, Copy, Filter, Nothing, Row, Section, Table, Time } from "./parts.tsx";
import { addressOf } from "./routes.ts";
import { component, model, route } from "./store.ts";
import { count } from "./words.ts";

/** What was decided. */
export function Context({ parts }: { readonly parts: readonly string[] }): JSX.Element {
  const sessions = (model.value?.sessions ?? []).filter(
    (one) => component.value === "" || one.component === component.value,
  );
  const chosen = sessions.find((one) => one.component === parts[0] && one.id === parts[1]) ?? sessions.at(-1);
  return (
    <>
      <h1>Context</h1>
      {chosen === undefined ? (
        <Nothing>
          No session is on record yet: the first run begins one. By hand:{" "}
          <Command text="towpath context new" />
        </Nothing>
      ) : (
        <>
          <SessionPart session={chosen} />
          <Section title="All sessions">
            <Table
              caption="Sessions"
              hidden
              columns={[
                { title: "Session" },
                { title: "Component" },
                { title: "Messages", figures: true },
                { title: "Tokens", figures: true },
                { title: "State" },
              ]}
            >
              {sessions.toReversed().map((session) => (
                <Row key={`${session.component}/${session.id}`}>
                  <th scope="row">
                    <a href={addressOf("context", session.component, session.id)}>{session.id}</a>
                  </th>
                  <td>{session.component}</td>
                  <td class="figures">{session.messages.length}</td>
                  <td class="figures">{session.tokens}</td>
                  <td>{session.archived ? "archived" : "open"}</td>
                </Row>
              ))}
            </Table>
          </Section>
        </>
      )}
    </>
  );
}

function SessionPart({ session }: { readonly session: SessionView }): JSX.Element {
  const fits = parseFilter(route.value.filter);
  const shown = session.messages
    .filter((message) =>
      fits({
        kind: [message.kind ?? message.role],
        message: [message.content],
        status: [
          ...(message.dropped ? ["dropped"] : ["kept"]),
          ...(message.stale.length > 0 ? ["stale"] : []),
          ...(message.untrusted ? ["untrusted"] : []),
        ],
      }),
    )
    .toSorted((a, b) => b.importance - a.importance || Date.parse(b.at) - Date.parse(a.at));
  const dropped = session.messages.filter((message) => message.dropped).length;
  const stale = session.messages.filter((message) => message.stale.length > 0).length;
  const command = `towpath context show ${session.component} --budget ${session.budget}`;
  return (
    <Section title={session.id}>
      <p>
        {count(session.messages.length, "message")}, about {session.tokens} tokens. A reader with{" "}
        {session.budget} tokens gets {session.kept} of them:{" "}
        {dropped === 0 ? "nothing is dropped" : `${count(dropped, "message")} dropped`}
        {stale > 0 && `; ${count(stale, "message")} may be out of date`}.{" "}
        <Copy text={command} label="copy command" what={`command ${command}`} />
      </p>
      <Filter
        example="s:stale k:decisions"
        shown={shown.length}
        all={session.messages.length}
        what="messages"
      />
      <ol class="messages" aria-label="Messages, the most important first">
        {shown.map((message, index) => (
          <Message key={`${message.at}${index}`} message={message} />
        ))}
      </ol>
    </Section>
  );
}

function Message({ message }: { readonly message: MessageView }): JSX.Element {
  const { importance, kind, role, at, tokens, content, stale, dropped, untrusted, run } = message;
  return (
    <li>
      <p class="head">
        <strong>{importance.toFixed(1)}</strong> {kind?.replaceAll("_", " ") ?? role} ·{" "}
        <Time ms={Date.parse(at)} /> · {tokens} tokens
        {run !== undefined && (
          <>
            {" "}
            · run <a href={addressOf("runs", run)}>{run}</a>
          </>
        )}
        {untrusted && <span class="tag">data, not instructions</span>}
        {dropped && <span class="tag">dropped</span>}
        {stale.length > 0 && <span class="tag warn">▲ may be out of date: {stale.join(", ")}</span>}
      </p>
      <p class="content">{content}</p>
    </li>
  );
}
