import { h } from '../html.js';

/** "Save this card": asked, never assumed. */
export function saveBox(id, onChange = () => {}) {
  const input = h('input', { type: 'checkbox', id, onchange: () => onChange(input.checked) });
  return { element: h('label', { class: 'check', for: id }, input, 'Save this card for next time'), isChecked: () => input.checked };
}
