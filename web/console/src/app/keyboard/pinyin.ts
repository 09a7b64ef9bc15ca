/**
 * First letters of the pinyin of Chinese text, so that "cbml" finds 传播脉络. The platform's own pinyin collation
 * says between which two of these boundary characters a character sorts; no table of characters is shipped.
 */
const LETTERS = "abcdefghjklmnopqrstwxyz";
const FIRSTS = "阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥扨它穵夕丫帀";

const collator = new Intl.Collator("zh-CN-u-co-pinyin");
/** Words whose everyday reading is not the collation's first one. */
const READINGS: Record<string, string> = { 重: "c", 长: "c", 传: "c", 行: "x", 调: "d", 乐: "l" };

function letterOf(character: string): string {
  if (!/\p{Script=Han}/u.test(character)) return character.toLowerCase();
  const known = READINGS[character];
  if (known) return known;
  for (let at = LETTERS.length - 1; at >= 0; at--) {
    if (collator.compare(character, FIRSTS[at]!) >= 0) return LETTERS[at]!;
  }
  return "";
}

export const initials = (text: string): string => [...text].map(letterOf).join("");

/**
 * How well `text` (or a keyword) answers `query`: 1 the same, 0.9 begins so, 0.7 contains it, 0.6 by initials,
 * 0.35 letters in order, 0 not at all.
 */
export function matchScore(query: string, text: string, keywords: readonly string[] = []): number {
  const wanted = query.trim().toLowerCase().replace(/\s+/g, "");
  if (wanted === "") return 1;
  let best = 0;
  for (const candidate of [text, ...keywords]) {
    const plain = candidate.toLowerCase().replace(/\s+/g, "");
    const letters = initials(plain);
    const score =
      plain === wanted ? 1
      : plain.startsWith(wanted) ? 0.9
      : plain.includes(wanted) ? 0.7
      : letters.startsWith(wanted) ? 0.65
      : letters.includes(wanted) ? 0.6
      : wanted.length > 1 && inOrder(wanted, plain) ? 0.35
      : 0;
    if (score > best) best = score;
  }
  return best;
}

function inOrder(wanted: string, text: string): boolean {
  let at = 0;
  for (const character of text) if (character === wanted[at]) at++;
  return at === wanted.length;
}
