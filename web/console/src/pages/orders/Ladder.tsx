import { useTranslation } from "react-i18next";
import type { Order } from "@/api/shop";
import { useFormats } from "@/app/format";

const row = { display: "flex", justifyContent: "space-between", gap: 16 } as const;
const faint = { ...row, color: "var(--text-faint)", paddingInlineStart: 16, fontSize: 13 } as const;

/** How a price was come to, step by step, as it was when the order was placed. */
export function Ladder({ quote }: { quote: Order["quote"] }) {
  const { t } = useTranslation();
  const format = useFormats();
  return (
    <div style={{ display: "grid", gap: 6, fontVariantNumeric: "tabular-nums" }} data-testid="ladder">
      {quote.lines.map((line) => (
        <section key={line.variant}>
          <div style={row}><strong>{line.name} × {line.quantity}</strong><strong>{format.money(line.amount)}</strong></div>
          <div style={faint}><span>{t("shop.ladder.base")}</span><span>{format.money(line.base)}</span></div>
          {line.steps.map((step) => (
            <div key={`${step.kind}${step.id ?? ""}`} style={faint}><span>{t(`shop.ladder.${step.kind}`)}{step.name ? ` · ${step.name}` : ""}</span><span>{format.money(step.price)}</span></div>
          ))}
          {line.off > 0 && <div style={faint}><span>{t("shop.ladder.off")}</span><span>−{format.money(line.off)}</span></div>}
        </section>
      ))}
      <hr style={{ width: "100%", border: 0, borderTop: "1px solid var(--border)" }} />
      <div style={row}><span>{t("shop.ladder.goods")}</span><span>{format.money(quote.goods)}</span></div>
      {quote.discounts.map((discount) => <div key={discount.coupon} style={row}><span>{t("shop.ladder.coupon")} · {discount.name}</span><span>−{format.money(discount.amount)}</span></div>)}
      <div style={{ ...row, fontSize: 16 }}><strong>{t("shop.ladder.payable")}</strong><strong data-testid="ladder-payable">{format.money(quote.payable)}</strong></div>
    </div>
  );
}
