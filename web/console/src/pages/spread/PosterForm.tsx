import { DownloadOutlined } from "@ant-design/icons";
import { App, Button, ColorPicker, Form, Grid, Input, Modal } from "antd";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { posterOf, type PosterWords, type SpreadLink } from "@/api/content";
import styles from "./Spread.module.css";

/** A poster is written beside its picture, and taken away as SVG or PNG. */
export function PosterForm({ link, onClose }: { link: SpreadLink; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const wide = Grid.useBreakpoint().md ?? true;
  const [words, setWords] = useState<PosterWords>({ title: link.name.slice(0, 40), note: "", call: t("spread.poster.callWords"), brand: link.unit?.name ?? "", colour: "F5A524" });
  const address = posterOf(link.code, useDeferredValue(words));
  const put = (change: Partial<PosterWords>): void => setWords((before) => ({ ...before, ...change }));
  const png = async (): Promise<void> => {
    try {
      await download(address, `${link.code}.png`);
    } catch {
      void message.error(t("spread.poster.failed"));
    }
  };
  return (
    <Modal open onCancel={onClose} width={wide ? 760 : "100%"} title={t("spread.poster.title")} data-testid="poster-form"
      footer={<>
        <Button icon={<DownloadOutlined />} href={address} download={`${link.code}.svg`}>SVG</Button>
        <Button type="primary" icon={<DownloadOutlined />} onClick={() => void png()} data-testid="poster-png">PNG</Button>
      </>}>
      <div className={styles.poster}>
        <img src={address} alt={t("spread.poster.title")} data-testid="poster" />
        <Form layout="vertical">
          <Form.Item label={t("spread.poster.head")}><Input value={words.title} maxLength={40} onChange={({ target }) => put({ title: target.value })} data-testid="poster-title" /></Form.Item>
          <Form.Item label={t("spread.poster.note")}><Input.TextArea value={words.note} maxLength={80} rows={2} onChange={({ target }) => put({ note: target.value.replaceAll("\n", " ") })} /></Form.Item>
          <Form.Item label={t("spread.poster.call")}><Input value={words.call} maxLength={40} onChange={({ target }) => put({ call: target.value })} /></Form.Item>
          <Form.Item label={t("spread.poster.brand")}><Input value={words.brand} maxLength={40} onChange={({ target }) => put({ brand: target.value })} /></Form.Item>
          <Form.Item label={t("spread.poster.colour")}><ColorPicker disabledAlpha showText value={`#${words.colour}`} onChangeComplete={(colour) => put({ colour: colour.toHexString().slice(1, 7) })} /></Form.Item>
        </Form>
      </div>
    </Modal>
  );
}

/** Draws the server's drawing and hands it over as a PNG. */
async function download(address: string, name: string): Promise<void> {
  const svg = await (await fetch(address, { credentials: "same-origin" })).text();
  const picture = new Image();
  picture.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  await picture.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.naturalWidth, picture.naturalHeight];
  canvas.getContext("2d")?.drawImage(picture, 0, 0);
  URL.revokeObjectURL(picture.src);
  const png = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (!png) throw new Error("no picture");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(png);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
