// A cover for each book, drawn from its name: the catalog need not have pictures.

import { h, svg } from './html.js';

const COLOURS = [
  ['#1d4e5f', '#f4e3c1', '#e08e45'], ['#7a2e2e', '#f7e7d3', '#d9a441'], ['#2f4b2f', '#f1ead2', '#c6b04a'],
  ['#3b2f5c', '#efe6f5', '#d98ca6'], ['#8a5a1f', '#fdf3dc', '#3d5a5b'], ['#23395b', '#e9eef5', '#cbb26a'],
  ['#5b3a29', '#f6e9d9', '#87a07a'], ['#0f3d3e', '#e2ece4', '#e2725b'],
];

function hash(text) {
  let value = 2166136261;
  for (const letter of text) value = Math.imul(value ^ letter.codePointAt(0), 16777619);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 12)) >>> 0;
}

const PATTERNS = [
  (c) => [0, 1, 2, 3, 4, 5].map((i) => svg('path', { d: `M0 ${186 + i * 20}q37-26 75 0t75 0t75 0t75 0`, fill: 'none', stroke: c, 'stroke-width': 5 })),
  (c) => [86, 64, 42, 20].map((r, i) => svg('circle', { cx: 168, cy: 222, r, fill: i % 2 ? 'none' : c, 'fill-opacity': 0.35, stroke: c, 'stroke-width': 3 })),
  (c) => [0, 1, 2, 3, 4, 5, 6].map((i) => svg('rect', { x: 24 + i * 28, y: 276 - i * i * 3 - 24, width: 18, height: 200, fill: c, 'fill-opacity': 0.9 - i * 0.08 })),
  (c) => [0, 1, 2, 3].flatMap((i) => [0, 1, 2].map((j) => svg('path', { d: `M${28 + i * 50} ${190 + j * 36}l18-22 18 22-18 22z`, fill: (i + j) % 2 ? c : 'none', stroke: c, 'stroke-width': 2 }))),
];

function lines(name) {
  const all = [''];
  for (const word of name.split(' ')) {
    const last = all[all.length - 1];
    if (last && (last + word).length > 12) all.push(word);
    else all[all.length - 1] = last ? `${last} ${word}` : word;
  }
  return all.slice(0, 4);
}

export function cover(product, className = 'cover') {
  if (product.imageUrl) return h('img', { class: className, src: product.imageUrl, alt: '', loading: 'lazy' });
  const number = hash(product.productId || product.id);
  const [ground, paper, accent] = COLOURS[number % COLOURS.length];
  const pattern = PATTERNS[(number >>> 8) % PATTERNS.length];
  return svg('svg', { class: className, viewBox: '0 0 240 320', 'aria-hidden': 'true' },
    svg('rect', { width: 240, height: 320, fill: ground }),
    pattern(accent),
    svg('rect', { width: 240, height: 150, fill: ground }),
    svg('rect', { x: 20, y: 22, width: 44, height: 4, fill: accent }),
    lines(product.name).map((text, i) => svg('text', {
      x: 20, y: 60 + i * 28, fill: paper, 'font-size': 25, 'font-weight': 600, 'font-family': 'Palatino, Georgia, serif',
    }, text)),
    svg('rect', { width: 9, height: 320, fill: '#000', 'fill-opacity': 0.18 }));
}
