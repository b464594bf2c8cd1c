// The sound of a new alert: two tones, made here, no file. Browsers only allow sound
// after a click, which is what 开始值班 is for.

let audio = null;

export function allowSound() {
  const Audio = window.AudioContext || window.webkitAudioContext;
  if (!Audio) return false;
  audio = audio || new Audio();
  if (audio.state === "suspended") audio.resume();
  return true;
}

function tone(frequency, start, seconds) {
  const wave = audio.createOscillator();
  const volume = audio.createGain();
  wave.type = "sine";
  wave.frequency.value = frequency;
  volume.gain.setValueAtTime(0.0001, start);
  volume.gain.exponentialRampToValueAtTime(0.5, start + 0.03);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + seconds);
  wave.connect(volume).connect(audio.destination);
  wave.start(start);
  wave.stop(start + seconds);
}

// The worse the grade, the longer it rings.
export function ring(grade) {
  if (!audio) return;
  const times = { G1: 6, G2: 4, G3: 2 }[grade] || 1;
  for (let i = 0; i < times; i += 1) {
    const start = audio.currentTime + i * 0.9;
    tone(880, start, 0.35);
    tone(660, start + 0.38, 0.45);
  }
}
