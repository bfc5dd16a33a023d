// Builds elements. Texts are always set as texts, never as markup.

const SVG = 'http://www.w3.org/2000/svg';

/** h('a', {href: '/'}, 'Home'): attributes by name, listeners as onclick; null, undefined and false are left out. */
export function h(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

export const fragment = (...children) => {
  const all = document.createDocumentFragment();
  all.append(...children.flat(Infinity).filter(Boolean));
  return all;
};

/** kind: good, warn, bad, or none for information. */
export function notice(kind, title, ...more) {
  return h('div', { class: `notice ${kind}`, role: kind === 'bad' ? 'alert' : 'status' },
    h('div', {}, title && h('strong', {}, title), more));
}

export function spinner(words) {
  return h('p', { class: 'row quiet', role: 'status' }, h('span', { class: 'spinner', 'aria-hidden': 'true' }), words);
}

/**
 * A button whose work runs once at a time: pressed again meanwhile it does nothing, and says that it is busy.
 */
export function workButton(label, work, attributes = {}) {
  let running = false;
  const button = h('button', { type: 'button', class: 'button', ...attributes, onclick: press }, label);
  async function press() {
    if (running) return;
    running = true;
    busy(button, true);
    try {
      await work(button);
    } finally {
      running = false;
      busy(button, false);
    }
  }
  return button;
}

export function busy(button, on, words) {
  if (on) {
    button.dataset.label = button.textContent;
    button.setAttribute('aria-disabled', 'true');
    button.replaceChildren(h('span', { class: 'spinner', 'aria-hidden': 'true' }), words || button.dataset.label);
  } else {
    button.removeAttribute('aria-disabled');
    button.replaceChildren(button.dataset.label);
  }
}

/** A labelled input; its error is told by showErrors. */
export function field(label, name, attributes = {}, className = '') {
  const id = `field-${name}`;
  return h('div', { class: `field ${className}` },
    h('label', { for: id }, label),
    h('input', { id, name, ...attributes }));
}

/** Marks the fields that the API names; gives back those that the form does not have. */
export function showErrors(form, errors) {
  form.querySelectorAll('.wrong').forEach((old) => old.remove());
  form.querySelectorAll('[aria-invalid]').forEach((old) => old.removeAttribute('aria-invalid'));
  const unknown = [];
  for (const { field: path, message } of errors) {
    const input = form.querySelector(`[name="${CSS.escape(path.split('.').pop())}"]`);
    if (!input) {
      unknown.push(`${path} ${message}`);
      continue;
    }
    const id = `${input.id}-error`;
    input.setAttribute('aria-invalid', 'true');
    input.setAttribute('aria-describedby', id);
    input.after(h('span', { id, class: 'wrong' }, message));
  }
  form.querySelector('[aria-invalid]')?.focus();
  return unknown;
}
