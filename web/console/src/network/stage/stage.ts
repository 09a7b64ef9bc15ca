import Graph from "graphology";
import Sigma from "sigma";
import { COLOURS } from "@/app/theme/tokens";
import type { ThemeName } from "@/app/theme/palette";
import { boundsOf, CENTRE, TIME_MAX, type Box, type Picture } from "../picture/decode";
import { Grid } from "../picture/grid";
import { hasCentre, weightOf } from "./buffers";
import { centreOn, fitView, scaleAt, type Insets } from "./camera";
import { Crowd } from "./crowd";
import { drawLabels, type Label } from "./labels";
import { drawRing, drawTrail, type Spot } from "./light";
import { crowdLook } from "./look";
import { Slide, type SlideView } from "./slide";
import { kocRadius, leafSpacing, rootRadius, sharerRadius, sizesAt, type Sizes } from "./sizes";

export interface StageStores {
  names: readonly string[];
  /** Place of each root in the palette; null where it is no known store. */
  colours: readonly (number | null)[];
}

export interface StageEvents {
  hover: (person: number | null, at: Spot) => void;
  pick: (person: number | null) => void;
  drawn: () => void;
}

const SOFTWARE = /swiftshader|llvmpipe|software|basic render/i;
const FLY_MS = 650;

/**
 * The stage on which a picture is drawn. Sigma is the stage itself: camera, mouse and touch, layers, resizing. The
 * crowd is not a graph of sixty thousand objects in it but three buffers drawn on one of its WebGL layers; names and
 * lit paths lie on two canvas layers above. The person under the pointer comes from a grid, not from the GPU.
 */
export class Stage {
  readonly #sigma: Sigma;
  readonly #crowd: Crowd;
  readonly #grid: Grid;
  readonly #picture: Picture;
  readonly #stores: StageStores;
  readonly #events: StageEvents;
  readonly #spacing: number;
  readonly #box: Box;
  #sizesNow: Sizes = { leaf: 1, opacity: 1, star: 1 };
  readonly #kocRank = new Map<number, number>();
  #kocNames: readonly string[] = [];
  #kocs: readonly number[] = [];
  #centreName: string;
  #theme: ThemeName;
  #shown: Uint8Array;
  #insets: Insets = { left: 0, right: 0, top: 0, bottom: 0 };
  #now = TIME_MAX;
  #replaying = false;
  #hovered: number | null = null;
  #chosen: number | null = null;
  #trails: { people: readonly number[]; faint: boolean }[] = [];
  #trailNames = new Map<number, string>();
  #drawnOnce = false;
  readonly #slide: Slide | null;
  #gone = false;

