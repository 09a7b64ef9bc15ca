import { BgColorsOutlined, GlobalOutlined, LogoutOutlined, PlusOutlined, SearchOutlined, ShareAltOutlined, UserOutlined } from "@ant-design/icons";
import { Command } from "cmdk";
import { useState, type KeyboardEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { nameOf } from "@/api/types";
import { isComposing } from "../keyboard/chords";
import { matchScore } from "../keyboard/pinyin";
import { usePreferences } from "../preferences";
import { useCampaigns } from "../queries";
import { useMay } from "../permissions";
import { useInnerPages, usePages } from "./pages";
import { THEMES } from "./TopBar";
import { useFoundPeople } from "./useFoundPeople";
import { useSignOut } from "./useSignOut";
import styles from "./Palette.module.css";

/** The server has chosen people already: behind what is called exactly so, before what merely has the letters. */
const PERSON_SCORE = 0.62;

const scoreOf = (value: string, search: string, keywords?: string[]): number =>
  value.startsWith("person:") ? PERSON_SCORE : matchScore(search, keywords?.[0] ?? value, keywords);

/** ⌘K: pages, campaigns, people and actions, found by name, English word or pinyin. */
export function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const pages = usePages();
  const inner = useInnerPages();
  const may = useMay();
  const campaigns = useCampaigns();
  const { setTheme, language, setLanguage } = usePreferences();
  const signOut = useSignOut();
  const [typed, setTyped] = useState("");
  const people = useFoundPeople(open && may("read_network") ? typed : "");

  const act = (run: () => void) => () => {
    onClose();
    run();
  };
  // While an input method composes, Enter and the arrows choose among its candidates.
  const guard = (event: KeyboardEvent): void => {
    if (isComposing(event.nativeEvent)) event.stopPropagation();
  };

  return (
    <Command.Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      label={t("shell.palette.open")}
      filter={scoreOf}
      overlayClassName={styles.overlay}
      contentClassName={styles.dialog}
      loop
    >
      <div className={styles.field} onKeyDownCapture={guard} data-testid="palette">
        <SearchOutlined />
        <Command.Input autoFocus value={typed} onValueChange={setTyped} placeholder={t("shell.palette.placeholder")} data-testid="palette-input" />
      </div>
      <Command.List className={styles.list}>
        <Command.Empty className={styles.empty}>{t("shell.palette.empty")}</Command.Empty>
        <Command.Group heading={t("shell.palette.pages")}>
          {pages.map((page) => (
            <Row key={page.path} id={`page:${page.path}`} icon={page.icon} keywords={[t(`shell.nav.${page.name}`), ...page.keywords]}
              onSelect={act(() => void navigate(page.path))} hint={`g ${page.key}`}>
              {t(`shell.nav.${page.name}`)}
            </Row>
          ))}
          {inner.map((page) => (
            <Row key={page.path} id={`page:${page.path}`} icon={page.icon} keywords={[t(page.title), ...page.keywords]} onSelect={act(() => void navigate(page.path))}>
              {t(page.title)}
            </Row>
          ))}
        </Command.Group>
        {(campaigns.data?.length ?? 0) > 0 && (
          <Command.Group heading={t("shell.palette.campaigns")}>
            {campaigns.data?.map((campaign) => (
              <Row key={campaign.id} id={`campaign:${campaign.id}`} icon={<ShareAltOutlined />} keywords={[campaign.name, campaign.id]}
                onSelect={act(() => void navigate(`/network/${encodeURIComponent(campaign.id)}`))}>
                {t("shell.palette.goNetwork", { name: campaign.name })}
              </Row>
            ))}
          </Command.Group>
        )}
        {people.length > 0 && (
          <Command.Group heading={t("shell.palette.people")}>
            {people.map((person) => (
              <Row key={person.person} id={`person:${person.person}`} icon={<UserOutlined />} keywords={[]} hint={person.unit?.name ?? person.city ?? ""}
                onSelect={act(() => void navigate(`/people/${person.person}`))}>
                {nameOf(person)}
              </Row>
            ))}
            <Row id="person:all" icon={<SearchOutlined />} keywords={[]} onSelect={act(() => void navigate(`/people?q=${encodeURIComponent(typed.trim())}`))}>
              {t("shell.palette.searchPeople", { text: typed.trim() })}
            </Row>
          </Command.Group>
        )}
        <Command.Group heading={t("shell.palette.actions")}>
          {may("manage_campaigns") && (
            <Row id="action:new-campaign" icon={<PlusOutlined />} keywords={[t("shell.palette.newCampaign"), "xinjianhuodong", "new campaign"]}
            onSelect={act(() => void navigate("/campaigns?new=1"))}>
            {t("shell.palette.newCampaign")}
          </Row>
          )}
          {THEMES.map((choice) => (
            <Row key={choice} id={`action:theme-${choice}`} icon={<BgColorsOutlined />}
              keywords={[t("shell.palette.themeTo", { name: t(`shell.theme.${choice}`) }), "theme", choice, "waiguan", "zhuti"]}
              onSelect={act(() => setTheme(choice))}>
              {t("shell.palette.themeTo", { name: t(`shell.theme.${choice}`) })}
            </Row>
          ))}
          <Row id="action:language" icon={<GlobalOutlined />} keywords={[t("shell.palette.languageTo"), "language", "yuyan", "english", "中文", "zhongwen"]}
            onSelect={act(() => setLanguage(language === "zh" ? "en" : "zh"))}>
            {t("shell.palette.languageTo")}
          </Row>
          <Row id="action:sign-out" icon={<LogoutOutlined />} keywords={[t("shell.user.signOut"), "sign out", "logout", "tuichu"]}
            onSelect={act(() => void signOut())}>
            {t("shell.user.signOut")}
          </Row>
        </Command.Group>
      </Command.List>
      <div className={styles.foot}>{t("shell.palette.hint")}</div>
    </Command.Dialog>
  );
}

function Row(props: { id: string; icon: ReactNode; keywords: string[]; onSelect: () => void; hint?: string; children: ReactNode }) {
  return (
    <Command.Item value={props.id} keywords={props.keywords} onSelect={props.onSelect} className={styles.row}>
      {props.icon}
      <span>{props.children}</span>
      {props.hint && <kbd>{props.hint}</kbd>}
    </Command.Item>
  );
}
