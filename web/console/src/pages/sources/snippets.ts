/** What to paste where, filled with the server's address and a key. */
export const PLACES = ["web", "node", "python", "mini", "saWeb", "saMini", "saNode", "curl"] as const;
export type Place = (typeof PLACES)[number];

/** Whoever opens these can read the key in them. */
export const PUBLIC: readonly Place[] = ["web", "mini", "saWeb", "saMini"];

/** These run where nobody else reads them. */
export const SERVERS: readonly Place[] = ["node", "python", "saNode"];


export interface Snippet {
  /** What fetches the SDK, if there is one. */
  install: string | null;
  code: string;
}

export const isSecret = (key: string): boolean => key.startsWith("sls_");

/** A key that may not stand there is not filled in. */
export function snippetFor(place: Place, origin: string, chosen: string): Snippet {
  const key = chosen === "" || (isSecret(chosen) && PUBLIC.includes(place)) ? (SERVERS.includes(place) ? "sls_…" : "slw_…") : chosen;
  switch (place) {
    case "web":
      return {
        install: "npm install @segment/analytics-next",
        code: `import { AnalyticsBrowser } from "@segment/analytics-next";

const analytics = AnalyticsBrowser.load({
  writeKey: "${key}",
  cdnURL: "${origin}",
});
analytics.page();
analytics.track("Page Read", { title: "Spring" });`,
      };
    case "node":
      return {
        install: "npm install @segment/analytics-node",
        code: `import { Analytics } from "@segment/analytics-node";

const analytics = new Analytics({
  writeKey: "${key}",
  host: "${origin}",
});
analytics.identify({ userId: "u-1001", traits: { name: "Lin" } });
analytics.track({ userId: "u-1001", event: "Page Read", properties: { title: "Spring" } });`,
      };
    case "python":
      return {
        install: "pip install segment-analytics-python",
        code: `from segment.analytics import Client

analytics = Client("${key}", host="${origin}")
analytics.identify("u-1001", {"name": "Lin"})
analytics.track("u-1001", "Page Read", {"title": "Spring"})
analytics.flush()`,
      };
    case "mini":
      return {
        install: null,
        code: `wx.request({
  url: "${origin}/v1/batch",
  method: "POST",
  data: {
    writeKey: "${key}",
    sentAt: new Date().toISOString(),
    batch: [{
      type: "track",
      event: "Page Read",
      anonymousId: openid,
      messageId: \`\${Date.now()}-\${Math.random()}\`,
      timestamp: new Date().toISOString(),
      properties: { title: "Spring" },
    }],
  },
});`,
      };
    case "saWeb":
      return {
        install: "npm install sa-sdk-javascript@1.26.17",
        code: `import sensors from "sa-sdk-javascript";

sensors.init({
  server_url: "${origin}/sa?project=${key}",
  send_type: "beacon",
});
sensors.quick("autoTrack");
sensors.login("u-1001");
sensors.track("BookSeen", { title: "Spring" });`,
      };
    case "saMini":
      return {
        install: "npm install sa-sdk-miniprogram@1.17.9",
        code: `import sensors from "sa-sdk-miniprogram";

sensors.setPara({
  server_url: "${origin}/sa?project=${key}",
  autoTrack: { appLaunch: true, appShow: true, appHide: true, pageShow: true, pageShare: true },
  allow_amend_share_path: true,
});
sensors.setOpenid(openid);
sensors.setUnionid(unionid);
sensors.init();

Page({
  // The campaign in the path makes an opening of what is shared a hop.
  onShareAppMessage: () => ({ path: "pages/book?campaign=spring" }),
});`,
      };
    case "saNode":
      return {
        install: "npm install sa-sdk-node@1.2.6",
        code: `import SensorsAnalytics from "sa-sdk-node";

const sensors = new SensorsAnalytics();
sensors.submitTo({ url: "${origin}/sa?project=${key}", gzip: true });
sensors.track("u-1001", "OrderPaid", {
  $is_login_id: true, order_id: "o-1", amount_minor: 5990,
});`,
      };
    case "curl":
      return {
        install: null,
        code: `curl -u "${key}:" ${origin}/v1/track \\
  -H "Content-Type: application/json" \\
  -d '{"userId":"u-1001","event":"Page Read","properties":{"title":"Spring"}}'`,
      };
  }
}