  constructor(
    container: HTMLElement,
    picture: Picture,
    stores: StageStores,
    options: { theme: ThemeName; shown: Uint8Array; centreName: string; insets: Insets },
    events: StageEvents,
  ) {
    this.#picture = picture;
    this.#stores = stores;
    this.#theme = options.theme;
    this.#shown = options.shown;
    this.#centreName = options.centreName;
    this.#insets = options.insets;
    this.#events = events;
    this.#grid = new Grid(picture);
    this.#spacing = leafSpacing(picture);
    this.#box = boundsOf(picture, null);

    const graph = new Graph();
    graph.addNode("centre", { x: CENTRE, y: CENTRE, size: 1, hidden: true });
    this.#sigma = new Sigma(graph, container, {
      allowInvalidContainer: true,
      renderLabels: false,
      stagePadding: 0,
      minCameraRatio: 0.002,
      maxCameraRatio: 4,
      zoomDuration: 180,
      doubleClickZoomingRatio: 2.2,
    });
    this.#sigma.setCustomBBox({ x: [0, 65536], y: [0, 65536] });
    // Nothing of sigma's own is drawn, so its colour picking would only stall the GPU on every mouse move.
    Object.assign(this.#sigma, { getNodeAtPosition: () => null });

    const { nodes } = (this.#sigma as unknown as { webGLContexts: Record<string, WebGLRenderingContext> }).webGLContexts;
    const info = nodes?.getExtension("WEBGL_debug_renderer_info");
    const renderer = info && nodes ? String(nodes.getParameter(info.UNMASKED_RENDERER_WEBGL)) : "";
    const isSoftware = SOFTWARE.test(renderer);
    const gl = this.#sigma.createWebGLContext("crowd", {
      beforeLayer: "edges",
      antialias: !isSoftware,
    } as Parameters<Sigma["createWebGLContext"]>[1]) as unknown as WebGL2RenderingContext;
    if (typeof WebGL2RenderingContext === "undefined" || !(gl instanceof WebGL2RenderingContext)) {
      throw new Error("This browser does not offer WebGL 2.");
    }
    // Sigma's types leave `beforeLayer` out here; the layers would otherwise lie above the one that takes the mouse.
    const below = { beforeLayer: "mouse" } as Parameters<Sigma["createCanvasContext"]>[1];
    this.#sigma.createCanvasContext("light", below);
    this.#sigma.createCanvasContext("names", below);
    this.#sigma.resize(true);
    // Sigma's own layers stay empty; hidden, they cost nothing when the browser puts the page together.
    const canvases = this.#sigma.getCanvases();
    for (const id of ["edges", "edgeLabels", "nodes", "labels", "hovers", "hoverNodes"]) {
      if (canvases[id]) canvases[id].style.display = "none";
    }
    this.#crowd = new Crowd(gl, picture, crowdLook(this.#theme, stores.colours), this.#shown);

    this.#slide = isSoftware ? new Slide(["crowd", "names"].flatMap((id) => canvases[id] ?? []), () => this.#draw()) : null;
    this.#sigma.on("afterRender", () => {
      if (this.#slide?.follows(this.#view())) this.#drawLight();
      else this.#draw();
    });
    this.#sigma.on("clickStage", ({ event }) => this.#events.pick(this.#personAt(event)));
    this.#sigma.on("doubleClickStage", ({ event, preventSigmaDefault }) => {
      const person = this.#personAt(event);
      if (person === null) return;
      preventSigmaDefault();
      this.flyTo(person);
    });
    this.#sigma.getMouseCaptor().on("mousemove", (event) => this.#hover(event));
    this.#sigma.on("leaveStage", () => this.#setHovered(null, { x: 0, y: 0 }));
    this.#sigma.getCamera().setState({ ...this.#fitted(null), angle: 0 });
    this.#sigma.refresh();
  }

  destroy(): void {
    this.#gone = true;
    this.#slide?.stop();
    this.#crowd.free();
    this.#sigma.kill();
  }

  /** Draws with the next frame. A killed sigma would draw on layers it no longer has, so a stage that is gone stays still. */
  #render(): void {
    if (!this.#gone) this.#sigma.scheduleRender();
  }

  setKocs(kocs: readonly { index: number; name: string }[]): void {
    this.#kocs = kocs.map((koc) => koc.index);
    this.#kocNames = kocs.map((koc) => koc.name);
    this.#kocRank.clear();
    this.#kocs.forEach((index, rank) => this.#kocRank.set(index, rank));
    this.#crowd.setKocs(this.#kocs);
    this.#render();
  }

  setTheme(theme: ThemeName): void {
    this.#theme = theme;
    this.#crowd.setLook(crowdLook(theme, this.#stores.colours));
    this.#render();
  }

  setCentreName(name: string): void {
    this.#centreName = name;
    this.#render();
  }

  setShown(shown: Uint8Array): void {
    this.#shown = shown;
    this.#crowd.setShown(shown);
    this.#render();
  }

  /** The moment shown, 0…1 of the span; 1 is today's picture. */
  setNow(part: number, replaying: boolean): void {
    this.#now = Math.round(part * TIME_MAX);
    this.#replaying = replaying && part < 1;
    this.#render();
  }

  setInsets(insets: Insets): void {
    this.#insets = insets;
  }

  choose(person: number | null): void {
    this.#chosen = person;
    this.#render();
  }

  /** Lights chains and paths; the crowd dims while one is lit. */
  light(trails: { people: readonly number[]; faint: boolean }[], names: Map<number, string>): void {
    this.#trails = trails;
    this.#trailNames = names;
    this.#render();
  }

  fit(): void {
    void this.#sigma.getCamera().animate(this.#fitted(null), { duration: FLY_MS });
  }

  fitRoot(root: number): void {
    void this.#sigma.getCamera().animate(this.#fitted(root), { duration: FLY_MS });
  }

  fitPeople(people: readonly number[]): void {
    const box = { left: Infinity, right: -Infinity, low: Infinity, high: -Infinity };
    for (const i of people) {
      box.left = Math.min(box.left, this.#picture.x[i]!);
      box.right = Math.max(box.right, this.#picture.x[i]!);
      box.low = Math.min(box.low, this.#picture.y[i]!);
      box.high = Math.max(box.high, this.#picture.y[i]!);
    }
    const pad = 0.18 * Math.max(box.right - box.left, box.high - box.low, 1500);
    const padded = { left: box.left - pad, right: box.right + pad, low: box.low - pad, high: box.high + pad };
    const size = this.#sigma.getDimensions();
    void this.#sigma.getCamera().animate(fitView(padded, size, this.#insets), { duration: FLY_MS });
  }

  /** Moves to a person; zooms in when far away, never out. */
  flyTo(person: number): void {
    const size = this.#sigma.getDimensions();
    const camera = this.#sigma.getCamera();
    const near = scaleAt(this.#fitted(null).ratio / 7, size);
    const scale = Math.max(scaleAt(camera.ratio, size), near);
    const view = centreOn(this.#picture.x[person]!, this.#picture.y[person]!, scale, size, this.#insets);
    void camera.animate(view, { duration: FLY_MS });
  }

  zoom(factor: number): void {
    const camera = this.#sigma.getCamera();
    void camera.animate({ ratio: camera.getBoundedRatio(camera.ratio / factor) }, { duration: 180 });
  }

  /** What is on the stage, drawn anew at `scale` pixels per CSS pixel. */
  snapshot(scale: number): HTMLCanvasElement {
    const { width, height } = this.#sigma.getDimensions();
    const canvases = this.#sigma.getCanvases();
    const layers = ["crowd", "light", "names"].flatMap((id) => canvases[id] ?? []);
    const copy = document.createElement("canvas");
    for (const canvas of [copy, ...layers]) {
      canvas.width = width * scale;
      canvas.height = height * scale;
    }
    this.#draw(scale);
    const context = copy.getContext("2d");
    for (const layer of layers) context?.drawImage(layer, 0, 0);
    this.#sigma.resize(true);
    this.#render();
    return copy;
  }

  #fitted(root: number | null) {
    const size = this.#sigma.getDimensions();
    const margin = 36;
    const { left, right, top, bottom } = this.#insets;
    const insets = { left: left + margin, right: right + margin, top: top + margin, bottom: bottom + margin };
    return fitView(root === null ? this.#box : boundsOf(this.#picture, root), size, insets);
  }

  #zoomNow(): number {
    return this.#fitted(null).ratio / this.#sigma.getCamera().ratio;
  }

  /** Screen pixels of one step of the picture. */
  #stepPixels(): number {
    return scaleAt(this.#sigma.getCamera().ratio, this.#sigma.getDimensions()) / 65536;
  }

  #sizes(): Sizes {
    return sizesAt(this.#spacing * this.#stepPixels(), this.#zoomNow());
  }

  /** Where the picture stands on the stage, and how large. */
  #view(): SlideView {
    const { width, height } = this.#sigma.getDimensions();
    return { ...this.#sigma.framedGraphToViewport({ x: 0.5, y: 0.5 }), ratio: this.#sigma.getCamera().ratio, width, height };
  }

  #draw(dpr?: number): void {
    this.#slide?.drawn(this.#view());
    const params = this.#sigma.getRenderParams();
    const lit = this.#trails.length > 0;
    this.#sizesNow = this.#sizes();
    this.#crowd.draw({
      sizes: this.#sizesNow,
      matrix: params.matrix,
      zoom: this.#zoomNow(),
      dpr: dpr ?? params.pixelRatio,
      now: this.#now,
      replaying: this.#replaying,
      dim: lit ? 0.3 : 1,
    });
    this.#drawLight();
    this.#drawNames();
    if (!this.#drawnOnce) {
      this.#drawnOnce = true;
      this.#crowd.finish();
      this.#events.drawn();
    }
  }

  #context(id: string): CanvasRenderingContext2D {
    const canvas = this.#sigma.getCanvases()[id];
    const context = canvas?.getContext("2d");
    if (!canvas || !context) throw new Error("The stage has lost its canvas; reload the page.");
    const { width, height } = this.#sigma.getDimensions();
    const dpr = canvas.width / width || 1;
    context.setTransform(dpr, 0, 0, dpr, 0, 0);
    context.clearRect(0, 0, width, height);
    return context;
  }

  #spot(i: number): Spot {
    return this.#sigma.framedGraphToViewport({ x: this.#picture.x[i]! / 65536, y: this.#picture.y[i]! / 65536 });
  }

  /** Pixels, as the point program computes them. */
  #radius(i: number): number {
    const weight = weightOf(this.#picture, i);
    if (i < this.#picture.roots) return rootRadius(this.#sizesNow, weight);
    if (this.#kocRank.has(i)) return kocRadius(this.#sizesNow, weight);
    return this.#picture.kids[i]! > 0 ? sharerRadius(this.#sizesNow, weight) : this.#sizesNow.leaf;
  }

  #alive(i: number): boolean {
    return this.#picture.t[i]! <= this.#now && this.#shown[this.#picture.root[i]!] === 1;
  }

  #drawLight(): void {
    const context = this.#context("light");
    const colours = COLOURS[this.#theme];
    const look = { accent: this.#theme === "dark" ? "#FFB938" : "#E08600", ring: colours.canvas, text: colours.text };
    const faintFirst = [...this.#trails].sort((a, b) => Number(b.faint) - Number(a.faint));
    for (const { people, faint } of faintFirst) {
      drawTrail(context, people.map((i) => this.#spot(i)), look, faint);
    }
    if (this.#hovered !== null) drawRing(context, this.#spot(this.#hovered), this.#radius(this.#hovered), look, false);
    if (this.#chosen !== null && this.#picture.t[this.#chosen]! <= this.#now) {
      drawRing(context, this.#spot(this.#chosen), this.#radius(this.#chosen), look, true);
    }
  }

  #drawNames(): void {
    const context = this.#context("names");
    const colours = COLOURS[this.#theme];
    const { width, height } = this.#sigma.getDimensions();
    const labels: Label[] = [];
    const add = (spot: Spot, radius: number, text: string, kind: Label["kind"]): void => {
      const visible = spot.x > -80 && spot.x < width + 20 && spot.y > -20 && spot.y < height + 20;
      if (visible && text) labels.push({ ...spot, radius, text, kind });
    };
    for (const [i, name] of this.#trailNames) add(this.#spot(i), this.#radius(i), name, "path");
    const lit = this.#trails.length > 0;
    if (hasCentre(this.#picture)) add(this.#sigma.framedGraphToViewport({ x: 0.5, y: 0.5 }), 9, this.#centreName, "centre");
    if (!lit) {
      const zoom = this.#zoomNow();
      const roots = Array.from({ length: this.#picture.roots }, (_, i) => i)
        .filter((i) => this.#alive(i))
        .sort((a, b) => this.#picture.reach[b]! - this.#picture.reach[a]!);
      for (const i of roots) add(this.#spot(i), this.#radius(i), this.#stores.names[i] ?? "", "store");
      const most = Math.min(this.#kocs.length, Math.round(26 * Math.max(1, zoom) ** 1.3));
      let named = 0;
      for (let rank = 0; rank < this.#kocs.length && named < most; rank++) {
        const i = this.#kocs[rank]!;
        if (!this.#alive(i)) continue;
        named++;
        add(this.#spot(i), this.#radius(i), this.#kocNames[rank] ?? "", "koc");
      }
    }
    drawLabels(context, labels, { text: colours.text, accent: colours.accent, halo: colours.canvas });
  }

  #personAt(at: Spot): number | null {
    const place = this.#sigma.viewportToFramedGraph(at);
    const steps = 1 / this.#stepPixels();
    return this.#grid.nearest(
      place.x * 65536,
      place.y * 65536,
      16 * steps,
      (i) => this.#alive(i) && Math.hypot(this.#spot(i).x - at.x, this.#spot(i).y - at.y) < this.#radius(i) + 5,
      (i) => this.#radius(i) * steps,
    );
  }

  #hover(at: Spot): void {
    const moving = this.#sigma.getCamera().isAnimated() || this.#sigma.getMouseCaptor().isMoving;
    this.#setHovered(moving ? null : this.#personAt(at), at);
  }

  #setHovered(person: number | null, at: Spot): void {
    if (person === this.#hovered) return;
    this.#hovered = person;
    this.#sigma.getContainer().style.cursor = person === null ? "" : "pointer";
    this.#drawLight();
    this.#events.hover(person, at);
  }
}
