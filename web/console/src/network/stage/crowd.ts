import type { Picture } from "../picture/decode";
import { rgb } from "@/app/theme/contrast";
import { hopVertices, landmarkVertices, peopleVertices, STORES_MAX, STRIDE } from "./buffers";
import type { Sizes } from "./sizes";
import { LINE_FRAGMENT, LINE_VERTEX, POINT_FRAGMENT, POINT_VERTEX } from "./shaders";

/** The colours the crowd is drawn in; they change with the theme. */
export interface CrowdLook {
  /** Per root, "#rrggbb". */
  stores: readonly string[];
  accent: string;
  /** Who does not count. */
  out: string;
  centre: string;
  ring: string;
  ghost: string;
  /** Opacity of people of stores switched off. */
  ghostAlpha: number;
  visitorAlpha: number;
  leafLine: number;
  branchLine: number;
}

export interface Frame {
  /** Sigma's matrix, from [0, 1]² to clip space. */
  matrix: Float32Array;
  /** 1 = whole picture; grows when zooming in. */
  zoom: number;
  sizes: Sizes;
  dpr: number;
  /** Moment shown, in 65535ths of the span. */
  now: number;
  replaying: boolean;
  /** Opacity of everything but the highlighted path. */
  dim: number;
}

interface Mesh {
  array: WebGLVertexArrayObject;
  buffer: WebGLBuffer;
  count: number;
}

/** Draws all people and hops of one picture from three static buffers, in three calls. */
export class Crowd {
  readonly #gl: WebGL2RenderingContext;
  readonly #points: Program;
  readonly #lines: Program;
  readonly #texture: WebGLTexture;
  readonly #people: Mesh;
  readonly #hops: Mesh;
  #landmarks: Mesh;
  readonly #picture: Picture;
  #look: CrowdLook;
  #shown: Uint8Array;

  constructor(gl: WebGL2RenderingContext, picture: Picture, look: CrowdLook, shown: Uint8Array) {
    this.#gl = gl;
    this.#picture = picture;
    this.#look = look;
    this.#shown = shown;
    this.#points = new Program(gl, POINT_VERTEX, POINT_FRAGMENT);
    this.#lines = new Program(gl, LINE_VERTEX, LINE_FRAGMENT);
    this.#people = this.#mesh(peopleVertices(picture));
    this.#hops = this.#mesh(hopVertices(picture));
    this.#landmarks = this.#mesh(landmarkVertices(picture, []));
    const texture = gl.createTexture();
    this.#texture = texture;
    gl.bindTexture(gl.TEXTURE_2D, texture);
    for (const side of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) {
      gl.texParameteri(gl.TEXTURE_2D, side, gl.NEAREST);
    }
    this.#uploadStores();
  }

  setKocs(kocs: readonly number[]): void {
    this.#free(this.#landmarks);
    this.#landmarks = this.#mesh(landmarkVertices(this.#picture, kocs));
  }

  setLook(look: CrowdLook): void {
    this.#look = look;
    this.#uploadStores();
  }

  setShown(shown: Uint8Array): void {
    this.#shown = shown;
    this.#uploadStores();
  }

