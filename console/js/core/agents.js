// Browsers name their ancestors too, so the order counts.
const BROWSERS = [
  [/\bEdg(e|A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\bSamsungBrowser\//, "Samsung Internet"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(HeadlessChrome|Chromium|Chrome|CriOS)\//, "Chrome"],
  [/\bVersion\/.*Safari\//, "Safari"],
];
const SYSTEMS = [
  [/iPhone/, "an iPhone"],
  [/iPad/, "an iPad"],
  [/Android/, "Android"],
  [/CrOS/, "ChromeOS"],
  [/Windows/, "Windows"],
  [/Macintosh|Mac OS X/, "a Mac"],
  [/Linux|X11/, "Linux"],
];

const firstOf = (table, agent) => table.find(([pattern]) => pattern.test(agent))?.[1];

/** "Mozilla/5.0 (Windows NT 10.0; …) … Edg/141.0" -> "Edge on Windows": what a browser says of itself, for people. */
export function agentInWords(agent) {
  if (!agent) return "Unknown";
  const browser = firstOf(BROWSERS, agent);
  const system = firstOf(SYSTEMS, agent);
  if (browser) return system ? `${browser} on ${system}` : browser;
  return `A program (${agent.split(/[/\s]/)[0]})`;
}
