import { Typography } from "antd";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/app/format";

const OWNERS = ["brand", "subject", "play", "order", "world", "payments", "coupon"] as const;
const UNITS = ["fen", "points", "coupon", "seat", "sku", "chance", "card"] as const;
const KINDS = ["external", "own", "budget", "spent", "lapsed", "debt"] as const;
const OPS = ["now", "hold", "take", "drop"] as const;

const oneOf = <Word extends string>(words: readonly Word[], text: string): Word | undefined => words.find((word) => word === text);
const parted = (text: string): [string, string] => {
  const at = text.indexOf(":");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
};

/** What units, kinds and ways of moving are called. */
export function useLedgerWords() {
  const { t } = useTranslation();
  const format = useFormats();
  return {
    unit: (text: string): string => {
      const [name, id] = parted(text);
      const known = oneOf(UNITS, name);
      return known ? `${t(`ledger.units.${known}`)}${id ? ` ${id}` : ""}` : text;
    },
    kind: (text: string): string => {
      const known = oneOf(KINDS, text);
      return known ? t(`ledger.kind.${known}`) : text;
    },
    op: (text: string): string => {
      const known = oneOf(OPS, text);
      return known ? t(`ledger.op.${known}`) : text;
    },
    /** Fen as money, anything else as a number. */
    amount: (unit: string, amount: number): string => (unit === "fen" ? format.money(amount) : format.count(amount)),
  };
}

/** Whose an account is: what sort of owner, and its id. */
export function Owner({ owner }: { owner: string }) {
  const { t } = useTranslation();
  const [sort, id] = parted(owner);
  const known = oneOf(OWNERS, sort);
  if (!known) return <Typography.Text code>{owner}</Typography.Text>;
  return <span title={owner}>{t(`ledger.owner.${known}`)}{id && <> <Typography.Text code>{id}</Typography.Text></>}</span>;
}
