/** What to paste where, filled with the server's address and a key. */
export const PLACES = ["web", "node", "python", "mini", "curl"] as const;
export type Place = (typeof PLACES)[number];

/** Whoever opens these can read the key in them. */
export const PUBLIC: readonly Place[] = ["web", "mini"];

const PLACEHOLDER: Record<Place, string> = { web: "slw_…", mini: "slw_…", curl: "slw_…", node: "sls_…", python: "sls_…" };

export interface Snippet {
  /** What fetches the SDK, if there is one. */
  install: string | null;
  code: string;
}

export const isSecret = (key: string): boolean => key.startsWith("sls_");

/** A key that may not stand there is not filled in. */
export function snippetFor(place: Place, origin: string, chosen: string): Snippet {
  const key = chosen === "" || (isSecret(chosen) && PUBLIC.includes(place)) ? PLACEHOLDER[place] : chosen;
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
    case "curl":
      return {
        install: null,
        code: `curl -u "${key}:" ${origin}/v1/track \\
  -H "Content-Type: application/json" \\
  -d '{"userId":"u-1001","event":"Page Read","properties":{"title":"Spring"}}'`,
      };
  }
}
