// What the API says of itself, asked for once: key and address of Stripe.js, and where users sign in.

let asked;

export function config() {
  asked ??= fetch('/api/config', { headers: { Accept: 'application/json' } })
    .then((answer) => {
      if (!answer.ok) throw new Error(`/api/config answered ${answer.status}`);
      return answer.json();
    })
    .catch((failure) => {
      asked = undefined;
      throw failure;
    });
  return asked;
}
