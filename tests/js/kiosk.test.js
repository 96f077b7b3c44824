import assert from "node:assert/strict";
import { test } from "node:test";

import { contrast, inkOn } from "../../kiosk_ui/colour.js";
import { keysOf } from "../../kiosk_ui/keys.js";

test("whatever colour an office chooses, the picture on it stands out as WCAG asks", () => {
  const steps = [0, 51, 102, 128, 153, 204, 255].map((part) => part.toString(16).padStart(2, "0"));
  for (const red of steps) {
    for (const green of steps) {
      for (const blue of steps) {
        const colour = `#${red}${green}${blue}`;
        assert.ok(contrast(inkOn(colour), colour) >= 4, colour);
      }
    }
  }
});

test("contrast is that of WCAG", () => {
  assert.equal(contrast("#000000", "#ffffff"), 21);
  assert.equal(contrast("#777777", "#ffffff").toFixed(2), "4.48");
  assert.equal(contrast("#123456", "#123456"), 1);
});

test("a keypad's keys are the usual ones but for those that the address names", () => {
  assert.deepEqual([...keysOf("?hall=town")], [["F8", "speak"], ["F7", "repeat"], ["F9", "volume"], ["Escape", "back"]]);
  const keys = keysOf("?keys=speak:F15,unplugged:F16,toString:F2,back:GoBack");
  assert.deepEqual([...keys], [["F15", "speak"], ["F16", "unplugged"], ["F7", "repeat"], ["F9", "volume"], ["GoBack", "back"]]);
});
