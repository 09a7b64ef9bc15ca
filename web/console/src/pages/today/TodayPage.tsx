import { ApartmentOutlined } from "@ant-design/icons";
import { Button, Select } from "antd";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { useFormats } from "@/app/format";
import { PageLayout } from "@/app/parts/PageLayout";
import { EmptyState, LoadingState, ProblemState } from "@/app/parts/states";
import { useUrlState } from "@/app/parts/useUrlState";
import { useCampaigns, useCascade, useKocs, useSession } from "@/app/queries";
import { useThemeName } from "@/app/theme/useThemeName";
import { CircleChart, TopStores } from "./charts";
import { FirstSteps } from "./FirstSteps";
import { Numbers } from "./Numbers";
import { TopKocs } from "./TopKocs";
import styles from "./TodayPage.module.css";

const greetingOf = (hour: number): "morning" | "noon" | "afternoon" | "evening" =>
  hour < 5 ? "evening" : hour < 11 ? "morning" : hour < 14 ? "noon" : hour < 18 ? "afternoon" : "evening";

/** What the campaign did, who stands out, and what is left to set up. */
export function TodayPage() {
  const { t } = useTranslation();
  const format = useFormats();
  const theme = useThemeName();
  const navigate = useNavigate();
  const session = useSession();
  const campaigns = useCampaigns();
  const [asked, setAsked] = useUrlState("campaign");
  const list = campaigns.data ?? [];
  const chosen = list.find((each) => each.id === asked) ?? [...list].sort((a, b) => b.people - a.people)[0] ?? null;
  const cascade = useCascade(chosen?.id ?? null);
  const kocs = useKocs(chosen?.id ?? null, null, 8);

  const name = session.data?.staff.name ?? "";
  const hello = t("today.hello", { greeting: t(`today.greeting.${greetingOf(new Date().getHours())}`), name });
  const openNetwork = (query = ""): void => void (chosen && navigate(`/network/${encodeURIComponent(chosen.id)}${query}`));
  const data = cascade.data;

  return (
    <PageLayout
      title={hello}
      lead={chosen ? t("today.lead", { campaign: chosen.name }) : undefined}
      actions={
        chosen && (
          <>
            {list.length > 1 && (
              <Select value={chosen.id} onChange={setAsked} popupMatchSelectWidth={false} aria-label={t("today.switchCampaign")} data-testid="today-campaign"
                options={list.map((each) => ({ value: each.id, label: each.name }))} />
            )}
            <Button type="primary" icon={<ApartmentOutlined />} onClick={() => openNetwork()} data-testid="see-network">{t("today.seeNetwork")}</Button>
          </>
        )
      }
    >
      {campaigns.error && !campaigns.data ? <ProblemState error={campaigns.error} onRetry={() => void campaigns.refetch()} /> : null}
      {campaigns.data && session.data && <FirstSteps session={session.data} campaigns={list} />}
      {campaigns.data && !chosen && (
        <EmptyState title={t("today.empty.title")} detail={t("today.empty.detail")}
          action={<Button type="primary" onClick={() => void navigate("/campaigns?new=1")}>{t("today.empty.action")}</Button>} />
      )}
      {chosen && cascade.error && !data ? <ProblemState error={cascade.error} onRetry={() => void cascade.refetch()} /> : null}
      {(campaigns.isPending || (chosen && cascade.isPending)) && <LoadingState rows={10} />}
      {data && data.people === 0 && (
        <EmptyState title={t("today.quiet.title")} detail={t("today.quiet.detail")}
          action={<Button onClick={() => void navigate("/settings/keys")}>{t("today.quiet.action")}</Button>} />
      )}
      {data && data.people > 0 && (
        <>
          <Numbers cascade={data} />
          <div className={styles.columns}>
            <TopStores cascade={data} theme={theme} onOpen={(root) => openNetwork(`?root=${root}`)} />
            <CircleChart cascade={data} theme={theme} onOpen={() => openNetwork("?view=circles")} />
            <TopKocs kocs={kocs.data?.items} cascade={data} theme={theme} onOpen={(person) => openNetwork(`?person=${person}`)} onAll={() => openNetwork()} />
          </div>
          <p className={styles.asOf}>{t("common.state.updated", { time: format.moment(data.as_of) })}</p>
        </>
      )}
    </PageLayout>
  );
}
