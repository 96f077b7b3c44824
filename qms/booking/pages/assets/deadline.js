/** Counts down how long a time is kept; says so aloud only when little is left. */

const MINUTE_MS = 60000;
const SAID_AT = [5, 1];

const line = document.getElementById("deadline");
const shown = document.getElementById("left");
const spoken = document.getElementById("left-said");

if (line && shown && spoken) {
  const { until = "", now = "", speed = "1", left = "", over = "" } = line.dataset;
  const loaded = performance.now();
  const whole = new Date(until).getTime() - new Date(now).getTime();
  let last = Math.ceil(whole / MINUTE_MS) + 1;

  const tick = () => {
    const rest = whole - (performance.now() - loaded) * Number(speed);
    if (rest <= 0) {
      line.classList.add("deadline-over");
      line.textContent = over;
      spoken.textContent = over;
      return;
    }
    const minutes = Math.floor(rest / MINUTE_MS);
    const seconds = String(Math.floor((rest % MINUTE_MS) / 1000)).padStart(2, "0");
    const text = left.replace("{time}", `${minutes}:${seconds}`);
    shown.textContent = text;
    const begun = Math.ceil(rest / MINUTE_MS);
    if (begun < last && SAID_AT.includes(begun)) spoken.textContent = text;
    last = begun;
    setTimeout(tick, Math.max(200, 1000 / Number(speed)));
  };
  tick();
}
