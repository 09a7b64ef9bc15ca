import { DownloadOutlined, SwapRightOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { leaveCsv, readLeave, type LeaveView } from "@/api/stability";
import { asProblem } from "@/api/problem";
import { useFormats } from "@/app/format";
import { useLong, WorkingState } from "@/app/parts/longWork";
import { Panel } from "@/app/parts/PageLayout";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { PickPerson, Who } from "./parts";
import styles from "./Stability.module.css";

const MEMBERS_MAX = 8;
const PIECES_MAX = 6;

/** What breaks when one person leaves, and whom to introduce to whom while they are here. */
export function Leave({ person, onPick }: { person: string | null; onPick: (person: string | null) => void }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("stability.leave.title")} extra={<PickPerson value={person} label={t("stability.leave.title")} onPick={onPick} testId="leave-pick" />}>
      {person ? <Broken key={person} person={person} /> : <p className={styles.quiet}>{t("stability.leave.pick")}</p>}
    </Panel>
  );
}

function Broken({ person }: { person: string }) {
  const { t } = useTranslation();
  const format = useFormats();
  const leave = useLong<LeaveView>(["stability-leave", person], () => readLeave(person));
  if (leave.error) return asProblem(leave.error).status === 404 ? <p className={styles.quiet}>{t("stability.leave.none")}</p> : <ProblemState error={leave.error} onRetry={leave.refetch} />;
  if (leave.working !== null) return <WorkingState done={leave.working} />;
  const data = leave.data;
  if (!data) return <LoadingState rows={4} />;
  return (
    <div data-testid="leave-result">
      <p className={styles.verdict}>
        <Who who={data.person} />
        <strong className={data.lost > 0 ? styles.weak : styles.good} data-testid="leave-lost">{data.lost > 0 ? t("stability.leave.lost", { lost: data.lost }) : t("stability.leave.safe")}</strong>
        <small>{t("stability.leave.of", { before: data.before, roots: data.roots })}</small>
        {data.lost > 0 && <Button size="small" icon={<DownloadOutlined />} href={leaveCsv(person)} download data-testid="leave-csv">{t("stability.csv")}</Button>}
      </p>
      <ol className={styles.pieces}>
        {data.pieces.slice(0, PIECES_MAX).map((piece, at) => (
          <li key={piece.members[0]?.person}>
            <h4>{t("stability.leave.piece", { n: at + 1, count: piece.people })}</h4>
            {piece.mend
              ? <p className={styles.mend}>{t("stability.leave.mend")} <Who who={piece.mend.from} /> <SwapRightOutlined /> <Who who={piece.mend.to} /></p>
              : <p className={styles.mend}>{t("stability.leave.noMend")}</p>}
            <p className={styles.members}>
              {piece.members.slice(0, MEMBERS_MAX).map((member) => <Who key={member.person} who={member} />)}
              {piece.people > MEMBERS_MAX && <small>… {format.count(piece.people - MEMBERS_MAX)}</small>}
            </p>
          </li>
        ))}
      </ol>
      {data.pieces_total > PIECES_MAX && <p className={styles.quiet}>{t("stability.leave.pieces", { count: data.pieces_total, shown: PIECES_MAX })}</p>}
    </div>
  );
}
