/**
 * Two programs draw the crowd: points for people, lines for who brought whom. Both hide what has not happened yet by
 * comparing the joining time `a_t` with one uniform `u_now`, and colour and dim by store through a small texture
 * (rgb = colour, a = 1 shown, 0 dimmed), so replaying and toggling stores upload nothing per person.
 */

const COMMON = `#version 300 es
precision highp float;
uniform mat3 u_matrix;
uniform float u_now;
uniform float u_dim;
uniform vec4 u_ghost;
uniform sampler2D u_stores;

vec4 store(float index) { return texelFetch(u_stores, ivec2(int(index), 0), 0); }
vec4 place(vec2 at) {
  vec2 p = (u_matrix * vec3(at / 65536.0, 1.0)).xy;
  return vec4(p, 0.0, 1.0);
}
const vec4 NOWHERE = vec4(2.0, 2.0, 2.0, 1.0);
`;

/** a_form: 0 visitor leaf, 1 fan leaf, 2 visitor who shared, 3 fan who shared, 4 root, 5 KOC, 6 campaign centre, 7 leaf and 8 sharer who do not count. */
export const POINT_VERTEX = `${COMMON}
layout(location = 0) in vec2 a_at;
layout(location = 1) in float a_t;
layout(location = 2) in float a_store;
layout(location = 3) in float a_weight;
layout(location = 4) in float a_form;
uniform float u_size;
uniform float u_opacity;
uniform float u_star;
uniform float u_dpr;
uniform float u_pop;
uniform vec4 u_accent;
uniform vec4 u_out;
uniform vec4 u_centre;
uniform float u_visitor;
out vec4 v_colour;
flat out float v_radius;
flat out float v_star;

void main() {
  v_star = 0.0;
  if (a_t > u_now) { gl_Position = NOWHERE; gl_PointSize = 0.0; v_colour = vec4(0.0); v_radius = 0.0; return; }
  vec4 s = store(a_store);
  bool out_of_count = a_form >= 7.0;
  bool fan = a_form == 1.0 || a_form >= 3.0;
  // The same radii as in sizes.ts.
  float radius = a_form < 1.5 || a_form == 7.0 ? u_size : u_size * (1.15 + 1.05 * a_weight);
  float alpha = a_form < 3.5 ? u_opacity * (fan ? 1.0 : u_visitor) : 1.0;
  vec3 colour = s.rgb;
  if (a_form == 4.0) { radius = max((3.6 + 3.6 * a_weight) * u_star, u_size * (1.8 + a_weight)); v_star = 2.0; }
  if (a_form == 5.0) { radius = max((2.4 + 3.4 * a_weight) * u_star, u_size * (1.5 + a_weight)); v_star = 1.0; colour = u_accent.rgb; }
  if (a_form == 6.0) { radius = 7.0 * u_star; v_star = 3.0; colour = u_centre.rgb; s.a = 1.0; }
  if (out_of_count) { colour = u_out.rgb; alpha = max(u_opacity, 0.85); }
  // Newborn people flash up for a moment, so that growth is seen as it happens.
  float age = (u_now - a_t) / 65535.0;
  float young = u_pop * clamp(1.0 - age / 0.012, 0.0, 1.0);
  radius *= 1.0 + 1.6 * young;
  float shown = s.a;
  if (shown < 0.5 && a_form != 6.0) { colour = u_ghost.rgb; alpha *= u_ghost.a; v_star = 0.0; radius = min(radius, 2.0 * u_size); }
  alpha *= mix(1.0, u_dim, a_form == 6.0 ? 0.0 : 1.0);
  v_colour = vec4(mix(colour, vec3(1.0), 0.45 * young), alpha);
  // Stars need room for their ring and halo.
  float room = v_star == 1.0 ? 2.4 : v_star >= 2.0 ? 1.5 : 1.0;
  v_radius = radius * u_dpr;
  gl_PointSize = 2.0 * (radius * room * u_dpr + 1.0);
  gl_Position = place(a_at);
}
`;

export const POINT_FRAGMENT = `#version 300 es
precision highp float;
in vec4 v_colour;
flat in float v_radius;
flat in float v_star;
uniform vec4 u_ring;
uniform float u_dim;
out vec4 o_colour;

void main() {
  float room = v_star == 1.0 ? 2.4 : v_star >= 2.0 ? 1.5 : 1.0;
  float d = length(gl_PointCoord * 2.0 - 1.0) * (v_radius * room + 1.0);
  float disc = 1.0 - smoothstep(v_radius - 0.75, v_radius + 0.75, d);
  vec4 c = vec4(v_colour.rgb, 1.0) * disc * v_colour.a;
  if (v_star > 0.5) {
    float width = max(1.2, v_radius * (v_star == 1.0 ? 0.2 : 0.26));
    float ring = (1.0 - smoothstep(v_radius + width - 0.75, v_radius + width + 0.75, d)) * (1.0 - disc);
    vec4 halo = vec4(0.0);
    if (v_star == 1.0) {
      float far = clamp((d - v_radius) / (v_radius * 1.4), 0.0, 1.0);
      halo = vec4(v_colour.rgb, 1.0) * 0.30 * u_dim * (1.0 - far) * (1.0 - far) * (1.0 - disc) * v_colour.a;
    }
    vec4 edge = vec4(u_ring.rgb, 1.0) * ring * u_ring.a * v_colour.a;
    c = c + edge * (1.0 - c.a);
    c = c + halo * (1.0 - c.a);
  }
  if (c.a < 0.004) discard;
  o_colour = c;
}
`;

export const LINE_VERTEX = `${COMMON}
layout(location = 0) in vec2 a_at;
layout(location = 1) in float a_t;
layout(location = 2) in float a_store;
layout(location = 3) in float a_weight;
uniform float u_leaf;
uniform float u_branch;
out vec4 v_colour;

void main() {
  if (a_t > u_now) { gl_Position = NOWHERE; v_colour = vec4(0.0); return; }
  vec4 s = store(a_store);
  float alpha = mix(u_leaf, u_branch, a_weight);
  vec3 colour = s.rgb;
  if (s.a < 0.5) { colour = u_ghost.rgb; alpha *= u_ghost.a * 0.6; }
  v_colour = vec4(colour, 1.0) * alpha * u_dim;
  gl_Position = place(a_at);
}
`;

export const LINE_FRAGMENT = `#version 300 es
precision mediump float;
in vec4 v_colour;
out vec4 o_colour;
void main() { o_colour = v_colour; }
`;
