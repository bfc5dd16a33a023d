// Tells a screen reader what changed without a new page.

export function announce(words) {
  document.getElementById('announcer').textContent = words;
}
