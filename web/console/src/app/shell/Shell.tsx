import { useEffect, useMemo, useState } from "react";
import { Navigate, Outlet, useLocation, useNavigate } from "react-router";
import { useQueryClient } from "@tanstack/react-query";
import { ApiError } from "@/api/problem";
import { useChords } from "../keyboard/useChords";
import { ProblemState } from "../parts/states";
import { keys, useSession } from "../queries";
import { Palette } from "./Palette";
import { usePages } from "./pages";
import { ShortcutHelp } from "./ShortcutHelp";
import { SideNav } from "./SideNav";
import { TopBar } from "./TopBar";
import styles from "./Shell.module.css";

/** Everything around a page, for people who are signed in; the others are sent to the door. */
export function Shell() {
  const session = useSession();
  const location = useLocation();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const [paletteOpen, setPaletteOpen] = useState(false);
  const [helpOpen, setHelpOpen] = useState(false);

  const pages = usePages();
  const chords = useMemo(
    () => [
      ...pages.flatMap(({ key, path }) => (key ? [{ keys: ["g", key], run: () => void navigate(path) }] : [])),
      { keys: ["?"], run: () => setHelpOpen(true) },
    ],
    [navigate, pages],
  );
  useChords(chords);
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (!(event.metaKey || event.ctrlKey) || event.key.toLowerCase() !== "k") return;
      event.preventDefault();
      setPaletteOpen((open) => !open);
    };
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);

  // Any answer of 401, on any page, means the session has ended: ask who is there again.
  useEffect(
    () =>
      cache.getQueryCache().subscribe(({ query, type }) => {
        const error: unknown = type === "updated" ? query.state.error : null;
        if (error instanceof ApiError && error.status === 401 && query.queryKey[0] !== "session") {
          void cache.invalidateQueries({ queryKey: keys.session });
        }
      }),
    [cache],
  );

  if (session.error instanceof ApiError && session.error.status === 401) {
    const next = `${location.pathname}${location.search}`;
    return <Navigate to={`/signin?next=${encodeURIComponent(next)}`} replace />;
  }
  if (session.error && !session.data) return <ProblemState error={session.error} onRetry={() => void session.refetch()} />;
  if (!session.data) return <div className={styles.waiting} aria-busy="true" />;
  if (session.data.must_change_password) {
    return <Navigate to={`/password?next=${encodeURIComponent(`${location.pathname}${location.search}`)}`} replace />;
  }

  return (
    <div className={styles.shell}>
      <TopBar session={session.data} onPalette={() => setPaletteOpen(true)} onHelp={() => setHelpOpen(true)} />
      <SideNav />
      <main className={styles.main}>
        <Outlet />
      </main>
      <Palette open={paletteOpen} onClose={() => setPaletteOpen(false)} />
      <ShortcutHelp open={helpOpen} onClose={() => setHelpOpen(false)} />
    </div>
  );
}
