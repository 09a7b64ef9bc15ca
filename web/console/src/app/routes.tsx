import type { ComponentType } from "react";
import { createBrowserRouter, Navigate } from "react-router";
import { Crashed } from "./shell/Crashed";
import { NotFound } from "./shell/NotFound";
import { Shell } from "./shell/Shell";

/** A page that stands before the console, open to whoever is not signed in. */
const outside = (path: string, lazy: () => Promise<{ Component: ComponentType }>) => ({
  path,
  lazy,
  HydrateFallback: () => null,
  errorElement: <Crashed />,
});

/** Pages are loaded when first opened; the network brings sigma, Today the charts. */
export const makeRouter = () =>
  createBrowserRouter([
    outside("/signin", async () => ({ Component: (await import("@/pages/signin/SignInPage")).SignInPage })),
    outside("/setup", async () => ({ Component: (await import("@/pages/setup/SetupPage")).SetupPage })),
    outside("/password", async () => ({ Component: (await import("@/pages/password/PasswordPage")).PasswordPage })),
    outside("/invitation", async () => ({ Component: (await import("@/pages/invitation/InvitationPage")).InvitationPage })),
    {
      path: "/",
      Component: Shell,
      errorElement: <Crashed />,
      HydrateFallback: () => null,
      children: [
        { index: true, element: <Navigate to="/today" replace /> },
        { path: "today", lazy: async () => ({ Component: (await import("@/pages/today/TodayPage")).TodayPage }) },
        { path: "links", lazy: async () => ({ Component: (await import("@/pages/spread/LinksPage")).LinksPage }) },
        { path: "codes", lazy: async () => ({ Component: (await import("@/pages/spread/LinksPage")).CodesPage }) },
        { path: "pages", lazy: async () => ({ Component: (await import("@/pages/content/PagesPage")).PagesPage }) },
        { path: "pages/:page", lazy: async () => ({ Component: (await import("@/pages/content/PageEditor")).PageEditorPage }) },
        { path: "campaigns", lazy: async () => ({ Component: (await import("@/pages/campaigns/CampaignsPage")).CampaignsPage }) },
        { path: "plays", lazy: async () => ({ Component: (await import("@/pages/plays/PlaysPage")).PlaysPage }) },
        { path: "plays/new", lazy: async () => ({ Component: (await import("@/pages/plays/EditPlay")).NewPlayPage }) },
        { path: "plays/:play", lazy: async () => ({ Component: (await import("@/pages/plays/PlayPage")).PlayPage }) },
        { path: "network", lazy: async () => ({ Component: (await import("@/pages/network/NetworkHomePage")).NetworkHomePage }) },
        { path: "network/:campaign", lazy: async () => ({ Component: (await import("@/pages/network/NetworkPage")).NetworkPage }) },
        { path: "fraud", lazy: async () => ({ Component: (await import("@/pages/fraud/FraudPage")).FraudPage }) },
        { path: "kocs", lazy: async () => ({ Component: (await import("@/pages/kocs/KocsPage")).KocsPage }) },
        { path: "explore", lazy: async () => ({ Component: (await import("@/pages/explore/ExplorePage")).ExplorePage }) },
        { path: "lights", lazy: async () => ({ Component: (await import("@/pages/lights/LightsPage")).LightsPage }) },
        { path: "stability", lazy: async () => ({ Component: (await import("@/pages/stability/StabilityPage")).StabilityPage }) },
        { path: "seeds", lazy: async () => ({ Component: (await import("@/pages/studies/SeedsPage")).SeedsPage }) },
        { path: "whatif", lazy: async () => ({ Component: (await import("@/pages/studies/WhatifPage")).WhatifPage }) },
        { path: "reach", lazy: async () => ({ Component: (await import("@/pages/reach/ReachPage")).ReachPage }) },
        { path: "people", lazy: async () => ({ Component: (await import("@/pages/people/PeoplePage")).PeoplePage }) },
        { path: "imports", lazy: async () => ({ Component: (await import("@/pages/imports/ImportsPage")).ImportsPage }) },
        { path: "imports/:id", lazy: async () => ({ Component: (await import("@/pages/imports/ImportPage")).ImportPage }) },
        { path: "identity", lazy: async () => ({ Component: (await import("@/pages/identity/IdentityPage")).IdentityPage }) },
        { path: "people/:person", lazy: async () => ({ Component: (await import("@/pages/people/PersonPage")).PersonPage }) },
        { path: "segments", lazy: async () => ({ Component: (await import("@/pages/segments/SegmentsPage")).SegmentsPage }) },
        { path: "segments/new", lazy: async () => ({ Component: (await import("@/pages/segments/EditSegment")).EditSegmentPage }) },
        { path: "segments/:segment", lazy: async () => ({ Component: (await import("@/pages/segments/SegmentPage")).SegmentPage }) },
        { path: "segments/:segment/edit", lazy: async () => ({ Component: (await import("@/pages/segments/EditSegment")).EditSegmentPage }) },
        { path: "tags", lazy: async () => ({ Component: (await import("@/pages/tags/TagsPage")).TagsPage }) },
        { path: "forms", lazy: async () => ({ Component: (await import("@/pages/forms/FormsPage")).FormsPage }) },
        { path: "forms/:form", lazy: async () => ({ Component: (await import("@/pages/forms/FormPage")).FormPage }) },
        { path: "reminders", lazy: async () => ({ Component: (await import("@/pages/reminders/RemindersPage")).RemindersPage }) },
        { path: "health", lazy: async () => ({ Component: (await import("@/pages/health/HealthPage")).HealthPage }) },
        { path: "products", lazy: async () => ({ Component: (await import("@/pages/products/ProductsPage")).ProductsPage }) },
        { path: "orders", lazy: async () => ({ Component: (await import("@/pages/orders/OrdersPage")).OrdersPage }) },
        { path: "organisation", lazy: async () => ({ Component: (await import("@/pages/organisation/OrganisationPage")).OrganisationPage }) },
        { path: "organisation/audit", lazy: async () => ({ Component: (await import("@/pages/audit/AuditPage")).AuditPage }) },
        { path: "organisation/roles", lazy: async () => ({ Component: (await import("@/pages/roles/RolesPage")).RolesPage }) },
        { path: "account", lazy: async () => ({ Component: (await import("@/pages/account/AccountPage")).AccountPage }) },
        { path: "ledger", lazy: async () => ({ Component: (await import("@/pages/ledger/LedgerPage")).LedgerPage }) },
        { path: "settings/sources", lazy: async () => ({ Component: (await import("@/pages/sources/SourcesPage")).SourcesPage }) },
        { path: "settings/keys", lazy: async () => ({ Component: (await import("@/pages/settings/KeysPage")).KeysPage }) },
        { path: "settings/sign-in", lazy: async () => ({ Component: (await import("@/pages/settings/ProvidersPage")).ProvidersPage }) },
        { path: "settings/system", lazy: async () => ({ Component: (await import("@/pages/system/SystemPage")).SystemPage }) },
        { path: "settings", element: <Navigate to="/settings/keys" replace /> },
        { path: "*", Component: NotFound },
      ],
    },
  ]);
