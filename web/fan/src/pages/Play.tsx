import { useState } from "preact/hooks";
import { Offline, Refused, command } from "../api";
import { now, useWhileLooking } from "../kit/clock";
import { yuan } from "../kit/money";
import { useAnswers } from "../kit/useAnswers";
import { Countdown, Grants, Prizes, Progress, Rules, when } from "../plays/Parts";
import { Share, address as link } from "../plays/Share";
import { type FanInstance, type FanPlay, type FanPlayAnswer, adapt, address } from "../plays/adapt";
import { type Act, type Play as ThePlay, type Step, type View, next } from "../plays/model";
import type { Laid } from "../state";
import { fill, t } from "../text";
import { Failed, Lost, Waiting } from "./Plain";

/** How often it is asked how far a try got, while somebody looks. */
const LOOK_MS = 8_000;

/** A play, and somebody's try of it: one page, one thing to do. */
export function Play({ page }: { page: Laid }) {
  const { data, missing, failed, again, look } = useAnswers(page);
  const view = data && adapt(data as [FanPlay, FanInstance?], now());
  useWhileLooking(look, LOOK_MS, view?.attempt?.state === "open");
  if (missing) return <Lost />;
  if (failed) return <Failed again={again} />;
  return view ? <Shown page={page} view={view} look={look} /> : <Waiting />;
}

type Said = { text: string; retry?: () => void };

function Shown({ page, view, look }: { page: Laid; view: View; look: () => void }) {
  const [sharing, setSharing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState<Said | null>(signInTold);
  const [news, setNews] = useState<string | null>(null);
  const [needsSignIn, setNeedsSignIn] = useState(false);
  const { play, attempt } = view;
  const home = `/f/${page.workspace}/play/${encodeURIComponent(play.id)}`;

  const run = async (act: Act): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setSaid(null);
    try {
      const answer = await command<FanPlayAnswer>(address(page.workspace, play.id, attempt, act));
      // One's own try is at the play's own address.
      if (act === "join" && attempt && !attempt.mine) location.assign(home);
      setNews(told(play, act, answer));
      look();
    } catch (error) {
      if (error instanceof Refused && error.reason === "sign_in_first") setNeedsSignIn(true);
      else if (error instanceof Refused) setSaid({ text: error.problem.status === 401 ? t.cookies : error.message });
      // It goes out under the same key again: whatever arrived is not done twice.
      else setSaid({ text: error instanceof Offline ? t.offline : String(error), retry: () => { void run(act); } });
      look();
    } finally {
      setBusy(false);
    }
  };

  return (
    <main class="play">
      <header class={`hero ${play.kind}`}>
        <p class="kind">{t.kind[play.kind]}</p>
        <h1>{play.title}</h1>
        {attempt && !attempt.mine && <p>{t.from}</p>}
        {play.state === "soon" && <Countdown until={play.startsAt} what={t.begins} />}
        {play.state === "open" && !attempt && <Countdown until={play.endsAt} what={t.ends} />}
      </header>
      <div aria-live="polite">
        {news && <div class="card news"><p>{news}</p></div>}
        <Grants grants={view.grants} />
      </div>
      {attempt && attempt.need > 0 && <Progress play={play} attempt={attempt} />}
      <Prizes play={play} />
      <Rules play={play} />
      <div class="do">
        {said && <p class="said" role="alert">{said.text} {said.retry && <button class="again" onClick={said.retry}>{t.retry}</button>}</p>}
        {needsSignIn && !page.me.signed_in ? <SignIn page={page} /> : <Do step={next(view)} view={view} busy={busy} run={run} invite={() => setSharing(true)} />}
      </div>
      {sharing && attempt && <Share workspace={page.workspace} link={link(page.workspace, play.id, attempt.id)} title={play.title} close={() => setSharing(false)} />}
    </main>
  );
}

/** What an act brought at once. */
function told(play: ThePlay, act: Act, answer: FanPlayAnswer): string | null {
  if (answer.drawn) return fill(t.news.won, { name: answer.drawn.fen === null ? answer.drawn.name : yuan(answer.drawn.fen) });
  if (answer.pay_by) return fill(t.news.seat, { time: when(Date.parse(answer.pay_by)) });
  if (answer.card) return fill(t.news.card, { name: answer.card });
  switch (act) {
    case "help": return play.kind === "bargain" && answer.amount ? fill(t.news.cut, { fen: yuan(answer.amount) }) : t.news.helped;
    case "claim": return t.news.claimed;
    case "check_in": return t.news.checkedIn;
    case "join": return play.kind === "lottery" ? t.news.nothing : null;
  }
}

type Doing = { step: Step; view: View; busy: boolean; run: (act: Act) => Promise<void>; invite: () => void };

function Do({ step, view: { play, attempt }, busy, run, invite }: Doing) {
  const act = (what: Act, text: string) => <button class="button primary" disabled={busy} onClick={() => { void run(what); }}>{busy ? t.sending : text}</button>;
  switch (step.do) {
    case "join": return act("join", attempt && !attempt.mine ? t.mineToo : t.join[play.kind]);
    case "help": return act("help", t.help[play.kind]);
    case "check_in": return act("check_in", t.checkIn);
    case "claim": return act("claim", t.claim);
    case "invite": return <button class="button primary" onClick={invite}>{t.invite}</button>;
    case "done": return <p class="waits good">✓ {t.given}</p>;
    case "wait": return <p class="waits">{t.wait[step.why]}</p>;
  }
}

function SignIn({ page }: { page: Laid }) {
  if (!page.me.can_sign_in) return <p class="waits">{t.signInWhy.off}</p>;
  const to = encodeURIComponent(location.pathname);
  return <><p class="waits">{t.signInNeeded}</p><a class="button primary" href={`/api/v1/fan/${page.workspace}/sign-in?to=${to}`}>{t.signIn}</a></>;
}

/** Why signing in did not work, when the page was come back to for that. */
function signInTold(): Said | null {
  const why = new URLSearchParams(location.search).get("sign_in");
  return why && why in t.signInWhy ? { text: t.signInWhy[why as keyof typeof t.signInWhy] } : null;
}
