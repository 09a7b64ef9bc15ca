import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router";
import "./app/global.css";
import "./app/i18n";
import { makeQueryClient } from "./app/queries";
import { makeRouter } from "./app/routes";
import { ThemeRoot } from "./app/theme/ThemeRoot";

const host = document.getElementById("root");
if (!host) throw new Error("index.html has no #root");
createRoot(host).render(
  <StrictMode>
    <QueryClientProvider client={makeQueryClient()}>
      <ThemeRoot>
        <RouterProvider router={makeRouter()} />
      </ThemeRoot>
    </QueryClientProvider>
  </StrictMode>,
);
