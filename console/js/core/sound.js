import { sounds } from "./prefs.js";

let context = null;

function tone(frequency, seconds) {
  if (!sounds.peek()) return;
  context ??= new AudioContext();
  const oscillator = new OscillatorNode(context, { type: "square", frequency });
  const volume = new GainNode(context, { gain: 0.08 });
  oscillator.connect(volume).connect(context.destination);
  oscillator.start();
  oscillator.stop(context.currentTime + seconds);
}

export const good = () => tone(1760, 0.08);
export const bad = () => tone(220, 0.35);