  draw(frame: Frame): void {
    const gl = this.#gl;
    const look = this.#look;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.#texture);

    this.#begin(this.#lines, frame);
    const closer = Math.min(2, Math.max(1, frame.zoom ** 0.3));
    gl.uniform1f(this.#lines.at("u_leaf"), look.leafLine * closer);
    gl.uniform1f(this.#lines.at("u_branch"), look.branchLine * Math.min(1.3, closer));
    this.#drawMesh(this.#hops, gl.LINES);

    this.#begin(this.#points, frame);
    gl.uniform1f(this.#points.at("u_size"), frame.sizes.leaf);
    gl.uniform1f(this.#points.at("u_opacity"), frame.sizes.opacity);
    gl.uniform1f(this.#points.at("u_star"), frame.sizes.star);
    gl.uniform1f(this.#points.at("u_dpr"), frame.dpr);
    gl.uniform1f(this.#points.at("u_pop"), frame.replaying ? 1 : 0);
    gl.uniform1f(this.#points.at("u_visitor"), look.visitorAlpha);
    gl.uniform4f(this.#points.at("u_accent"), ...rgb(look.accent), 1);
    gl.uniform4f(this.#points.at("u_out"), ...rgb(look.out), 1);
    gl.uniform4f(this.#points.at("u_centre"), ...rgb(look.centre), 1);
    gl.uniform4f(this.#points.at("u_ring"), ...rgb(look.ring), 0.92);
    this.#drawMesh(this.#people, gl.POINTS);
    this.#drawMesh(this.#landmarks, gl.POINTS);
  }

  /** Waits until the GPU has really drawn; only used to measure the first picture. */
  finish(): void {
    this.#gl.readPixels(0, 0, 1, 1, this.#gl.RGBA, this.#gl.UNSIGNED_BYTE, new Uint8Array(4));
  }

  free(): void {
    for (const mesh of [this.#people, this.#hops, this.#landmarks]) this.#free(mesh);
    this.#gl.deleteTexture(this.#texture);
    this.#points.free();
    this.#lines.free();
  }

  #begin(program: Program, frame: Frame): void {
    const gl = this.#gl;
    program.use();
    gl.uniformMatrix3fv(program.at("u_matrix"), false, frame.matrix);
    gl.uniform1f(program.at("u_now"), frame.now);
    gl.uniform1f(program.at("u_dim"), frame.dim);
    gl.uniform1i(program.at("u_stores"), 0);
    gl.uniform4f(program.at("u_ghost"), ...rgb(this.#look.ghost), this.#look.ghostAlpha);
  }

  #uploadStores(): void {
    const gl = this.#gl;
    const roots = Math.max(1, Math.min(STORES_MAX, this.#picture.roots));
    const texels = new Uint8Array(roots * 4);
    for (let i = 0; i < roots; i++) {
      const colour = rgb(this.#look.stores[i] ?? this.#look.ghost).map((part) => Math.round(part * 255));
      texels.set([...colour, this.#shown[i] ? 255 : 0], i * 4);
    }
    gl.bindTexture(gl.TEXTURE_2D, this.#texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, roots, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, texels);
  }

  #mesh(vertices: { data: ArrayBuffer; count: number }): Mesh {
    const gl = this.#gl;
    const array = gl.createVertexArray();
    const buffer = gl.createBuffer();
    gl.bindVertexArray(array);
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.bufferData(gl.ARRAY_BUFFER, vertices.data, gl.STATIC_DRAW);
    const attribute = (at: number, size: number, type: number, normalise: boolean, offset: number): void => {
      gl.enableVertexAttribArray(at);
      gl.vertexAttribPointer(at, size, type, normalise, STRIDE, offset);
    };
    attribute(0, 2, gl.UNSIGNED_SHORT, false, 0);
    attribute(1, 1, gl.UNSIGNED_SHORT, false, 4);
    attribute(2, 1, gl.UNSIGNED_SHORT, false, 6);
    attribute(3, 1, gl.UNSIGNED_BYTE, true, 8);
    attribute(4, 1, gl.UNSIGNED_BYTE, false, 9);
    gl.bindVertexArray(null);
    return { array, buffer, count: vertices.count };
  }

  #drawMesh(mesh: Mesh, kind: number): void {
    this.#gl.bindVertexArray(mesh.array);
    this.#gl.drawArrays(kind, 0, mesh.count);
    this.#gl.bindVertexArray(null);
  }

  #free(mesh: Mesh): void {
    this.#gl.deleteBuffer(mesh.buffer);
    this.#gl.deleteVertexArray(mesh.array);
  }
}

class Program {
  readonly #gl: WebGL2RenderingContext;
  readonly #program: WebGLProgram;
  readonly #uniforms = new Map<string, WebGLUniformLocation | null>();

  constructor(gl: WebGL2RenderingContext, vertex: string, fragment: string) {
    this.#gl = gl;
    this.#program = gl.createProgram();
    const sources: [number, string][] = [
      [gl.VERTEX_SHADER, vertex],
      [gl.FRAGMENT_SHADER, fragment],
    ];
    for (const [kind, source] of sources) {
      const shader = gl.createShader(kind);
      if (!shader) throw new Error("This browser's graphics context is lost; reload the page.");
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(this.#program, shader);
      gl.deleteShader(shader);
    }
    gl.linkProgram(this.#program);
    if (!gl.getProgramParameter(this.#program, gl.LINK_STATUS) && !gl.isContextLost()) {
      throw new Error(`The picture's drawing program was refused: ${gl.getProgramInfoLog(this.#program)}`);
    }
  }

  use(): void {
    this.#gl.useProgram(this.#program);
  }

  at(name: string): WebGLUniformLocation | null {
    let location = this.#uniforms.get(name);
    if (location === undefined) {
      location = this.#gl.getUniformLocation(this.#program, name);
      this.#uniforms.set(name, location);
    }
    return location;
  }

  free(): void {
    this.#gl.deleteProgram(this.#program);
  }
}
