// A small line of the newest values, as SVG, with its words for those who do not see it.

import { h, svg } from '../html.js';

const MOST = 90; // values: three minutes of looks
const WIDTH = 300;
const HEIGHT = 60;

/** words: of a value. */
export function picture(title, words) {
  const values = [];
  const value = h('p', { class: 'value number' }, '–');
  const line = svg('path', {});
  const area = svg('path', { class: 'area' });
  const drawing = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    area, svg('line', { x1: 0, y1: HEIGHT, x2: WIDTH, y2: HEIGHT }), line);

  function add(number) {
    values.push(number);
    if (values.length > MOST) values.shift();
    const top = Math.max(...values) || 1;
    const x = (i) => (WIDTH * (i + MOST - values.length)) / (MOST - 1);
    const y = (one) => HEIGHT - 2 - (one / top) * (HEIGHT - 6);
    const path = values.map((one, i) => `${i ? 'L' : 'M'}${x(i).toFixed(1)} ${y(one).toFixed(1)}`).join('');
    line.setAttribute('d', path);
    area.setAttribute('d', `${path}V${HEIGHT}H${x(0).toFixed(1)}Z`);
    value.textContent = words(number);
  }

  return { element: h('section', { class: 'card picture' }, h('h2', {}, title), value, drawing), add };
}
