import { render } from "preact";
import "./style.css";
import { Content } from "./pages/Content";
import { Home, Lost } from "./pages/Plain";
import { Preview } from "./pages/Preview";
import { type Laid, laid, route } from "./state";
import { locale } from "./text";

function Page({ page }: { page: Laid }) {
  const at = route(location.pathname);
  if (page.status === 404) return <Lost />;
  switch (at.page) {
    case "": return <Home page={page} />;
    case "p": return <Content page={page} name={at.names[0] ?? ""} />;
    case "preview": return <Preview workspace={page.workspace} />;
    default: return <Lost />;
  }
}

document.documentElement.lang = locale;
const root = document.getElementById("app");
if (root) render(<Page page={laid()} />, root);
