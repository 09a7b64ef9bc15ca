import { Button, Drawer, Space } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { nameOf, type BoardRow, type KocBoard } from "@/api/types";
import { LoadingState, ProblemState } from "@/app/parts/states";
import { usePerson } from "@/app/queries";
import { MiniTree } from "../network/MiniTree";
import { Formula } from "./marks";
import styles from "./Kocs.module.css";

/** Why somebody has this rank, who brought them and whom they brought, and what to do next. */
export function Why({ row, board, colour, onClose }: { row: BoardRow; board: KocBoard; colour: string; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const person = usePerson(row.person);
  const here = person.data?.campaigns.find((each) => each.campaign.id === row.campaign);
  return (
    <Drawer open onClose={onClose} size={440} title={<span data-testid="board-why">{`#${row.rank} ${nameOf(row)}`}</span>}
      extra={
        <Space>
          <Button type="primary" onClick={() => void navigate(`/reach?to=${row.person}`)}>{t("kocs.reach")}</Button>
        </Space>
      }>
      <h3 className={styles.part}>{t("kocs.open.why")}</h3>
      <Formula row={row} board={board} />
      <h3 className={styles.part}>{t("kocs.open.tree")}</h3>
      {person.isPending && <LoadingState rows={3} />}
      {person.error && !person.data ? <ProblemState error={person.error} onRetry={() => void person.refetch()} /> : null}
      {here && <MiniTree here={here} name={nameOf(row)} self={row.person} colour={colour} onOpen={(next) => void navigate(`/people/${next}`)} />}
      <Space wrap style={{ marginTop: 16 }}>
        <Link to={`/people/${row.person}`}><Button data-testid="board-person">{t("kocs.open.person")}</Button></Link>
        <Link to={`/explore?person=${row.person}`}><Button>{t("kocs.open.explore")}</Button></Link>
        <Link to={`/network/${encodeURIComponent(row.campaign)}?person=${row.person}`}><Button>{t("kocs.open.picture")}</Button></Link>
      </Space>
    </Drawer>
  );
}
