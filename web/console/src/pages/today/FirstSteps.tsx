import { CheckCircleFilled } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Progress } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { anyFactArrived } from "@/api/campaigns";
import type { Campaign, Session } from "@/api/types";
import { Panel } from "@/app/parts/PageLayout";
import { useMay } from "@/app/permissions";
import { usePreferences } from "@/app/preferences";
import styles from "./TodayPage.module.css";

/** What a new installation still needs, as the server sees it. It goes away when all is done. */
export function FirstSteps({ session, campaigns }: { session: Session; campaigns: Campaign[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const may = useMay();
  const seen = usePreferences((state) => state.networksSeen);
  const joined = campaigns.some((campaign) => campaign.people > 0);
  const arrived = useQuery({ queryKey: ["facts", "any"], queryFn: anyFactArrived, enabled: !joined && may("read_facts"), refetchInterval: (query) => (query.state.data ? false : 10_000) });
  const first = campaigns[0];
  const steps = [
    { name: "signedIn", done: true, detail: t("today.steps.signedInDetail", { workspace: session.workspace.name }), path: null },
    { name: "campaign", done: campaigns.length > 0, detail: t("today.steps.campaignDetail"), path: "/campaigns?new=1" },
    { name: "facts", done: joined || arrived.data === true, detail: t("today.steps.factsDetail"), path: "/settings/sources?tab=connect" },
    { name: "network", done: campaigns.some((campaign) => seen.includes(campaign.id)), detail: t("today.steps.networkDetail"), path: first ? "/network" : null },
  ] as const;
  const done = steps.filter((step) => step.done).length;
  if (done === steps.length) return null;
  const next = steps.find((step) => !step.done);

  return (
    <Panel title={t("today.steps.title")} extra={<span className={styles.progress}>{t("today.steps.progress", { done, all: steps.length })}<Progress type="circle" percent={(done / steps.length) * 100} size={18} showInfo={false} strokeColor="var(--accent)" strokeWidth={14} /></span>}>
      <ol className={styles.steps} data-testid="first-steps">
        {steps.map((step, at) => (
          <li key={step.name} data-done={step.done} data-testid={`step-${step.name}`}>
            {step.done ? <CheckCircleFilled /> : <i>{at + 1}</i>}
            <div>
              <strong>{t(`today.steps.${step.name}`)}</strong>
              <small>{step.detail}</small>
            </div>
            {step === next && step.path && <Button size="small" type="primary" onClick={() => void navigate(step.path ?? "/today")}>{t("today.steps.go")}</Button>}
          </li>
        ))}
      </ol>
    </Panel>
  );
}
