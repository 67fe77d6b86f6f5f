/** The sound of a call: made here, of a few sine waves. Off until the user switches it on. */
import type { Chime } from "../settings/preferences";

/** Hertz and seconds from the beginning. */
const NOTES: Record<Chime, readonly (readonly [number, number])[]> = {
  soft: [
    [523.25, 0],
    [659.25, 0.18],
  ],
  bell: [
    [880, 0],
    [1108.73, 0.12],
    [1318.51, 0.24],
  ],
  low: [
    [261.63, 0],
    [196, 0.22],
  ],
};
const NOTE_SECONDS = 0.9;
const REPEAT_MS = 4000;

let context: AudioContext | undefined;

/** Whether the browser lets this page be heard: it does not before the user has clicked or typed somewhere. */
export type Audible = "yes" | "after_gesture" | "missing";

export function audible(): Audible {
  if (!("AudioContext" in window)) return "missing";
  if (context) return context.state === "running" ? "yes" : "after_gesture";
  return navigator.userActivation?.hasBeenActive === false ? "after_gesture" : "yes";
}

/** Play once. Returns whether anything is to be heard. */
export async function play(chime: Chime, volume: number): Promise<boolean> {
  if (audible() === "missing") return false;
  context ??= new AudioContext();
  if (context.state !== "running") {
    // Without a gesture this waits for one, and a sound that comes minutes late tells nothing.
    const woken = await Promise.race([
      context.resume().then(() => true),
      new Promise<false>((no) => setTimeout(no, 300, false)),
    ]);
    if (!woken) return false;
  }
  const loudness = context.createGain();
  loudness.gain.value = volume ** 2 * 0.5; // as the ear hears it
  loudness.connect(context.destination);
  const begin = context.currentTime + 0.02;
  for (const [hertz, at] of NOTES[chime]) tone(context, loudness, hertz, begin + at);
  return true;
}

function tone(within: AudioContext, out: AudioNode, hertz: number, at: number): void {
  const envelope = within.createGain();
  envelope.gain.setValueAtTime(0, at);
  envelope.gain.linearRampToValueAtTime(1, at + 0.015);
  envelope.gain.exponentialRampToValueAtTime(0.001, at + NOTE_SECONDS);
  envelope.connect(out);
  const wave = within.createOscillator();
  wave.frequency.value = hertz;
  wave.connect(envelope);
  wave.start(at);
  wave.stop(at + NOTE_SECONDS);
  wave.onended = () => envelope.disconnect();
}

/** Play again and again until the function it returns is called. */
export function ring(chime: Chime, volume: number): () => void {
  void play(chime, volume);
  const timer = setInterval(() => void play(chime, volume), REPEAT_MS);
  return () => clearInterval(timer);
}
