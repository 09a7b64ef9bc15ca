/** What is lit on top of the crowd: the hovered and the chosen person, chains and reach paths. */

export interface Spot {
  x: number;
  y: number;
}

export interface LightLook {
  accent: string;
  ring: string;
  text: string;
}

export function drawTrail(context: CanvasRenderingContext2D, trail: readonly Spot[], look: LightLook, faint: boolean): void {
  if (trail.length === 0) return;
  context.save();
  context.lineJoin = "round";
  context.lineCap = "round";
  const stroke = (width: number, alpha: number): void => {
    context.globalAlpha = alpha;
    context.lineWidth = width;
    context.strokeStyle = look.accent;
    context.beginPath();
    trail.forEach((spot, at) => (at === 0 ? context.moveTo(spot.x, spot.y) : context.lineTo(spot.x, spot.y)));
    context.stroke();
  };
  if (!faint) {
    stroke(12, 0.14);
    stroke(6, 0.28);
  }
  if (faint) context.setLineDash([3, 6]);
  stroke(faint ? 1.5 : 2.2, faint ? 0.6 : 1);
  context.setLineDash([]);
  context.globalAlpha = 1;
  for (const spot of trail) {
    context.beginPath();
    context.arc(spot.x, spot.y, faint ? 2.5 : 4.2, 0, Math.PI * 2);
    context.fillStyle = look.accent;
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = look.ring;
    context.stroke();
  }
  context.restore();
}

export function drawRing(context: CanvasRenderingContext2D, spot: Spot, radius: number, look: LightLook, strong: boolean): void {
  context.save();
  context.beginPath();
  context.arc(spot.x, spot.y, radius + (strong ? 6 : 4), 0, Math.PI * 2);
  context.lineWidth = strong ? 2.5 : 1.5;
  context.strokeStyle = strong ? look.accent : look.text;
  context.stroke();
  if (strong) {
    const glow = context.createRadialGradient(spot.x, spot.y, radius, spot.x, spot.y, radius + 26);
    glow.addColorStop(0, `${look.accent}55`);
    glow.addColorStop(1, `${look.accent}00`);
    context.fillStyle = glow;
    context.beginPath();
    context.arc(spot.x, spot.y, radius + 26, 0, Math.PI * 2);
    context.fill();
  }
  context.restore();
}
