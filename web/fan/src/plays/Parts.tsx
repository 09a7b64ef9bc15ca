import { useNow } from "../kit/clock";
import { share, yuan } from "../kit/money";
import { fill, locale, t } from "../text";
import { type Grant, type Kind, type Play, type Try, left, portion } from "./model";

export const when = (at: number): string => new Date(at).toLocaleString(locale, { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });

export function Countdown({ until, what }: { until: number; what: string }) {
  const rest = left(until, useNow());
  if (!rest) return null;
  // Read out once, not every second.
  return (
    <p class="countdown">
      <span>{what}</span>{" "}
      <time dateTime={new Date(until).toISOString()} aria-label={fill(t.overAt, { time: when(until) })}>
        {rest.days > 0 && <b>{fill(t.days, { days: rest.days })}</b>} <b class="clock">{rest.clock}</b>
      </time>
    </p>
  );
}

/** What is counted, as far as it got. */
function counted(kind: Kind, { have, need }: Try): string {
  const rest = Math.max(0, need - have);
  if (rest === 0) return t.reached;
  switch (kind) {
    case "bargain": return fill(t.have.fen, { have: yuan(have), left: yuan(rest) });
    case "check_in": return fill(t.have.days, { have, left: rest });
    case "card_set": return fill(t.have.cards, { have, left: rest });
    case "group_buy": return fill(t.have.seats, { have, left: rest });
    default: return fill(t.have.people, { have, left: rest });
  }
}

/** So many places are drawn one by one. */
const PLACES_MAX = 10;

export function Progress({ play, attempt }: { play: Play; attempt: Try }) {
  const part = portion(attempt.have, attempt.need);
  const text = counted(play.kind, attempt);
  const places = play.kind !== "bargain" && attempt.need <= PLACES_MAX;
  return (
    <section class="card progress" aria-live="polite">
      <p class="said-so">{text}</p>
      <div role="progressbar" aria-label={text} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(part * 100)} class={places ? "places" : "bar"}>
        {places ? Array.from({ length: attempt.need }, (_, at) => <span key={at} class={at < attempt.have ? "taken" : undefined} />) : <span style={{ width: `${part * 100}%` }} />}
      </div>
      {attempt.state === "open" && <Countdown until={attempt.deadline} what={t.remaining} />}
    </section>
  );
}

export function Prizes({ play }: { play: Play }) {
  if (!play.prizes.length) return null;
  return (
    <section>
      <h2>{t.prizes}</h2>
      <ul class="list">
        {play.prizes.map((prize) => (
          <li key={prize.id}>
            <span class="entry">
              <span>{prize.name}</span>
              <small>
                {[
                  prize.valueFen > 0 ? fill(t.worth, { fen: yuan(prize.valueFen) }) : "",
                  prize.ppm !== null ? fill(t.odds, { share: share(prize.ppm) }) : "",
                ].filter(Boolean).join(" · ")}
              </small>
            </span>
            <small class={prize.left > 0 ? undefined : "wrong"}>{prize.left > 0 ? fill(t.leftOf, { left: prize.left }) : t.soldOut}</small>
          </li>
        ))}
        {play.nonePpm !== null && play.nonePpm > 0 && <li><span class="entry"><span>{t.none}</span><small>{fill(t.odds, { share: share(play.nonePpm) })}</small></span></li>}
      </ul>
    </section>
  );
}

export function Grants({ grants }: { grants: Grant[] }) {
  if (!grants.length) return null;
  return (
    <section aria-live="polite">
      {grants.map((grant) => (
        <div key={`${grant.reward}-${grant.state}`} class={`card grant ${grant.state}`}>
          <p><b>{grant.fen !== null ? yuan(grant.fen) : grant.name}</b>{grant.fen !== null && <small> {grant.name}</small>}</p>
          <p class="state">
            {grant.state === "held" && grant.until !== null ? fill(t.held, { time: when(grant.until) }) : grant.state === "held" ? t.reached : t[grant.state]}
          </p>
        </div>
      ))}
    </section>
  );
}

export function Rules({ play }: { play: Play }) {
  if (!play.rules && !play.organiser) return null;
  return (
    <details class="card rules">
      <summary>{t.rules}</summary>
      {play.rules.split("\n").filter(Boolean).map((line, at) => <p key={at}>{line}</p>)}
      {play.organiser && <p><small>{fill(t.organiser, { name: play.organiser })}</small></p>}
    </details>
  );
}
